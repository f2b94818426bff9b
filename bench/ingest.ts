import { type Field, type FieldDevice, inParallel, openField } from '../tests/field.ts'
import type { Bench, BenchOptions, Figure } from './bench.ts'
import { directRows, insertBinary, insertDirectly, insertJson } from './direct-insert.ts'
import { type Generator, type GeneratorReport, scanBodies, scanDefinition, scanPoints, startGenerator } from './generator.ts'
import { overload } from './ingest-overload.ts'
import { watched } from './process-load.ts'
import { median, rounded } from './statistics.ts'
import { checkStored } from './stored-check.ts'

const DEVICES = 500
/** Messages of a device under way at once: 2,000 in all. */
const WINDOW = 4

export const ingestBench: Bench = {
  name: 'ingest',
  summary: `${DEVICES} devices × ${scanPoints.length} points, one message per device and scan, JSON over MQTT QoS 1, against direct inserts`,
  goal: '≥ 150,000 points/s, ≥ 0.35 of the direct insert, acknowledgement p99 ≤ 500 ms',
  switches: { overload: 'devices that do not wait for acknowledgements: memory stays bounded, nothing acknowledged is lost' },
  run,
}

async function run(options: BenchOptions): Promise<Figure> {
  const most = Math.max(...options.scales)
  const field = await openField()
  try {
    options.say(`started; adding ${Math.round(DEVICES * most)} devices …`)
    const model = await field.addModel('scan', scanDefinition)
    const codes = Array.from({ length: Math.round(DEVICES * most) }, (_, i) => `bench-${i + 1}`)
    const devices = await inParallel(codes, 6, (code) => field.addDevice(code, model))
    if (options.switches.has('overload')) return await overload(field, devices, options)
    const figures: Figure[] = []
    for (const scale of options.scales) {
      figures.push(await atScale(field, devices.slice(0, Math.round(DEVICES * scale)), options, scale === options.scales[0]))
    }
    const [first] = figures as [Figure, ...Figure[]]
    const scales = options.scales.map((scale, i) => ({ scale, value: figures[i]?.value, ratio: figures[i]?.ratio }))
    return { ...first, detail: { ...first.detail, ...(scales.length > 1 ? { scales } : {}) } }
  } finally {
    await field.stop()
  }
}

/** MQTT and direct inserts in turns, so that a disturbance of the machine meets both. */
async function atScale(field: Field, devices: readonly FieldDevice[], options: BenchOptions, check: boolean): Promise<Figure> {
  const { say, quick } = options
  const [turns, seconds, directSeconds] = quick ? [3, 3.5, 1.5] : [5, 10, 4]
  const bodies = scanBodies()
  const generator = await startGenerator(field.platform.mqttPort, [...devices], bodies)
  const clickhouse = field.clickhouse()
  const rows = directRows(bodies)
  const startMs = Date.now()
  const json = insertJson(clickhouse, rows, startMs)
  const binary = insertBinary(field.platform, rows, startMs + 3_600_000)
  const found: { points: number; json: number; binary: number; report: GeneratorReport; cores: Record<string, number> }[] = []
  try {
    await generator.run({ seconds: 2, window: WINDOW, drain: true })
    for (let turn = 0; turn < turns; turn++) {
      const pids = { ...field.platform.run().pids, generator: generator.pid }
      const { result: report, cores, peakMb } = await watched(pids, () => generator.run({ seconds, window: WINDOW, drain: true }))
      const points = (report.messages * scanPoints.length) / report.seconds
      found.push({
        points,
        json: await insertDirectly(directSeconds, (n) => json(n + turn * 10_000)),
        binary: await insertDirectly(directSeconds / 2, (n) => binary(n + turn * 10_000)),
        report,
        cores,
      })
      say(`turn ${turn + 1}: ${turnText(found.at(-1))}; cores ${JSON.stringify(cores)}; MB ${JSON.stringify(peakMb)}`)
    }
    const kept = check ? await keptOf(field, devices, generator, found.at(-1)?.report) : undefined
    return figureOf(found, kept)
  } finally {
    await generator.stop()
  }
}

async function keptOf(field: Field, devices: readonly FieldDevice[], generator: Generator, report: GeneratorReport | undefined) {
  if (!report) throw new Error('No turn was run.')
  if (report.lost > 0) throw new Error(`${report.lost} devices were disconnected: ${report.firstLoss}`)
  await generator.cut()
  const kept = await checkStored(devices, report, await field.postgres(), field.clickhouse())
  if (kept.missing + kept.unknown + kept.incomplete > 0) throw new Error(`Not what was acknowledged is stored: ${JSON.stringify(kept)}`)
  return kept
}

type Turn = { points: number; json: number; binary: number; report: GeneratorReport; cores: Record<string, number> }

const turnText = (turn: Turn | undefined) =>
  turn === undefined
    ? ''
    : `${rounded(turn.points).toLocaleString('en')} points/s, direct ${rounded(turn.json).toLocaleString('en')} rows/s (binary ${rounded(
        turn.binary,
      ).toLocaleString('en')}), acknowledged in ${turn.report.ackP50Ms} ms (p99 ${turn.report.ackP99Ms})`

function figureOf(turns: readonly Turn[], kept: Awaited<ReturnType<typeof keptOf>> | undefined): Figure {
  return {
    value: rounded(median(turns.map((turn) => turn.points))),
    unit: 'points/s',
    ratio: rounded(median(turns.map((turn) => turn.points / turn.json))),
    against: 'direct insert',
    detail: {
      directJsonRowsPerSecond: rounded(median(turns.map((turn) => turn.json))),
      directBinaryRowsPerSecond: rounded(median(turns.map((turn) => turn.binary))),
      ratioToBinary: rounded(median(turns.map((turn) => turn.points / turn.binary))),
      ackP50Ms: median(turns.map((turn) => turn.report.ackP50Ms)),
      ackP99Ms: median(turns.map((turn) => turn.report.ackP99Ms)),
      turns: turns.length,
      coresUsed: turns.at(-1)?.cores,
      ...(kept ? { stored: kept } : {}),
    },
  }
}
