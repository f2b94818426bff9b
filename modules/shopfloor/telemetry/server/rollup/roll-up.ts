import type { Loop } from '#kernel/background.ts'
import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { Clock } from '#kernel/clock.ts'
import { HOUR_MS, MINUTE_MS, type RolledUp } from '../query/plan-pieces.ts'
import { goneSamples } from '../retention/retention-store.ts'
import type { TelemetrySystem } from '../tables.ts'
import { BY_HOUR, BY_MINUTE, storeSums, sumOfSamples, sumOfSums } from './rollup-sql.ts'
import { leads, type Mark, nextRollupVersion, oldestMarks, readRolledUp, removeMarks, writeRolledUp } from './rollup-store.ts'

/** A minute is summed up this long after its end: what comes later marks its hour. */
export const GRACE_MS = 10_000
/** Rows of samples in one statement: a few hundred MB in ClickHouse, a few seconds. */
const STEP_ROWS = 3_000_000
const BACKLOG_MINUTES = 50_000
const BACKLOG_HOURS = 2_000
const MARKS_AT_ONCE = 4_000
/** What one round takes before it lets the database transaction go. */
const ROUND_MS = 15_000
const EARLIEST_MS = Date.UTC(2000, 0, 1)

export interface RollUpParts {
  system: TelemetrySystem
  clickhouse: ClickHouse
  clock: Clock
}

export const rollUpLoop = (parts: RollUpParts): Loop => ({
  name: 'telemetry.rollUp',
  intervalMs: 1_000,
  run: (signal) => rollUp(parts, signal),
})

/** One round of the leader: minutes and hours that have closed, then what late samples made wrong. Resolves to whether all is done. */
export async function rollUp({ system, clickhouse, clock }: RollUpParts, signal: AbortSignal): Promise<boolean> {
  const until = clock.nowMs() + ROUND_MS
  const backlog = new Backlog(clickhouse)
  while (!signal.aborted && clock.nowMs() < until) {
    const step = await system.inSystem(async (tx) => {
      if (!(await leads(tx))) return 'others'
      const done = await readRolledUp(tx)
      const next = await closeNext(clickhouse, backlog, done, clock.nowMs(), () => nextRollupVersion(tx))
      if (next) {
        await writeRolledUp(tx, next)
        return 'more'
      }
      const marks = await oldestMarks(tx, MARKS_AT_ONCE)
      if (marks.length === 0) return 'done'
      const gone = await goneSamples(tx)
      // An hour whose samples are deleted would be summed up again from the one that came late.
      const whole = marks.filter((mark) => mark.hour * HOUR_MS >= (gone.get(mark.orgNo) ?? 0))
      await sumUpAgain(clickhouse, whole, done?.hoursUntilMs ?? 0, await nextRollupVersion(tx))
      await removeMarks(tx, marks)
      return 'more'
    })
    if (step !== 'more') return step === 'done'
  }
  return false
}

/** Sums up the next stretch that has closed; undefined when there is none. */
async function closeNext(
  clickhouse: ClickHouse,
  backlog: Backlog,
  done: RolledUp | undefined,
  nowMs: number,
  version: () => Promise<number>,
): Promise<RolledUp | undefined> {
  const state = done ?? { minutesUntilMs: EARLIEST_MS, hoursUntilMs: EARLIEST_MS }
  const closedUntilMs = Math.floor((nowMs - GRACE_MS) / MINUTE_MS) * MINUTE_MS
  if (state.minutesUntilMs < closedUntilMs) {
    const { fromMs, untilMs, rows } = await backlog.nextMinutes(state.minutesUntilMs, closedUntilMs)
    if (rows > 0) await sumMinutes(clickhouse, 'org_no > 0', fromMs, untilMs, await version())
    return { ...state, minutesUntilMs: untilMs }
  }
  const hoursClosedMs = Math.floor(state.minutesUntilMs / HOUR_MS) * HOUR_MS
  if (state.hoursUntilMs < hoursClosedMs) {
    const { fromMs, untilMs, rows } = await backlog.nextHours(state.hoursUntilMs, hoursClosedMs)
    if (rows > 0) await sumHours(clickhouse, 'org_no > 0', fromMs, untilMs, await version())
    return { ...state, hoursUntilMs: untilMs }
  }
  return undefined
}

interface Span {
  fromMs: number
  untilMs: number
  rows: number
}

/**
 * What to sum up next when the worker is behind (its first start, after an outage): stretches of at most STEP_ROWS, with years without a
 * sample skipped in one. When all goes its way the next minute is the answer without a question: ClickHouse would look through the month.
 */
class Backlog {
  readonly #clickhouse: ClickHouse
  #minutes: { minute: number; samples: number }[] = []
  constructor(clickhouse: ClickHouse) {
    this.#clickhouse = clickhouse
  }

