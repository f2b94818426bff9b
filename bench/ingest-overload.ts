import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import { type Field, type FieldDevice, rowsOf } from '../tests/field.ts'
import type { BenchOptions, Figure } from './bench.ts'
import { scanBodies, scanPoints, startGenerator } from './generator.ts'
import { residentMb, watched } from './process-load.ts'
import { rounded } from './statistics.ts'
import { checkStored } from './stored-check.ts'

/** Devices that send on without waiting: what they have under way is bounded by what the platform takes, or it is not bounded at all. */
const WINDOW = { quick: 400, full: 2_000 }
const CALM_WINDOW = 4

export async function overload(field: Field, devices: FieldDevice[], { quick, say }: BenchOptions): Promise<Figure> {
  const window = quick ? WINDOW.quick : WINDOW.full
  const generator = await startGenerator(field.platform.mqttPort, devices, scanBodies())
  try {
    const { pids } = field.platform.run()
    const idleMb = Math.round(residentMb(pids.ingest ?? 0))
    const calm = await watched(pids, () => generator.run({ seconds: quick ? 4 : 10, window: CALM_WINDOW, drain: true }))
    say(`calm: ${JSON.stringify({ points: pointsOf(calm.result), peakMb: calm.peakMb })}`)
    const flood = await watched(pids, () => generator.run({ seconds: quick ? 8 : 30, window, drain: false }))
    // What is under way is cut off: it may be stored or not, but what was acknowledged must be.
    await generator.cut()
    const report = flood.result
    const pending = report.pending.reduce((n, seqs) => n + seqs.length, 0)
    say(`overload: ${JSON.stringify({ points: pointsOf(report), pending, peakMb: flood.peakMb, lost: report.lost })}`)
    const restarted = Object.entries(field.platform.run().pids).filter(([name, pid]) => pids[name] !== pid)
    const clickhouse = field.clickhouse()
    await settled(clickhouse)
    const stored = await checkStored(devices, report, await field.postgres(), clickhouse)
    if (stored.missing + stored.unknown + stored.incomplete > 0 || restarted.length > 0)
      throw new Error(`Under overload: ${JSON.stringify({ stored, restarted })}`)
    return {
      value: pointsOf(report),
      unit: 'points/s',
      ratio: rounded(pointsOf(report) / pointsOf(calm.result)),
      against: 'the same without overload',
      detail: {
        offeredInFlightMessages: devices.length * window,
        pendingMessages: pending,
        ackP50Ms: report.ackP50Ms,
        ackP99Ms: report.ackP99Ms,
        ingestMb: { idle: idleMb, calm: calm.peakMb.ingest, overload: flood.peakMb.ingest },
        clickhouseMb: { calm: calm.peakMb.clickhouse, overload: flood.peakMb.clickhouse },
        disconnected: report.lost,
        stored,
      },
    }
  } finally {
    await generator.stop()
  }
}

const pointsOf = ({ messages, seconds }: { messages: number; seconds: number }) => rounded((messages * scanPoints.length) / seconds)

const LOOK_MS = 1_000
const QUIET_LOOKS = 4

/** What was taken in before the cut is being stored: until no more has come for a while. */
async function settled(clickhouse: ClickHouseClient): Promise<void> {
  let before = -1
  for (let quiet = 0; quiet < QUIET_LOOKS; await sleep(LOOK_MS)) {
    const [now] = await rowsOf<{ n: number }>(clickhouse, 'select count() as n from sample')
    quiet = now?.n === before ? quiet + 1 : 0
    before = now?.n ?? 0
  }
}
