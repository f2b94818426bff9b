import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Field, openField } from '../field.ts'
import { ensureProgram } from '../peers/debian.ts'
import { type Answers, collectAnswers } from './answers.ts'
import { checkByGateway } from './by-gateway.ts'
import { checkByOpcua } from './by-opcua.ts'
import { checkFrames } from './frames.ts'
import { checkSkab } from './skab.ts'
import { checkSteelEnergy } from './steel-energy.ts'

// `npm run test:reference -- --data ../shared/data [set …]`: recorded data through a running platform, against what was published.

const SETS: Record<string, (dataDir: string, field: Field, answers: Answers, mosquitto: boolean) => Promise<void>> = {
  steel_energy: checkSteelEnergy,
  skab: checkSkab,
  gateway: checkByGateway,
  frames: checkFrames,
  opcua: checkByOpcua,
}
/** The recorded data that a set reads, where it is not of its own name. */
const READS: Record<string, readonly string[]> = { gateway: ['steel_energy', 'skab'], opcua: ['steel_energy', 'opcua_nodesets'] }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string', default: resolve(import.meta.dirname, '../../../shared/data') } },
})
const ci = Boolean(process.env.CI)
const dataDir = resolve(values.data)
const unknown = positionals.filter((set) => !(set in SETS))
if (unknown.length > 0) {
  console.error(`Unknown sets: ${unknown.join(', ')}. Known: ${Object.keys(SETS).join(', ')}`)
  process.exit(2)
}
const wanted = Object.keys(SETS).filter((set) => positionals.length === 0 || positionals.includes(set))
const present = wanted.filter((set) => (READS[set] ?? [set]).every((data) => existsSync(join(dataDir, data))))
const mosquitto = ensureProgram(['mosquitto_pub', '--help'], 'mosquitto-clients') === undefined

const answers = collectAnswers((line) => console.log(line))
// What a person may lack, a gate may not.
for (const set of wanted) {
  if (present.includes(set)) continue
  console.log(`skipped: no reference data in ${join(dataDir, set)}`)
  if (ci) answers.check(set, 'reference data', 'there', 'absent')
}
if (!mosquitto) {
  console.log('skipped: mosquitto_pub is not installed (Debian: mosquitto-clients)')
  if (ci) answers.check('steel_energy', 'mosquitto_pub', 'installed', 'absent')
}
if (present.length > 0) await checkSets(present)
console.log(`${answers.passed} passed, ${answers.failed} failed`)
process.exit(answers.failed > 0 ? 1 : 0)

async function checkSets(sets: string[]): Promise<void> {
  const field = await openField()
  const stop = () => void field.stop().then(() => process.exit(130))
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    for (const set of sets) {
      // One set that cannot be sent does not keep the others from being checked.
      await SETS[set]?.(dataDir, field, answers, mosquitto).catch((error: Error) =>
        answers.check(set, 'checked to its end', 'yes', error.message),
      )
    }
  } finally {
    await field.stop()
  }
}
