import { freePort } from '#embedded/ports.ts'
import { connectBus } from '#kernel/bus.ts'
import { openClickHouse } from '#kernel/clickhouse.ts'
import { systemClock } from '#kernel/clock.ts'
import { idempotencyIn } from '#kernel/idempotency.ts'
import { createLog } from '#kernel/log.ts'
import { masterKeysIn } from '#kernel/master-keys.ts'
import { moduleDatabase } from '#kernel/postgres.ts'
import { migrateTelemetry } from '#modules/shopfloor/telemetry/server/migrate-telemetry.ts'
import { buildApp } from '../apps/server/app.ts'
import { composeModules } from '../apps/server/modules.ts'
import { testClickHouse } from './clickhouse.ts'
import { testFiles } from './files.ts'
import { testKeyFile } from './key-file.ts'
import { testPools } from './pools.ts'

interface Cleanup {
  after(work: () => Promise<void>): void
}

export const SETUP_CODE = 'set-up-code-of-a-test'

/** All modules behind real HTTP, over stores of the test's own; the broker's place is empty. */
export async function testApp(t: Cleanup, { requestsPerMinute = 1_000_000 }: { requestsPerMinute?: number } = {}) {
  const { app: pool, system, ownerUrl } = await testPools(t)
  const { url } = await testClickHouse(t)
  const clickhouse = openClickHouse(url)
  await migrateTelemetry(clickhouse)
  const log = createLog('test', 'error')
  const mqttPort = await freePort()
  const bus = connectBus({ port: mqttPort, user: 'bus', password: 'nobody-listens-there', log })
  const composition = composeModules({
    app: pool,
    system,
    clickhouse,
    bus,
    files: testFiles(t),
    retention: {},
    clock: systemClock,
    log,
    masterKeys: masterKeysIn(testKeyFile(t)),
    setupCode: SETUP_CODE,
    demo: false,
    mqttPort,
  })
  const app = await buildApp({
    modules: composition.modules,
    authenticate: composition.access.public.authenticate,
    idempotency: idempotencyIn(moduleDatabase(pool, () => Promise.reject(new Error('no grants')))),
    translate: composition.translate,
    clock: systemClock,
    log,
    ready: () => Promise.resolve(true),
    behindTlsProxy: false,
    requestsPerMinute,
    version: 'test',
  })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  t.after(async () => {
    await app.close()
    await bus.close()
    await clickhouse.close()
  })
  return { address, composition, clickhouse, ownerUrl }
}
