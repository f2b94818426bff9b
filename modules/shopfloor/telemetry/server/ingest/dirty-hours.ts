import { GRACE_MS } from '../rollup/roll-up.ts'
import type { Marks } from '../rollup/rollup-store.ts'
import type { SampleBatch, Source } from './sample-batch.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
/** The worker may be summing a minute up this long before its grace is over by our clock. */
const MARGIN_MS = 5_000
const HOURS = 2 ** 20

/**
 * The (series, hour) whose minutes may have been summed up before this batch was stored, and must be again; counts each sample as late.
 * Undefined when every sample was in time, as it is most of the time.
 */
export function lateHours(batch: SampleBatch, storedMs: number, countLate: (source: Source) => void): Marks | undefined {
  // A sample is in time while its minute's end is younger than the grace.
  const closedMs = Math.floor((storedMs - GRACE_MS + MARGIN_MS) / MINUTE_MS) * MINUTE_MS
  let keys: Map<number, number> | undefined
  for (let row = 0; row < batch.rows; row++) {
    const atMs = batch.tsMs[row]! - (batch.kind[row] === 2 ? 1 : 0)
    if (atMs >= closedMs) continue
    countLate(batch.sources[row]!)
    keys ??= new Map()
    keys.set(batch.series[row]! * HOURS + Math.floor(atMs / HOUR_MS), batch.orgNo[row]!)
  }
  if (!keys) return undefined
  const marks: Marks = { orgNos: [], series: [], hours: [] }
  for (const [key, orgNo] of keys) {
    marks.orgNos.push(orgNo)
    marks.series.push(Math.floor(key / HOURS))
    marks.hours.push(key % HOURS)
  }
  return marks
}
