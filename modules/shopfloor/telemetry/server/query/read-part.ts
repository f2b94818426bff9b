import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { OrgScope } from '#kernel/context.ts'
import type { SeriesKind } from '../../contract.ts'
import { emptyRollup, type Rollup } from '../rollup/rollup-rules.ts'
import { sumOfSamples, sumOfSums } from '../rollup/rollup-sql.ts'
import { HOUR_MS, MINUTE_MS, type Piece } from './plan-pieces.ts'

// ClickHouse takes 25 ms to plan the sums that are kept, 5 ms for a flat question: what is only looked at is asked flat.

export interface Buckets {
  /** Start of each bucket and, last, the end of the last one; ascending. */
  boundsMs: readonly number[]
  /** Width, where all are equal. */
  widthMs?: number
}

/** One source over one stretch of time for series of one kind. */
export interface Part extends Piece {
  kind: SeriesKind
  series: number[]
  /** Before the first bucket only the last value matters. */
  buckets: 'before' | 'inside'
}

export interface ReadStretch {
  series: number
  bucketMs: number
  rollup: Rollup
}

export const BEFORE = -1

/** So few are put together here: 3,000 rows of sums, or five minutes of one series' samples. */
const FEW_SUMS = 3_000
const FEW_SAMPLES_MS = 5 * MINUTE_MS

export function readPart(clickhouse: ClickHouse, scope: OrgScope, part: Part, buckets: Buckets): Promise<ReadStretch[]> {
  const lengthMs = (part.untilMs - part.fromMs) * part.series.length
  const plain = part.kind === 'instant' || part.kind === 'interval' || part.buckets === 'before'
  if (part.source === 'raw') {
    if (plain) return glance(clickhouse, scope, glanceAtSamples(part, buckets))
    return lengthMs <= FEW_SAMPLES_MS ? eachSample(clickhouse, scope, part, buckets) : exactSums(clickhouse, scope, part, buckets)
  }
  if (plain) return glance(clickhouse, scope, glanceAtSums(part, buckets))
  const rows = lengthMs / (part.source === 'minute' ? MINUTE_MS : HOUR_MS)
  return rows <= FEW_SUMS ? eachSum(clickhouse, scope, part, buckets) : exactSums(clickhouse, scope, part, buckets)
}

const tableOf = ({ source }: Part) => (source === 'minute' ? 'rollup_minute' : 'rollup_hour')

/** SQL of a bucket's start from SQL of an instant in ms. Numbers of our own stand in the text; the organisation is bound by the wrapper. */
function bucketSql(at: string, { buckets }: Part, { boundsMs, widthMs }: Buckets): string {
  const [firstMs = 0] = boundsMs
  if (buckets === 'before') return `toInt64(${BEFORE})`
  if (widthMs !== undefined) return `toInt64(intDiv(${at} - ${firstMs}, ${widthMs}) * ${widthMs} + ${firstMs})`
  return `toInt64(roundDown(${at}, [${boundsMs.slice(0, -1).map((ms) => `toInt64(${ms})`)}]))`
}

const START_MS = 'toInt64(toUnixTimestamp(start)) * 1000'
const rowsOfSums = (part: Part) =>
  `${tableOf(part)} final where org_no = {orgNo:UInt32} and series in (${part.series})
   and start >= toDateTime(${Math.floor(part.fromMs / 1000)}, 'UTC') and start < toDateTime(${Math.floor(part.untilMs / 1000)}, 'UTC')`

/** An interval's value belongs to the time before its stamp. */
const shiftOf = ({ kind }: Part) => (kind === 'interval' ? 1 : 0)
const rowsOfSamples = (part: Part) => {
  const at = (ms: number) => `fromUnixTimestamp64Milli(toInt64(${ms + shiftOf(part)}), 'UTC')`
  return `sample final where org_no = {orgNo:UInt32} and series in (${part.series}) and ts >= ${at(part.fromMs)} and ts < ${at(part.untilMs)}`
}
const sampleMs = (part: Part) => (shiftOf(part) ? 'toUnixTimestamp64Milli(ts) - 1' : 'toUnixTimestamp64Milli(ts)')

type Glance = [
  series: number[],
  bucket: number[],
  rows: number[],
  uncertain: number[],
  bad: number[],
  total: number[],
  least: (number | null)[],
  most: (number | null)[],
  latest: (number | null)[],
  latestMs: number[],
]

/** Where a bucket is one row of sums there is nothing to add up: 3 ms instead of 5. */
function glanceAtSums(part: Part, buckets: Buckets): string {
  const asKept = part.buckets === 'inside' && buckets.widthMs === (part.source === 'hour' ? HOUR_MS : MINUTE_MS)
  const figures = asKept
    ? 'n, n_uncertain, n_bad, sum, min, max, last, last_ms'
    : `sum(n) as rows, sum(n_uncertain) as uncertain, sum(n_bad) as bad,
  sumKahan(sum) as total, min(min) as least, max(max) as most, argMax(last, last_ms) as latest, max(last_ms) as latest_ms`
  return `
select series, ${bucketSql(START_MS, part, buckets)} as bucket, ${figures}
from ${rowsOfSums(part)}${asKept ? '' : ' group by series, bucket'}`
}

