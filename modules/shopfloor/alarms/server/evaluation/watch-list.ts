import { backgroundContext, type OrgScope } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { StoredValues } from '#modules/shopfloor/telemetry/public.ts'
import type { AlarmId, AlarmRuleId } from '../../contract.ts'
import {
  type Change,
  type Kept,
  type Memory,
  nothingKept,
  remember,
  settle,
  take,
  type Value,
  type Watch,
  watchOf,
} from '../condition-rules.ts'
import { makeAlarms } from '../make-alarms.ts'
import type { Rooms } from '../rooms.ts'
import { type AlarmRow, keptOfRow, type RuleRow, rulesInUse, watchedOf } from '../rule-store.ts'

/** An alarm in evaluation. */
export interface Watched {
  alarmId: AlarmId
  scope: OrgScope
  ruleId: AlarmRuleId
  ruleVersion: number
  deviceId: DeviceId
  watch: Watch
  memory: Memory
  /** By slot; −1: the device has no such point. */
  series: number[]
}

export interface Listener {
  watched: Watched
  slot: number
}

/** An alarm as it stands, with its rule. */
interface Read {
  alarm: AlarmRow
  rule: RuleRow
}

const DEVICES_AT_ONCE = 100
const SERIES_AT_ONCE = 5_000

/** Which alarms look at which series, of all organisations. */
export class WatchList {
  readonly #rooms: Rooms
  readonly #byAlarm = new Map<AlarmId, Watched>()
  readonly #bySeries = new Map<number, Listener[]>()
  /** Series of a device's points by name. */
  readonly #points = new Map<DeviceId, Map<string, number>>()

  constructor(rooms: Rooms) {
    this.#rooms = rooms
  }

  get all(): IterableIterator<Watched> {
    return this.#byAlarm.values()
  }

  get size(): number {
    return this.#byAlarm.size
  }

