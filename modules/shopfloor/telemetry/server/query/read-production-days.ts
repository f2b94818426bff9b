import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { PointInfo } from '#modules/shopfloor/devices/public.ts'
import type { SiteCalendar } from '#modules/shopfloor/plant/public.ts'
import { businessDayBounds, nextDate } from '#values/instant.ts'
import { type telemetryApi, telemetryLimits } from '../../contract.ts'
import { telemetryErrors } from '../../errors.ts'
import { type BucketFigures, bucketFigures, emptyRollup } from '../rollup/rollup-rules.ts'
import { fetchRollups } from './fetch-rollups.ts'
import type { RolledUp } from './plan-pieces.ts'
import { refuseTexts, type SeriesParts } from './read-series.ts'
import { calendars, type Readable, readable, telemetryPoint } from './readable.ts'

type Query = z.output<typeof telemetryApi.productionDays.query>
type Answer = z.input<typeof telemetryApi.productionDays.response>

export interface DayFigures extends BucketFigures {
  date: string
  fromMs: number
  untilMs: number
  closed: boolean
}

/** Summed from minutes and hours at the time of the question, so a changed calendar is right at once. */
export async function readProductionDays(parts: SeriesParts, ctx: Context, query: Query): Promise<Answer> {
  const dates = datesOf(query)
  const [may, rolledUp] = await Promise.all([readable(parts, ctx, query), parts.rolledUp()])
  refuseTexts(may.points)
  const sites = await calendars(parts, ctx, query, may.points)
  const points: Answer['points'] = []
  for (const [calendar, some] of Map.groupBy(may.points, (_, i) => sites[i] as SiteCalendar)) {
    const days = await daysOf(parts, ctx, { ...may, points: some }, calendar, dates, rolledUp)
    for (const point of some)
      points.push({
        point: telemetryPoint(point),
        timeZone: calendar.timeZone,
        days: (days.get(point) ?? []).map((day) => ({ ...day, durations: point.kind === 'state' ? day.durations : null })),
      })
  }
  const order = new Map(may.points.map((point, i) => [point.id as string, i]))
  points.sort((a, b) => (order.get(a.point.id) ?? 0) - (order.get(b.point.id) ?? 0))
  return { points, withheld: may.withheld }
}

/** Errors: telemetry.periodEmpty, telemetry.periodTooLong. */
export function datesOf({ from, until }: { from: string; until: string }): string[] {
  if (until < from) throw telemetryErrors.periodEmpty()
  const dates: string[] = []
  for (let date = from; date <= until; date = nextDate(date)) {
    if (dates.length === telemetryLimits.productionDays) throw telemetryErrors.periodTooLong({ days: telemetryLimits.productionDays })
    dates.push(date)
  }
  return dates
}

export async function daysOf(
  { clickhouse }: Pick<SeriesParts, 'clickhouse'>,
  ctx: Context,
  may: Readable,
  { timeZone, dayStarts }: SiteCalendar,
  dates: readonly string[],
  rolledUp: RolledUp,
): Promise<Map<PointInfo, DayFigures[]>> {
  const bounds = dates.map((date) => ({ date, ...businessDayBounds(date, timeZone, dayStarts) }))
  const boundsMs = [...bounds.map((day) => day.fromMs), bounds.at(-1)?.untilMs ?? 0]
  const summed = await fetchRollups(clickhouse, may.scope, may.points, { boundsMs, limits: may }, rolledUp)
  const nowMs = Math.min(ctx.now.getTime(), may.untilMs)
  return new Map(
    may.points.map((point) => {
      const sums = summed.get(point.id)
      let before = sums?.before ?? emptyRollup
      const days = bounds.map(({ date, fromMs, untilMs }): DayFigures => {
        const inside = sums?.buckets.get(fromMs) ?? emptyRollup
        const figures = bucketFigures(point.kind, before, inside, { fromMs, untilMs, nowMs })
        if (inside.lastMs !== null) before = inside
        const { sum, avg, increase } = figures
        const shown = { ...figures, sum: tidy(sum), avg: tidy(avg), increase: tidy(increase) }
        return { date, fromMs, untilMs, closed: untilMs <= rolledUp.minutesUntilMs, ...shown }
      })
      return [point, days]
    }),
  )
}

/** Adding binary fractions leaves 96.96000000000001: what is shown as a day's sum has no digits that nobody measured. */
const tidy = (value: number | null) => (value === null ? null : Number(value.toPrecision(15)))
