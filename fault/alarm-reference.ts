import { type AlarmState, nextAlarmState } from '#modules/shopfloor/alarms/alarm-states.ts'
import type { EventKind, RuleInput } from '#modules/shopfloor/alarms/contract.ts'
import { type Change, type Kept, keep, nothingKept, remember, watchOf } from '#modules/shopfloor/alarms/server/condition-rules.ts'
import { Evaluator } from '#modules/shopfloor/alarms/server/evaluation/evaluator.ts'
import type { Listener, Watched } from '#modules/shopfloor/alarms/server/evaluation/watch-list.ts'
import type { StoredValues } from '#modules/shopfloor/telemetry/public.ts'

/** An alarm as it stands in the store: its rule, and the series of its device's points. */
export interface ReferenceAlarm {
  id: string
  rule: RuleInput
  seriesOf: ReadonlyMap<string, number>
}

export interface ReferenceEvent {
  kind: EventKind
  atMs: number
  value: number | null
}

interface Life {
  state: AlarmState
  kept: Kept
  events: ReferenceEvent[]
}

/** What one process that is never interrupted finds in these values, by alarm. */
export function evaluateAtOnce(alarms: readonly ReferenceAlarm[], values: StoredValues): Map<string, ReferenceEvent[]> {
  const lives = new Map<Watched, Life>()
  const listeners = new Map<number, Listener[]>()
  for (const { rule, seriesOf } of alarms) {
    const watch = watchOf(rule)
    const series = watch.names.map((name) => seriesOf.get(name) ?? -1)
    const watched = { watch, memory: remember(watch, nothingKept), series } as unknown as Watched
    lives.set(watched, { state: 'normal', kept: nothingKept, events: [] })
    for (const [slot, one] of series.entries()) listeners.set(one, [...(listeners.get(one) ?? []), { watched, slot }])
  }
  const rules = new Map([...lives.keys()].map((watched, i) => [watched, alarms[i]!.rule]))
  const evaluator = new Evaluator({
    listening: (series) => listeners.get(series),
    found: (watched, changes) => {
      for (const change of changes) live(lives.get(watched)!, rules.get(watched)!, change)
    },
    failed: (_, error) => {
      throw error
    },
  })
  evaluator.evaluate(values, 0)
  evaluator.endDelays(Number.MAX_SAFE_INTEGER)
  return new Map([...lives.values()].map(({ events }, i) => [alarms[i]!.id, events]))
}

const kinds = { raise: 'raised', return: 'returned', latch: 'returned', suppress: 'suppressed', unsuppress: 'unsuppressed' } as const

/** As long as nobody answers. */
function live(life: Life, { latched }: RuleInput, change: Change): void {
  life.kept = keep(life.kept, change)
  const step = change.finding === 'return' && latched ? 'latch' : change.finding
  const to = nextAlarmState(life.state, step, life.kept)
  if (!to) return
  life.state = to
  life.events.push({ kind: kinds[step], atMs: change.atMs, value: Number.isNaN(change.value) ? null : change.value })
}
