import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { residentMb } from '../bench/process-load.ts'
import { openField } from '../tests/field.ts'
import type { CrowdTurn } from './crowd.ts'
import { acknowledgedIn, addPlainDevice, checkDevice, liveRows } from './field-checks.ts'
import { startLiveDevice } from './live-device.ts'
import type { Report, ScenarioOptions } from './report.ts'

/** In the short run too: with fewer, what the process takes at its first work hides what a connection costs. */
const CONNECTIONS = 10_000
const CONNECTED_WITHIN_MS = 30_000
const MOST_MB = 1_000
const KB_A_CONNECTION = 64

/** Ten thousand connections, all lost at once and all back: everybody is served, and a device beside them notices little. */
export async function crowdScenario(report: Report, { folder }: ScenarioOptions): Promise<void> {
  const field = await openField()
  try {
    const { platform } = field
    const healthy = await addPlainDevice(field, 'healthy')
    const device = await addPlainDevice(field, 'crowd')
    const live = startLiveDevice(healthy, platform.mqttPort, folder)
    const ingest = platform.run().pids.ingest ?? 0
    const before = residentMb(ingest)
    const args = ['--port', String(platform.mqttPort), '--user', device.user, '--topic', device.topic, '--connections', String(CONNECTIONS)]
    const child = spawn(process.execPath, [join(import.meta.dirname, 'crowd.ts'), ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
    child.stdin.write(`${device.secret}\n`)
    const turns = readTurns(child)
    for (const name of ['at first', 'all lost at once, and all back']) {
      const said = (await turns.next()).value
      console.log(`  ${name}: ${JSON.stringify(said)}, ingest ${Math.round(residentMb(ingest))} MB (${Math.round(before)} before)`)
      report.check(`${CONNECTIONS} connections ${name}`, said?.connected === CONNECTIONS && said.lost === 0, said)
      report.check(
        `connected within ${CONNECTED_WITHIN_MS / 1_000} s`,
        (said?.connectedMs ?? Number.MAX_VALUE) <= CONNECTED_WITHIN_MS,
        said,
      )
      report.check('each publishes and is acknowledged', said?.acknowledged === CONNECTIONS, said)
      child.stdin.write('\n')
    }
    const heldMb = residentMb(ingest)
    report.check(`the ingest process stays below ${MOST_MB} MB`, heldMb < MOST_MB, heldMb)
    const eachKb = ((heldMb - before) * 1_024) / CONNECTIONS
    report.check(`a connection costs at most ${KB_A_CONNECTION} kB`, eachKb <= KB_A_CONNECTION, eachKb)
    await live.stop()
    await checkDevice(report, field, healthy, liveRows(live), acknowledgedIn(live.ledger))
    report.check('the ingest process was never restarted', platform.run().pids.ingest === ingest, platform.run().pids)
  } finally {
    await field.stop()
  }
}

async function* readTurns(child: ChildProcess): AsyncGenerator<CrowdTurn> {
  if (!child.stdout) return
  for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as CrowdTurn
}
