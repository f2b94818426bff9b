import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { alarmsScenario } from './alarms-scenario.ts'
import { commandsScenario } from './commands-scenario.ts'
import { crowdScenario } from './crowd-scenario.ts'
import { fullDiskScenario } from './full-disk-scenario.ts'
import { gatewayScenario } from './gateway-scenario.ts'
import { hostileScenario } from './hostile-scenario.ts'
import { killsScenario } from './kills-scenario.ts'
import { noisyScenario } from './noisy-scenario.ts'
import { openReport, type Scenario } from './report.ts'
import { tradeScenario } from './trade-scenario.ts'

// `npm run fault [-- --short] [--only kills,hostile]`: what goes wrong in a plant, done on purpose, and compared with an outside ledger.

const scenarios: Record<string, Scenario> = {
  kills: killsScenario,
  hostile: hostileScenario,
  crowd: crowdScenario,
  noisy: noisyScenario,
  disk: fullDiskScenario,
  gateway: gatewayScenario,
  commands: commandsScenario,
  alarms: alarmsScenario,
  trade: tradeScenario,
}

const { values } = parseArgs({
  options: { short: { type: 'boolean', default: false }, seconds: { type: 'string' }, only: { type: 'string' } },
})
const names = values.only?.split(',') ?? Object.keys(scenarios)
const unknown = names.filter((name) => !(name in scenarios))
if (unknown.length > 0) {
  console.error(`--only ${Object.keys(scenarios).join(',')}`)
  process.exit(2)
}

const report = openReport()
for (const name of names) {
  console.log(`\n== ${name}`)
  const startedMs = performance.now()
  const folder = mkdtempSync(join(tmpdir(), `lianshu-fault-${name}-`))
  try {
    await scenarios[name]?.(report, { folder, short: values.short, seconds: Number(values.seconds ?? (values.short ? 22 : 120)) })
  } catch (error) {
    console.error(error)
    report.check(`${name} ran to its end`, false, (error as Error).message)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  console.log(`   ${name}: ${Math.round((performance.now() - startedMs) / 1_000)} s`)
}
console.log(`\n${report.passed} passed, ${report.failed} failed`)
process.exit(report.failed > 0 || report.passed === 0 ? 1 : 0)
