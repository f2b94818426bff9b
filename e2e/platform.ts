import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RunFile, startPlatform } from '../tests/started-platform.ts'

/**
 * The demo chain in a folder and on ports of its own, for all journeys. With E2E_URL and E2E_DATA the journeys go through a
 * platform that runs already, which is quicker while writing one.
 */
// biome-ignore lint/style/noDefaultExport: Playwright takes a set-up by its default export
export default async function startDemo(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.E2E_URL !== undefined) return undefined
  const platform = await startPlatform({ demo: true })
  process.env.E2E_URL = platform.address
  process.env.E2E_MQTT_PORT = String(platform.mqttPort)
  process.env.E2E_DATA = platform.dataDir
  return () => platform.stop()
}

/** An account of the demo chain, by organisation or role as it is printed at the start. */
export function demoAccount(wanted: (account: RunFile['accounts'][number]) => boolean): RunFile['accounts'][number] {
  const { accounts } = JSON.parse(readFileSync(join(process.env.E2E_DATA ?? '.data', 'run.json'), 'utf8')) as RunFile
  const found = accounts.find(wanted)
  if (!found) throw new Error(`No such demo account among ${accounts.map(({ login }) => login).join(', ')}`)
  return found
}
