import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { alarmsBench } from './alarms.ts'
import { apiBench } from './api.ts'
import type { Bench, BenchOptions, Figure } from './bench.ts'
import { evaluationBench } from './evaluation.ts'
import { gatewayBench } from './gateway.ts'
import { ingestBench } from './ingest.ts'
import { liveBench } from './live.ts'
import { materialsBench } from './materials.ts'
import { ordersBench } from './orders.ts'
import { queryBench } from './query.ts'
import { queueBench } from './queue.ts'
import { searchBench } from './search.ts'
import { startBench } from './start.ts'
import { storageBench } from './storage.ts'

// `npm run bench` lists, `npm run bench -- NAME [--quick] [--json] [--scale 1,2,4]` runs one.

const benches: readonly Bench[] = [
  ingestBench,
  queryBench,
  storageBench,
  liveBench,
  alarmsBench,
  evaluationBench,
  apiBench,
  startBench,
  gatewayBench,
  queueBench,
  ordersBench,
  materialsBench,
  searchBench,
]
const allSwitches = new Set(benches.flatMap((bench) => Object.keys(bench.switches ?? {})))

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    scale: { type: 'string', default: '1' },
    ...Object.fromEntries([...allSwitches].map((name) => [name, { type: 'boolean' as const, default: false }])),
  },
})

function list(): void {
  console.log('npm run bench -- NAME [--quick] [--json] [--scale 1,2,4]\n')
  for (const { name, summary, goal, switches } of benches) {
    console.log(`${name.padEnd(10)}${summary}\n          goal: ${goal}`)
    for (const [option, what] of Object.entries(switches ?? {})) console.log(`          --${option}: ${what}`)
  }
}

async function run(bench: Bench): Promise<void> {
  const scales = values.scale.split(',').map(Number)
  if (scales.some((scale) => !(scale > 0))) throw new Error(`--scale takes numbers above 0, not “${values.scale}”.`)
  const startedMs = performance.now()
  const options: BenchOptions = {
    quick: values.quick,
    scales,
    switches: new Set(Object.entries(values).flatMap(([name, on]) => (on === true && allSwitches.has(name) ? [name] : []))),
    say: (text) => {
      if (!values.json) console.log(text)
    },
  }
  options.say(`${bench.name}: ${bench.summary}\ngoal: ${bench.goal}\n`)
  const figure = await bench.run(options)
  const seconds = Math.round((performance.now() - startedMs) / 1_000)
  console.log(JSON.stringify(printed(bench, figure, seconds)))
}

const printed = (bench: Bench, { value, unit, ratio, against, detail }: Figure, seconds: number) => ({
  bench: bench.name,
  value,
  unit,
  ratio,
  against,
  detail: { ...detail, cores: cpus().length, memoryGb: Math.round(totalmem() / 2 ** 30), cpu: cpus()[0]?.model ?? '', tookS: seconds },
})

const [name] = positionals
const bench = benches.find((one) => one.name === name)
if (name === undefined) list()
else if (!bench) {
  console.error(`There is no bench “${name}”.\n`)
  list()
  process.exitCode = 2
} else await run(bench)