/** Only a bad sample is no number; it ends a state, to a counter it is nothing. */
function glanceAtSamples(part: Part, buckets: Buckets): string {
  const last =
    part.kind === 'state'
      ? 'argMax(if(quality < 128, value, nan), ts) as latest, toUnixTimestamp64Milli(max(ts)) as latest_ms'
      : 'argMaxIf(value, ts, quality < 128) as latest, if(rows = bad, 0, toUnixTimestamp64Milli(maxIf(ts, quality < 128))) as latest_ms'
  return `
select series, ${bucketSql(sampleMs(part), part, buckets)} as bucket, count() as rows, countIf(quality >= 64 and quality < 128) as uncertain,
  countIf(quality >= 128) as bad, sumKahanIf(value, quality < 128) as total, minIf(value, quality < 128) as least,
  maxIf(value, quality < 128) as most, ${last}
from ${rowsOfSamples(part)} group by series, bucket`
}

async function glance(clickhouse: ClickHouse, scope: OrgScope, sql: string): Promise<ReadStretch[]> {
  const [series = [], bucket = [], rows = [], uncertain = [], bad = [], total = [], least = [], most = [], latest = [], latestMs = []] =
    await clickhouse.columns<Glance>(scope, sql)
  return series.map((of, i) => {
    const n = rows[i] ?? 0
    const nBad = bad[i] ?? 0
    const valued = n > nBad
    const lastMs = (latestMs[i] ?? 0) > 0 ? (latestMs[i] ?? null) : null
    const last = lastMs === null ? null : (latest[i] ?? null)
    const range = { min: valued ? (least[i] ?? null) : null, max: valued ? (most[i] ?? null) : null }
    const ends = { first: last, last, firstMs: lastMs, lastMs }
    const rollup: Rollup = { ...emptyRollup, n, nUncertain: uncertain[i] ?? 0, nBad, sum: total[i] ?? 0, ...range, ...ends }
    return { series: of, bucketMs: bucket[i] ?? 0, rollup }
  })
}

async function eachSample(clickhouse: ClickHouse, scope: OrgScope, part: Part, buckets: Buckets): Promise<ReadStretch[]> {
  const rows = await clickhouse.query<{ series: number; bucket: number; at: number; quality: number; number: number | null }>(
    scope,
    `select series, ${bucketSql(sampleMs(part), part, buckets)} as bucket, toUnixTimestamp64Milli(ts) as at, quality, value as number
     from ${rowsOfSamples(part)} order by ts`,
  )
  return rows.map(({ series, bucket, at, quality, number }) => {
    const bad = quality >= 0x80
    const counts = { n: 1, nBad: bad ? 1 : 0, nUncertain: !bad && quality >= 0x40 ? 1 : 0 }
    const value = bad ? null : number
    const stamps = bad && part.kind !== 'state' ? {} : { first: value, last: value, firstMs: at, lastMs: at }
    return { series, bucketMs: bucket, rollup: { ...emptyRollup, ...counts, sum: value ?? 0, min: value, max: value, ...stamps } }
  })
}

interface SumRow {
  series: number
  bucket: number
  n: number
  n_uncertain: number
  n_bad: number
  sum: number
  min: number | null
  max: number | null
  first: number | null
  last: number | null
  first_ms: number
  last_ms: number
  increase: number
  durations: Record<string, number>
}

async function eachSum(clickhouse: ClickHouse, scope: OrgScope, part: Part, buckets: Buckets): Promise<ReadStretch[]> {
  const columns = 'n, n_uncertain, n_bad, sum, min, max, first, last, first_ms, last_ms, increase, durations'
  const sql = `select series, ${bucketSql(START_MS, part, buckets)} as bucket, ${columns} from ${rowsOfSums(part)} order by start`
  return (await clickhouse.query<SumRow>(scope, sql)).map(stretchOf)
}

/** As they are kept, over what would be too many rows to carry here. */
async function exactSums(clickhouse: ClickHouse, scope: OrgScope, part: Part, buckets: Buckets): Promise<ReadStretch[]> {
  const stretch = {
    where: `org_no = {orgNo:UInt32} and series in (${part.series})`,
    bucket: bucketSql('at_ms', part, buckets),
    fromMs: String(part.fromMs),
    untilMs: String(part.untilMs),
  }
  const sql = part.source === 'raw' ? sumOfSamples(stretch) : sumOfSums(tableOf(part), stretch)
  return (await clickhouse.query<SumRow>(scope, sql)).map(stretchOf)
}

/** ±infinity and NaN, the neutral values of an empty stretch, come as null. */
function stretchOf(row: SumRow): ReadStretch {
  const bounded = row.first_ms > 0
  const { n, n_uncertain: nUncertain, n_bad: nBad, sum, min, max, first, last, increase, durations } = row
  const stamps = { firstMs: bounded ? row.first_ms : null, lastMs: bounded ? row.last_ms : null }
  return {
    series: row.series,
    bucketMs: row.bucket,
    rollup: { n, nUncertain, nBad, sum, min, max, first, last, ...stamps, increase, durations },
  }
}