  get series(): number[] {
    return [...this.#bySeries.keys()]
  }

  listening(series: number): readonly Listener[] | undefined {
    return this.#bySeries.get(series)
  }

  forgetDevice(id: DeviceId): void {
    this.#points.delete(id)
  }

  /** Reads the organisation's rules and alarms, nothing more: evaluation goes on meanwhile. */
  async read(scope: OrgScope): Promise<Read[]> {
    const { db, clock, devices } = this.#rooms
    const ctx = backgroundContext(scope, { kind: 'job', id: 'alarms.evaluation' }, '', clock.now())
    return db.inTenant(ctx, async (tx) => {
      const rules = await rulesInUse(tx)
      if (rules.length === 0) return []
      const alarms = await makeAlarms(this.#rooms, tx, rules, ctx)
      const missing = [...new Set(alarms.map((alarm) => alarm.device_id))].filter((id) => !this.#points.has(id))
      for (let i = 0; i < missing.length; i += DEVICES_AT_ONCE) {
        const some = missing.slice(i, i + DEVICES_AT_ONCE)
        const points = await devices.points(opaque(tx), { deviceIds: some })
        for (const id of some) this.#points.set(id, new Map())
        for (const point of points) for (const { deviceId, series } of point.bindings) this.#points.get(deviceId)?.set(point.name, series)
      }
      const byId = new Map(rules.map((rule) => [rule.id, rule]))
      return alarms.map((alarm) => ({ alarm, rule: byId.get(alarm.rule_id)! }))
    })
  }

  /**
   * What is evaluated goes on where it stood; what is new, or judged by a changed rule, begins with the values before `beforeMs`. Returns
   * what these say at once.
   */
  async take(scope: OrgScope, read: readonly Read[], beforeMs: number): Promise<{ watched: Watched; changes: Change[] }[]> {
    const fresh: Watched[] = []
    const kept = new Set<AlarmId>()
    for (const { alarm, rule } of read) {
      kept.add(alarm.id)
      const watch = watchOf(watchedOf(rule))
      const points = this.#points.get(alarm.device_id)
      const series = watch.names.map((name) => points?.get(name) ?? -1)
      const known = this.#byAlarm.get(alarm.id)
      if (known?.ruleVersion === rule.version && known.series.join() === series.join()) continue
      const state = known ? judgedAnew(known.memory) : keptOfRow(alarm)
      const watched: Watched = {
        alarmId: alarm.id,
        scope,
        ruleId: rule.id,
        ruleVersion: rule.version,
        deviceId: alarm.device_id,
        watch,
        memory: remember(watch, state),
        series,
      }
      if (known) this.#remove(known)
      this.#add(watched)
      fresh.push(watched)
    }
    for (const watched of [...this.#byAlarm.values()])
      if (watched.scope.orgId === scope.orgId && !kept.has(watched.alarmId)) this.#remove(watched)
    return this.#begin(fresh, beforeMs)
  }

  #add(watched: Watched): void {
    this.#byAlarm.set(watched.alarmId, watched)
    watched.series.forEach((series, slot) => {
      if (series < 0) return
      const listeners = this.#bySeries.get(series)
      if (listeners) listeners.push({ watched, slot })
      else this.#bySeries.set(series, [{ watched, slot }])
    })
  }

  #remove(watched: Watched): void {
    this.#byAlarm.delete(watched.alarmId)
    for (const series of watched.series) {
      const left = this.#bySeries.get(series)?.filter((listener) => listener.watched !== watched) ?? []
      if (left.length > 0) this.#bySeries.set(series, left)
      else this.#bySeries.delete(series)
    }
  }

  async #begin(fresh: readonly Watched[], beforeMs: number): Promise<{ watched: Watched; changes: Change[] }[]> {
    if (fresh.length === 0) return []
    const series = [...new Set(fresh.flatMap((watched) => watched.series.filter((one) => one >= 0)))]
    const any = new Map<number, Value>()
    const good = new Map<number, Value>()
    for (let i = 0; i < series.length; i += SERIES_AT_ONCE) {
      const last = await this.#rooms.telemetry.lastStored(series.slice(i, i + SERIES_AT_ONCE), beforeMs)
      addValues(any, last.any)
      addValues(good, last.good)
    }
    const said: { watched: Watched; changes: Change[] }[] = []
    for (const watched of fresh) {
      const { watch, memory } = watched
      const before = watched.series.map((one, slot) => (slot === 0 && watch.badQuality === 'raise' ? any : good).get(one))
      if ((memory.changedMs >= 0 && memory.seenReceivedMs >= 0) || watch.condition.kind === 'noData') {
        watched.memory = remember(watch, memory, before)
        continue
      }
      // Nothing was ever decided by this rule: what stands now is judged, as if it came now.
      const changes: Change[] = []
      const inOrder = before.map((value, slot) => ({ value, slot })).sort((a, b) => (a.value?.atMs ?? 0) - (b.value?.atMs ?? 0))
      for (const { value, slot } of inOrder) if (value) take(watch, memory, slot, value, changes)
      try {
        settle(watch, memory, changes)
      } catch (error) {
        // Said again with each value, see Evaluator; it must not keep the others from beginning.
        this.#rooms.log.error({ rule: watched.ruleId, error: (error as Error).message }, 'alarms: a rule cannot be judged')
        watched.memory = remember(watch, memory, before)
        continue
      }
      if (changes.length > 0) said.push({ watched, changes })
    }
    return said
  }
}

/** A changed rule has seen nothing yet; what stands, stands until it says otherwise. */
const judgedAnew = ({ active, suppressed, changedMs }: Kept): Kept => ({ ...nothingKept, active, suppressed, changedMs })

function addValues(to: Map<number, Value>, values: StoredValues): void {
  for (let i = 0; i < values.rows; i++)
    to.set(values.series[i]!, {
      atMs: values.atMs[i]!,
      receivedMs: values.receivedMs[i]!,
      value: values.value[i]!,
      quality: values.quality[i]!,
    })
}
