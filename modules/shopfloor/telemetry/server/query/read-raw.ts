import type { z } from 'zod'
import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { Context } from '#kernel/context.ts'
import { JsonBytes } from '#kernel/http.ts'
import type { PointInfo } from '#modules/shopfloor/devices/public.ts'
import { type RawColumns, type telemetryApi, telemetryLimits } from '../../contract.ts'
import { telemetryErrors } from '../../errors.ts'
import { periodMs } from './read-series.ts'
import { type Readable, type ReadingParts, readable, telemetryPoint } from './readable.ts'

export type Raw = z.infer<typeof RawColumns>

export interface RawParts extends ReadingParts {
  clickhouse: ClickHouse
}

const none: Raw = { atMs: [], value: [], quality: [], lagMs: [], seq: [] }

type Query = z.output<typeof telemetryApi.raw.query>

type Answer = z.input<typeof telemetryApi.raw.response>

export async function readRaw(parts: RawParts, ctx: Context, query: Query): Promise<Answer> {
  const { may, point, start, untilMs } = await rawQuestion(parts, ctx, query)
  const { page, nextMs } = await rawSamples(parts.clickhouse, may, point, start, untilMs, query.limit)
  return { ...page, point: telemetryPoint(point), nextCursor: nextMs, withheld: may.withheld }
}

/** The same answer; numbers in the JSON that ClickHouse wrote. A day of seconds is 3 MB: parsing and writing it again took 150 ms. */
export async function answerRaw(parts: RawParts, ctx: Context, query: Query): Promise<Answer | JsonBytes> {
  const { may, point, start, untilMs } = await rawQuestion(parts, ctx, query)
  // Texts, and integers beyond 2^53, come from two tables.
  const periods =
    may.onlyKeyFigures || point.valueType === 'string' || point.valueType === 'integer' ? [] : periodsOf(point, may, start, untilMs)
  if (periods.length === 0) return readRaw(parts, ctx, query)
  const row = await parts.clickhouse.bytes(
    may.scope,
    `select ${columnNames.map((name) => `arraySlice(all_${name}, 1, ${query.limit}) as ${name}`)},
       if(length(all_atMs) > ${query.limit}, toNullable(all_atMs[${query.limit + 1}]), null) as nextCursor
     from (select groupArray(at) as all_atMs, groupArray(v) as all_value, groupArray(quality) as all_quality, groupArray(lag_ms) as all_lagMs,
       groupArray(seq) as all_seq from (${samplesSql('sample', 'value', periods, query.limit)}))`,
  )
  const rest: Pick<Answer, 'point' | 'withheld'> = { point: telemetryPoint(point), withheld: may.withheld }
  // The line's own end, `}` and a line feed, makes room for the rest.
  return new JsonBytes(Buffer.concat([row.subarray(0, row.lastIndexOf('}')), Buffer.from(`,${JSON.stringify(rest).slice(1)}`)]))
}

const columnNames = ['atMs', 'value', 'quality', 'lagMs', 'seq'] as const

async function rawQuestion(parts: RawParts, ctx: Context, query: Query) {
  const { fromMs, untilMs } = periodMs(query, telemetryLimits.rawDays)
  const may = await readable(parts, ctx, { ...query, measuringPointIds: [query.measuringPointId] })
  const [point] = may.points
  if (!point) throw telemetryErrors.notFound()
  return { may, point, start: Math.max(fromMs, query.cursor ?? fromMs), untilMs }
}

const samplesSql = (table: 'sample' | 'sample_text', value: string, periods: readonly Period[], limit: number) =>
  `select toUnixTimestamp64Milli(ts) as at, ${value} as v, quality, lag_ms, seq from ${table} final
   where org_no = {orgNo:UInt32} and series in (${periods.map((p) => p.series)}) and (${periods.map(periodSql).join(' or ')})
   order by ts limit ${limit + 1}`

/** At most `limit` samples of [fromMs, untilMs) in order, and where the next page starts. Errors: telemetry.onlyKeyFigures. */
export async function rawSamples(
  clickhouse: ClickHouse,
  may: Readable,
  point: PointInfo,
  fromMs: number,
  untilMs: number,
  limit: number,
): Promise<{ page: Raw; nextMs: number | null }> {
  if (may.onlyKeyFigures) throw telemetryErrors.onlyKeyFigures()
  const periods = periodsOf(point, may, fromMs, untilMs)
  if (periods.length === 0) return { page: none, nextMs: null }
  const read = async (table: 'sample' | 'sample_text', value: string) => {
    const [columns = none] = await clickhouse.query<Raw>(
      may.scope,
      `select groupArray(at) as atMs, groupArray(v) as value, groupArray(quality) as quality, groupArray(lag_ms) as lagMs, groupArray(seq) as seq
       from (${samplesSql(table, value, periods, limit)})`,
    )
    return columns
  }
  const numbers = point.valueType === 'string' ? none : await read('sample', 'value')
  const texts = point.valueType === 'string' || point.valueType === 'integer' ? await read('sample_text', 'text') : none
  const all = texts.atMs.length === 0 ? numbers : numbers.atMs.length === 0 ? texts : inOrder(numbers, texts)
  const nextMs = all.atMs[limit] ?? null
  return { page: nextMs === null ? all : sliced(all, limit), nextMs }
}

interface Period {
  series: number
  fromMs: number
  untilMs: number
}

/** Each series as long as it was bound, within what the agreement opens; a value of an interval counts a moment before its stamp. */
function periodsOf({ kind, bindings }: PointInfo, may: Readable, fromMs: number, untilMs: number): Period[] {
  const shift = kind === 'interval' ? 1 : 0
  return bindings
    .map((binding) => ({
      series: binding.series,
      fromMs: Math.max(fromMs, binding.fromMs, may.fromMs + shift, 0),
      untilMs: Math.min(untilMs, binding.untilMs ?? Number.POSITIVE_INFINITY, may.untilMs + shift),
    }))
    .filter((period) => period.untilMs > period.fromMs)
}

const periodSql = ({ series, fromMs, untilMs }: Period) =>
  `series = ${series} and ts >= fromUnixTimestamp64Milli(toInt64(${fromMs}), 'UTC') and ts < fromUnixTimestamp64Milli(toInt64(${untilMs}), 'UTC')`

/** An integer point has both: numbers, and beyond 2^53 texts. */
function inOrder(a: Raw, b: Raw): Raw {
  const rows = [...a.atMs.map((at, i) => ({ at, of: a, i })), ...b.atMs.map((at, i) => ({ at, of: b, i }))].sort((x, y) => x.at - y.at)
  return {
    atMs: rows.map((row) => row.at),
    value: rows.map(({ of, i }) => of.value[i] ?? null),
    quality: rows.map(({ of, i }) => of.quality[i] ?? 0),
    lagMs: rows.map(({ of, i }) => of.lagMs[i] ?? 0),
    seq: rows.map(({ of, i }) => of.seq[i] ?? -1),
  }
}

const sliced = (raw: Raw, n: number): Raw => ({
  atMs: raw.atMs.slice(0, n),
  value: raw.value.slice(0, n),
  quality: raw.quality.slice(0, n),
  lagMs: raw.lagMs.slice(0, n),
  seq: raw.seq.slice(0, n),
})
