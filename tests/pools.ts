import { openPool, type Pool } from '#kernel/postgres.ts'
import { testDatabase } from './postgres.ts'

interface Cleanup {
  after(work: () => Promise<void>): void
}

/** A database of the test's own, with both roles' pools; all of it ends with the test. */
export async function testPools(t: Cleanup): Promise<{ app: Pool; system: Pool; ownerUrl: string; systemUrl: string; appUrl: string }> {
  const { appUrl, systemUrl, ownerUrl } = await testDatabase(t)
  const app = openPool(appUrl, { max: 10, name: 'test' })
  const system = openPool(systemUrl, { max: 5, name: 'test' })
  // Clean-ups run in the order of their registration; the pools must end before the database is dropped by force, which is harmless.
  t.after(async () => {
    await app.destroy()
    await system.destroy()
  })
  return { app, system, ownerUrl, systemUrl, appUrl }
}
