import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { telemetryApi } from '#modules/shopfloor/telemetry/contract.ts'
import { thingModelOf } from '../simulator/replay/map-file.ts'
import { readRows } from '../simulator/replay/rows.ts'
import { type Field, type FieldDevice, openField, untilRolledUp } from '../tests/field.ts'
import { readLedger, watchGrowth } from './acknowledged.ts'
import { type Comparison, checkSums, compare, type SentRow } from './checks.ts'
import { type Kill, killInTurn, PARTS } from './kills.ts'
import { startLiveDevice } from './live-device.ts'
import { type Replaying, startReplay } from './replaying.ts'
import { generatedSource, type Source, steelSource } from './sources.ts'

// `npm run fault [-- --short]`: kills parts while devices send; afterwards acknowledged ⊆ stored ⊆ sent, each once, and every sum right.

const { values } = parseArgs({ options: { short: { type: 'boolean', default: false }, seconds: { type: 'string' } } })
const killingS = Number(values.seconds ?? (values.short ? 22 : 120))
const REPLAYED_WITHIN_MS = 180_000
const ROLLED_UP_WITHIN_MS = 120_000

let passed = 0
let failed = 0
function check(name: string, holds: boolean, found: unknown): void {
  if (holds) passed++
  else failed++
  console.log(`${holds ? '✔' : '✘'} ${name}${holds ? '' : `: ${JSON.stringify(found)}`}`)
}

interface Sender {
  source: Source
  device: FieldDevice
  replaying: Replaying
}

async function run(folder: string): Promise<void> {
  const field = await openField()
  try {
    const { mqttPort } = field.platform
    const sources = [generatedSource(folder, values.short ? 8_000 : 30_000), steelSource()].filter((source) => source !== undefined)
    const senders: Sender[] = []
    for (const source of sources) {
      const device = await field.addDevice(source.map.device.code, await field.importModel(thingModelOf(source.map)))
      senders.push({ source, device, replaying: startReplay(source, device, mqttPort, folder, killingS) })
    }
    const properties = [{ name: 'value', label: 'value', kind: 'instant' as const, valueType: 'number' as const }]
    const liveDevice = await field.addDevice('live', await field.addModel('live', { properties }))
    const live = startLiveDevice(liveDevice, mqttPort, folder)
    const growth = watchGrowth([live.ledger])
    const startedMs = performance.now()
    const kills = await killInTurn(field.platform, killingS, ({ part }) => console.log(`  SIGKILL ${part}`))
    const ends = await Promise.all(senders.map(({ replaying }) => within(replaying)))
    await live.stop()
    growth.stop()
    printKills(kills, startedMs, growth.longestGapMs)
    checkKills(kills)
    for (const [i, { source }] of senders.entries()) check(`${source.name}: the replay came to its end`, ends[i]?.code === 0, ends[i]?.said)
    await checkSenders(field, senders)
    const liveRows = live.sent.map(({ seq, ts, value }) => ({ seq, ts, values: { value } }))
    checkComparison('live', await comparison(field, liveDevice, liveRows, live.ledger))
    await checkAllSums(field, liveRows.at(-1)?.ts ?? 0)
    await checkByApi(field, senders)
  } finally {
    await field.stop()
  }
}

async function within(replaying: Replaying) {
  const timer = setTimeout(() => replaying.stop(), REPLAYED_WITHIN_MS)
  const end = await replaying.done
  clearTimeout(timer)
  return end
}

function printKills(kills: readonly Kill[], startedMs: number, gapMs: (fromMs: number, untilMs: number) => number): void {
  console.log('\nkilled        at s   back after ms   longest time without an acknowledgement, ms')
  for (const [i, { part, atMs, againMs }] of kills.entries()) {
    const until = kills[i + 1]?.atMs ?? atMs + 10_000
    const back = againMs === null ? 'never' : String(Math.round(againMs - atMs))
    const cells = [
      part.padEnd(12),
      ((atMs - startedMs) / 1_000).toFixed(1).padStart(6),
      back.padStart(15),
      String(gapMs(atMs, until)).padStart(12),
    ]
    console.log(cells.join(' '))
  }
  console.log('')
}

