import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { auditEvent } from '#kernel/postgres.ts'
import type { PointInfo } from '#modules/shopfloor/devices/public.ts'
import { businessDay } from '#values/instant.ts'
import { qualityName } from '#values/quality.ts'
import { type telemetryApi, telemetryLimits } from '../../contract.ts'
import en from '../../en.json' with { type: 'json' }
import zh from '../../zh.json' with { type: 'json' }
import { type BucketFigures, bucketFigures, emptyRollup } from '../rollup/rollup-rules.ts'
import { fetchRollups } from './fetch-rollups.ts'
import { HOUR_MS, MINUTE_MS } from './plan-pieces.ts'
import { datesOf, daysOf } from './read-production-days.ts'
import { rawSamples } from './read-raw.ts'
import { periodMs, refuseTexts, type SeriesParts } from './read-series.ts'
import { calendars, type Readable, readable } from './readable.ts'

type Query = z.output<typeof telemetryApi.exportCsv.query>
type Cell = string | number | null

const BUCKETS_AT_ONCE = 1_000
const ROWS_AT_ONCE = 20_000

/** UTF-8 with its mark: without it a spreadsheet shows Chinese as noise. */
const BYTE_ORDER_MARK = '\ufeff'

/** A text that a spreadsheet would take for a formula gets an apostrophe (OWASP: CSV injection). */
function cell(value: Cell): string {
  if (typeof value !== 'string') return value === null ? '' : String(value)
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

const line = (cells: readonly Cell[]) => `${cells.map(cell).join(',')}\r\n`
const iso = (ms: number) => new Date(ms).toISOString()

/** The whole is checked, and noted in the audit, before the first line is sent; each further part asks the agreement again. */
export async function exportValues(
  parts: SeriesParts,
  ctx: Context,
  query: Query,
  signal: AbortSignal,
): Promise<{ fileName: string; chunks: AsyncIterable<string> }> {
  const period = periodMs(query, query.resolution === 'raw' ? telemetryLimits.exportDaysRaw : telemetryLimits.exportDays)
  const words = (ctx.locale === 'en-US' ? en : zh).csv
  const may = await readable(parts, ctx, query)
  if (query.resolution === 'raw') await rawSamples(parts.clickhouse, may, may.points[0] as PointInfo, period.fromMs, period.fromMs + 1, 1)
  else refuseTexts(may.points)
  const { measuringPointIds, ownerId = null, from, until, resolution } = query
  const details = { measuringPointIds, ownerId, from, until, resolution }
  await parts.db.inTenant(ctx, (tx) => auditEvent(tx, { action: 'export', entity: 'telemetry.values', entityId: null, details }))
  const fileName = `${words.file}-${query.from.slice(0, 10)}-${query.resolution}.csv`
  const rows = query.resolution === 'raw' ? rawRows : query.resolution === 'day' ? dayRows : bucketRows
  async function* chunks(): AsyncGenerator<string> {
    const head =
      query.resolution === 'raw'
        ? [words.point, words.name, words.unit, words.time, words.value, words.quality, words.received, words.seq]
        : [
            ...[words.point, words.name, words.unit, words.from, words.until, words.count, words.uncertain, words.bad],
            ...[words.avg, words.min, words.max, words.sum, words.last, words.increase, words.durations],
          ]
    yield BYTE_ORDER_MARK + line(head)
    for await (const some of rows(parts, ctx, query, period)) {
      if (signal.aborted) return
      yield some
    }
  }
  return { fileName, chunks: chunks() }
}

type Period = { fromMs: number; untilMs: number }

const pointCells = ({ code, label, unit }: PointInfo): Cell[] => [code, label, unit]

async function* rawRows(parts: SeriesParts, ctx: Context, query: Query, period: Period): AsyncGenerator<string> {
  const first = await readable(parts, ctx, query)
  for (const { id } of first.points) {
    let fromMs: number | null = period.fromMs
    while (fromMs !== null) {
      const may: Readable = await readable(parts, ctx, { ...query, measuringPointIds: [id] })
      const point = may.points[0] as PointInfo
      const { page, nextMs }: Awaited<ReturnType<typeof rawSamples>> = await rawSamples(
        parts.clickhouse,
        may,
        point,
        fromMs,
        period.untilMs,
        ROWS_AT_ONCE,
      )
      let text = ''
      for (let i = 0; i < page.atMs.length; i++) {
        const atMs = page.atMs[i] ?? 0
        const seq = page.seq[i] ?? -1
        const quality = qualityName(page.quality[i] ?? 0)
        text += line([
          ...pointCells(point),
          iso(atMs),
          page.value[i] ?? null,
          quality,
          iso(atMs + (page.lagMs[i] ?? 0)),
          seq < 0 ? null : seq,
        ])
      }
      yield text
      fromMs = nextMs
    }
  }
}

function figureCells(f: BucketFigures): Cell[] {
  const durations = Object.entries(f.durations)
  const states = durations.length === 0 ? null : durations.map(([state, ms]) => `${state}:${ms}`).join(' ')
  return [f.n, f.nUncertain, f.nBad, f.avg, f.min, f.max, f.sum, f.last, f.increase, states]
}

/** Buckets without a sample are left out: a gap is a gap. */
async function* bucketRows(parts: SeriesParts, ctx: Context, query: Query, { fromMs, untilMs }: Period): AsyncGenerator<string> {
  const widthMs = query.resolution === 'hour' ? HOUR_MS : MINUTE_MS
  const start = Math.floor(fromMs / widthMs) * widthMs
  for (let chunkMs = start; chunkMs < untilMs; chunkMs += widthMs * BUCKETS_AT_ONCE) {
    const n = Math.min(BUCKETS_AT_ONCE, Math.ceil((untilMs - chunkMs) / widthMs))
    const boundsMs = Array.from({ length: n + 1 }, (_, i) => chunkMs + i * widthMs)
    const [may, rolledUp] = await Promise.all([readable(parts, ctx, query), parts.rolledUp()])
    const summed = await fetchRollups(parts.clickhouse, may.scope, may.points, { boundsMs, widthMs, limits: may }, rolledUp)
    let text = ''
    for (const point of may.points) {
      const sums = summed.get(point.id)
      let before = sums?.before ?? emptyRollup
      for (const [from, inside] of [...(sums?.buckets ?? [])].sort(([a], [b]) => a - b)) {
        const figures = bucketFigures(point.kind, before, inside, { fromMs: from, untilMs: from + widthMs, nowMs: ctx.now.getTime() })
        if (inside.lastMs !== null) before = inside
        text += line([...pointCells(point), iso(from), iso(from + widthMs), ...figureCells(figures)])
      }
    }
    yield text
  }
}

async function* dayRows(parts: SeriesParts, ctx: Context, query: Query, { fromMs, untilMs }: Period): AsyncGenerator<string> {
  const [may, rolledUp] = await Promise.all([readable(parts, ctx, query), parts.rolledUp()])
  const sites = await calendars(parts, ctx, query, may.points)
  for (const [i, point] of may.points.entries()) {
    const calendar = sites[i]
    if (!calendar) continue
    const dayOf = (ms: number) => businessDay(ms, calendar.timeZone, calendar.dayStarts)
    const dates = datesOf({ from: dayOf(fromMs), until: dayOf(untilMs - 1) })
    const days = (await daysOf(parts, ctx, { ...may, points: [point] }, calendar, dates, rolledUp)).get(point) ?? []
    yield days
      .filter((day) => day.n > 0)
      .map((day) => line([...pointCells(point), iso(day.fromMs), iso(day.untilMs), ...figureCells(day)]))
      .join('')
  }
}
