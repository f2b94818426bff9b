import { telemetryApi } from '#modules/shopfloor/telemetry/contract.ts'
import { thingModelOf } from '../simulator/replay/map-file.ts'
import { type Field, type FieldDevice, openField } from '../tests/field.ts'
import { readLedger, watchGrowth } from './acknowledged.ts'
import { acknowledgedIn, addPlainDevice, checkAllSums, checkDevice, liveRows } from './field-checks.ts'
import { type Kill, killInTurn, PARTS } from './kills.ts'
import { startLiveDevice } from './live-device.ts'
import { type Replaying, rowsToSend, startReplay } from './replaying.ts'
import type { Report, ScenarioOptions } from './report.ts'
import { generatedSource, type Source, steelSource } from './sources.ts'

const REPLAYED_WITHIN_MS = 180_000

interface Sender {
  source: Source
  device: FieldDevice
  replaying: Replaying
}

/** Kills the parts in turn while devices send; afterwards acknowledged ⊆ stored ⊆ sent, each once, and every sum right. */
export async function killsScenario(report: Report, { folder, short, seconds }: ScenarioOptions): Promise<void> {
  const field = await openField()
  try {
    const { mqttPort } = field.platform
    const sources = [generatedSource(folder, short ? 8_000 : 30_000), steelSource()].filter((source) => source !== undefined)
    const senders: Sender[] = []
    for (const source of sources) {
      const device = await field.addDevice(source.map.device.code, await field.importModel(thingModelOf(source.map)))
      senders.push({ source, device, replaying: startReplay(source, device, mqttPort, folder, seconds) })
    }
    const liveDevice = await addPlainDevice(field, 'live')
    const live = startLiveDevice(liveDevice, mqttPort, folder)
    const growth = watchGrowth([live.ledger])
    const startedMs = performance.now()
    const kills = await killInTurn(field.platform, seconds, ({ part }) => console.log(`  SIGKILL ${part}`))
    const ends = await Promise.all(senders.map(({ replaying }) => within(replaying)))
    await live.stop()
    growth.stop()
    printKills(kills, startedMs, growth.longestGapMs)
    checkKills(report, kills)
    for (const [i, { source }] of senders.entries())
      report.check(`${source.name}: the replay came to its end`, ends[i]?.code === 0, ends[i]?.said)
    for (const sender of senders) await checkSender(report, field, sender)
    await checkDevice(report, field, liveDevice, liveRows(live), acknowledgedIn(live.ledger))
    // In a short run the minute that the last live value stands in is not waited for.
    await checkAllSums(report, field, short ? 0 : Math.floor((live.sent.at(-1)?.ts ?? 0) / 60_000) * 60_000)
    if (senders[0]) await checkByApi(report, field, senders[0])
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

function checkKills(report: Report, kills: readonly Kill[]): void {
  for (const part of PARTS) {
    const of = kills.filter((kill) => kill.part === part)
    const found = of.map(({ atMs, againMs }) => (againMs === null ? 'never' : Math.round(againMs - atMs)))
    const all = of.length > 0 && of.every((kill) => kill.againMs !== null)
    report.check(`${part} was killed ${of.length} times and came back each time`, all, found)
  }
}

async function checkSender(report: Report, field: Field, { source, device, replaying }: Sender): Promise<void> {
  await checkDevice(report, field, device, await rowsToSend(source), acknowledgedIn(replaying.ledger))
}

/** The public door shows what the store holds. */
async function checkByApi(report: Report, field: Field, { device, replaying }: Sender): Promise<void> {
  const { points } = await field.client.call(telemetryApi.deviceLatest, { params: { deviceId: device.id } })
  const measuringPointId = points.find(({ point }) => point.valueType === 'number')?.point.id ?? ''
  const rows = readLedger(replaying.ledger).map(({ ts }) => ts)
  const from = rows.reduce((least, ts) => Math.min(least, ts), Number.MAX_SAFE_INTEGER)
  const shown = await field.client.call(telemetryApi.raw, {
    query: { measuringPointId, from: new Date(from).toISOString(), until: new Date(from + 86_400_000).toISOString(), limit: 100_000 },
  })
  const found = [shown.atMs.length, rows.length]
  report.check('the API shows every acknowledged time of a point', new Set(shown.atMs).size === new Set(rows).size, found)
}