  async nextMinutes(fromMs: number, untilMs: number): Promise<Span> {
    if (untilMs - fromMs <= 2 * MINUTE_MS) return { fromMs, untilMs: fromMs + MINUTE_MS, rows: 1 }
    this.#minutes = this.#minutes.filter(({ minute }) => minute >= fromMs)
    if (this.#minutes.length === 0) this.#minutes = await this.#minutesWithSamples(fromMs, untilMs)
    const first = this.#minutes[0]
    if (!first) return { fromMs, untilMs, rows: 0 }
    let rows = 0
    let end = first.minute
    for (const { minute, samples } of this.#minutes) {
      if (rows > 0 && rows + samples > STEP_ROWS) break
      rows += samples
      end = minute + MINUTE_MS
    }
    return { fromMs: first.minute, untilMs: Math.min(end, untilMs), rows }
  }

  #minutesWithSamples = (fromMs: number, untilMs: number) =>
    this.#clickhouse.system<{ minute: number; samples: number }>(
      `select intDiv(toUnixTimestamp64Milli(ts) - (kind = 2), ${MINUTE_MS}) * ${MINUTE_MS} as minute, count() as samples from sample
       where ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') and ts <= fromUnixTimestamp64Milli({until:Int64}, 'UTC')
       group by minute having minute >= {from:Int64} and minute < {until:Int64} order by minute limit ${BACKLOG_MINUTES}`,
      { from: fromMs, until: untilMs },
    )

  async nextHours(fromMs: number, untilMs: number): Promise<Span> {
    if (untilMs - fromMs <= 2 * HOUR_MS) return { fromMs, untilMs: fromMs + HOUR_MS, rows: 1 }
    const hours = await this.#clickhouse.system<{ hour: number; sums: number }>(
      `select intDiv(toUnixTimestamp(start), 3600) * ${HOUR_MS} as hour, count() as sums from rollup_minute
       where start >= toDateTime({from:Int64}, 'UTC') and start < toDateTime({until:Int64}, 'UTC') group by hour order by hour limit ${BACKLOG_HOURS}`,
      { from: fromMs / 1000, until: untilMs / 1000 },
    )
    const first = hours[0]
    if (!first) return { fromMs, untilMs, rows: 0 }
    let rows = 0
    let end = first.hour
    for (const { hour, sums } of hours) {
      if (rows > 0 && rows + sums > STEP_ROWS) break
      rows += sums
      end = hour + HOUR_MS
    }
    return { fromMs: first.hour, untilMs: Math.min(end, untilMs), rows }
  }
}

const sumMinutes = (clickhouse: ClickHouse, where: string, fromMs: number, untilMs: number, version: number) =>
  clickhouse.command(
    storeSums('rollup_minute', sumOfSamples({ where, bucket: BY_MINUTE, fromMs: String(fromMs), untilMs: String(untilMs) }), version),
  )

const sumHours = (clickhouse: ClickHouse, where: string, fromMs: number, untilMs: number, version: number) =>
  clickhouse.command(
    storeSums(
      'rollup_hour',
      sumOfSums('rollup_minute', { where, bucket: BY_HOUR, fromMs: String(fromMs), untilMs: String(untilMs) }),
      version,
    ),
  )

/** In the fewest statements: a replay marks many hours of few series (the same for all points of a device), an outage few hours of many. */
function groupsOf(marks: readonly Mark[]): Iterable<readonly Mark[]> {
  const bySeries = Map.groupBy(marks, (mark) => `${mark.orgNo},${mark.series}`)
  const byHour = Map.groupBy(marks, (mark) => mark.hour)
  if (byHour.size < bySeries.size) return byHour.values()
  const sameHours = Map.groupBy(bySeries.values(), (ofSeries) =>
    ofSeries
      .map((mark) => mark.hour)
      .sort((a, b) => a - b)
      .join(),
  )
  return [...sameHours.values()].map((groups) => groups.flat())
}

/** Marked hours again. Numbers of our own stand in the SQL text; nothing of a caller's does. */
async function sumUpAgain(clickhouse: ClickHouse, marks: readonly Mark[], hoursUntilMs: number, version: number): Promise<void> {
  for (const group of groupsOf(marks)) {
    const hours = [...new Set(group.map((mark) => mark.hour))].sort((a, b) => a - b)
    const keys = [...new Set(group.map((mark) => `(${mark.orgNo},${mark.series})`))]
    const orgs = [...new Set(group.map((mark) => mark.orgNo))]
    const ofSeries = `org_no in (${orgs}) and (org_no, series) in (${keys})`
    const fromMs = (hours[0] ?? 0) * HOUR_MS
    const untilMs = ((hours.at(-1) ?? 0) + 1) * HOUR_MS
    const contiguous = hours.length === (untilMs - fromMs) / HOUR_MS
    // Of an interval that stamps its end, the last sample of an hour stands at the next one's first instant.
    const ofHours = contiguous ? '' : ` and (intDiv(toUnixTimestamp64Milli(ts) - (kind = 2), ${HOUR_MS}) in (${hours}))`
    await sumMinutes(clickhouse, `${ofSeries}${ofHours}`, fromMs, untilMs, version)
    const closed = hours.filter((hour) => (hour + 1) * HOUR_MS <= hoursUntilMs)
    if (closed.length === 0) continue
    const ofClosed = contiguous ? '' : ` and intDiv(toUnixTimestamp(start), 3600) in (${closed})`
    await sumHours(clickhouse, `${ofSeries}${ofClosed}`, fromMs, ((closed.at(-1) ?? 0) + 1) * HOUR_MS, version)
  }
}
