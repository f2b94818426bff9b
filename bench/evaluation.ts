import type { Condition } from '#modules/shopfloor/alarms/condition.ts'
import { nothingKept, remember, watchOf } from '#modules/shopfloor/alarms/server/condition-rules.ts'
import { Evaluator } from '#modules/shopfloor/alarms/server/evaluation/evaluator.ts'
import type { Listener, Watched } from '#modules/shopfloor/alarms/server/evaluation/watch-list.ts'
import type { StoredValues } from '#modules/shopfloor/telemetry/public.ts'
import type { Bench, BenchOptions, Figure } from './bench.ts'
import { quantile, rounded } from './statistics.ts'

const POINTS = 100_000
const RULES = 10_000
const POINTS_OF_DEVICE = 40
/** As the ingest tells of what it has stored. */
const ROWS_OF_MESSAGE = 10_000
const PERIOD_MS = 1_000
const TURNS = 5

const conditions: Record<string, Condition> = {
  limit: { kind: 'limit', level: 'H', limit: 95, deadband: 2 },
  rate: { kind: 'rate', direction: 'either', perS: 60, limit: 5_500, deadband: 0 },
  deviation: { kind: 'deviation', from: 'p1', limit: 99, deadband: 1 },
  state: { kind: 'state', values: [3, 7] },
  expression: { kind: 'expression', expression: 'active ? p0 > 90 && p1 < 30 : p0 > 95 && (p1 < 20 || abs(p0 - p1) > 90)' },
  /** As much as one rule may cost: its length is bounded, and it has no loops. */
  longest: {
    kind: 'expression',
    expression: `p0 > 0 && ${Array.from({ length: 15 }, (_, i) => `sqrt(abs(p0 - ${i})) < 99`).join(' && ')} && p1 < 0`,
  },
}
/** Of ten rules. */
const mix = ['limit', 'limit', 'limit', 'limit', 'limit', 'rate', 'deviation', 'state', 'expression', 'expression']

export const evaluationBench: Bench = {
  name: 'evaluation',
  summary: `the evaluation of ${RULES} alarm rules over ${POINTS} points by itself: no store, no broker; CPU time of this process`,
  goal: '≥ 100,000 rule evaluations per second of one core, every kind of condition',
  run,
}

/** So many rules, spread evenly over the points; `kindOf` says of which kind the n-th is. */
function watching(kindOf: (n: number) => string): Map<number, Listener[]> {
  const listeners = new Map<number, Listener[]>()
  const every = POINTS / RULES
  for (let n = 0; n < RULES; n++) {
    const condition = conditions[kindOf(n)]!
    const rule = { pointName: 'p0', condition, onDelayS: 0, offDelayS: 0, badQuality: 'ignore' as const, suppression: null }
    const watch = watchOf(rule)
    const series = watch.names.map((_, slot) => n * every + slot)
    const watched = { watch, memory: remember(watch, nothingKept), series } as unknown as Watched
    for (const [slot, one] of series.entries()) listeners.set(one, [...(listeners.get(one) ?? []), { watched, slot }])
  }
  return listeners
}

/** One value of every point, device by device, from 0 to 100 and mostly in the middle. */
function messagesAt(atMs: number, random: () => number): StoredValues[] {
  return Array.from({ length: POINTS / ROWS_OF_MESSAGE }, (_, m) => {
    const first = m * ROWS_OF_MESSAGE
    const stamp = (row: number) => Math.floor((first + row) / POINTS_OF_DEVICE) % 100
    return {
      rows: ROWS_OF_MESSAGE,
      orgNo: new Uint32Array(ROWS_OF_MESSAGE),
      series: Uint32Array.from({ length: ROWS_OF_MESSAGE }, (_, row) => first + row),
      atMs: Float64Array.from({ length: ROWS_OF_MESSAGE }, (_, row) => atMs + stamp(row)),
      receivedMs: Float64Array.from({ length: ROWS_OF_MESSAGE }, (_, row) => atMs + 100 + stamp(row)),
      value: Float64Array.from({ length: ROWS_OF_MESSAGE }, () => Math.round(((random() + random() + random()) / 3) * 100)),
      quality: new Uint8Array(ROWS_OF_MESSAGE),
    }
  })
}

/** The same numbers in every run. */
function seeded(): () => number {
  let state = 12_345
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state / 2 ** 32
  }
}

interface Turn {
  evaluationsPerS: number
  valuesPerS: number
  changes: number
}

function turns(kindOf: (n: number) => string, rounds: number): Turn[] {
  const listeners = watching(kindOf)
  const perRound = [...listeners.values()].reduce((sum, some) => sum + some.length, 0)
  let changes = 0
  const evaluator = new Evaluator({
    listening: (series) => listeners.get(series),
    found: (_, some) => {
      changes += some.length
    },
    failed: (_, error) => {
      throw error
    },
  })
  const random = seeded()
  let atMs = Date.parse('2026-11-28T00:00:00Z')
  const turn = (): Turn => {
    const data = Array.from({ length: rounds }, (_, round) => messagesAt(atMs + round * PERIOD_MS, random))
    atMs += rounds * PERIOD_MS
    changes = 0
    const before = process.cpuUsage()
    for (const messages of data) for (const values of messages) evaluator.evaluate(values, atMs)
    const { user, system } = process.cpuUsage(before)
    const cpuS = (user + system) / 1e6
    return { evaluationsPerS: (perRound * rounds) / cpuS, valuesPerS: (POINTS * rounds) / cpuS, changes }
  }
  turn()
  return Array.from({ length: TURNS }, turn)
}

async function run({ quick, say }: BenchOptions): Promise<Figure> {
  const rounds = quick ? 10 : 20
  const median = (some: Turn[], of: 'evaluationsPerS' | 'valuesPerS') =>
    quantile(
      some.map((turn) => turn[of]),
      0.5,
    )
  const mixed = turns((n) => mix[n % mix.length]!, rounds)
  const byKind: Record<string, number> = {}
  for (const kind of Object.keys(conditions)) {
    byKind[kind] = rounded(
      median(
        turns(() => kind, rounds),
        'evaluationsPerS',
      ),
    )
    say(`${kind}: ${byKind[kind]} evaluations per second of CPU time`)
  }
  return {
    value: rounded(median(mixed, 'evaluationsPerS')),
    unit: 'evaluations/s',
    ratio: null,
    against: null,
    detail: {
      valuesPerS: rounded(median(mixed, 'valuesPerS')),
      changesOfTurn: mixed.map(({ changes }) => changes),
      byKind,
      rules: RULES,
      points: POINTS,
    },
  }
}