function checkKills(kills: readonly Kill[]): void {
  for (const part of PARTS) {
    const of = kills.filter((kill) => kill.part === part)
    const found = of.map(({ atMs, againMs }) => (againMs === null ? 'never' : Math.round(againMs - atMs)))
    check(
      `${part} was killed ${of.length} times and came back each time`,
      of.length > 0 && of.every((kill) => kill.againMs !== null),
      found,
    )
  }
}

async function checkSenders(field: Field, senders: readonly Sender[]): Promise<void> {
  for (const { source, device, replaying } of senders) {
    const rows: SentRow[] = []
    for await (const read of readRows(source.file, source.map)) {
      if (read.kind === 'row') rows.push({ seq: rows.length + 1, ts: read.row.ts, values: numbers(read.row.values) })
    }
    checkComparison(source.name, await comparison(field, device, rows, replaying.ledger))
  }
}

const numbers = (values: Record<string, number | string | boolean>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === 'boolean' ? Number(value) : value]))

async function comparison(field: Field, device: FieldDevice, rows: readonly SentRow[], ledger: string): Promise<Comparison> {
  const acknowledged = new Set(readLedger(ledger).map(({ seq }) => seq))
  const postgres = await field.postgres()
  return compare({ clickhouse: field.clickhouse(), postgres }, device, rows, acknowledged)
}

function checkComparison(name: string, found: Comparison): void {
  console.log(`  ${name}: ${JSON.stringify(found)}`)
  check(`${name}: everything acknowledged is stored`, found.acknowledged > 0 && found.lost === 0, found)
  check(`${name}: nothing is stored that was not sent so`, found.foreign === 0, found)
  check(`${name}: everything is there once`, found.twice === 0, found)
}

async function checkAllSums(field: Field, lastMs: number): Promise<void> {
  // In a short run the minute that the last live value stands in is not waited for.
  const minute = Math.floor(lastMs / 60_000) * 60_000
  const rolledUp = await untilRolledUp(field.client, { timeoutMs: ROLLED_UP_WITHIN_MS, closedAfterMs: values.short ? 0 : minute }).then(
    () => 'yes',
    (error: Error) => error.message,
  )
  check('no hour waits to be summed up again', rolledUp === 'yes', rolledUp)
  const { rollUp } = await field.client.call(telemetryApi.ingestHealth)
  const sums = await checkSums(field.clickhouse(), Date.parse(rollUp.closedUntil ?? '1970-01-01T00:00:00Z'))
  console.log(`  sums: ${JSON.stringify(sums)}`)
  check('every minute and hour is what a recount of its samples gives', sums.minutes > 0 && sums.wrong === 0, sums)
}

/** The public door shows what the store holds. */
async function checkByApi(field: Field, senders: readonly Sender[]): Promise<void> {
  const [first] = senders
  if (!first) return
  const { points } = await field.client.call(telemetryApi.deviceLatest, { params: { deviceId: first.device.id } })
  const measuringPointId = points.find(({ point }) => point.valueType === 'number')?.point.id ?? ''
  const rows = readLedger(first.replaying.ledger).map(({ ts }) => ts)
  const from = rows.reduce((least, ts) => Math.min(least, ts), Number.MAX_SAFE_INTEGER)
  const shown = await field.client.call(telemetryApi.raw, {
    query: { measuringPointId, from: new Date(from).toISOString(), until: new Date(from + 86_400_000).toISOString(), limit: 100_000 },
  })
  check('the API shows every acknowledged time of a point', new Set(shown.atMs).size === new Set(rows).size, [
    shown.atMs.length,
    rows.length,
  ])
}

const folder = mkdtempSync(join(tmpdir(), 'lianshu-fault-'))
try {
  await run(folder)
} catch (error) {
  console.error(error)
  failed++
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 || passed === 0 ? 1 : 0)
