import type { StoredValues } from '#modules/shopfloor/telemetry/public.ts'
import { advance, type Change, listenFor, settle, take, type Value } from '../condition-rules.ts'
import type { Listener, Watched } from './watch-list.ts'

/** A delay ends this long after its end by the clock: so long a value may be on its way. */
const GRACE_MS = 2_000
/** A change that is found out so long after its value came, or by a value that took so long, is marked late. */
const LATE_MS = 10_000
const LATE_VALUE_MS = 60_000

export interface Finding {
  listening(series: number): readonly Listener[] | undefined
  /** What one value, or the clock, has changed of one alarm. */
  found(watched: Watched, changes: readonly Change[], late: boolean): void
  /** A rule that cannot be judged; it has found nothing, the others go on. */
  failed(watched: Watched, error: unknown): void
}

/** Judges values by the rules that look at them. Knows no clock but what it is told, and no store. */
export class Evaluator {
  readonly #to: Finding
  /** Alarms whose delay runs. */
  readonly pending = new Set<Watched>()
  /** Of the scan at hand: alarms over several points, with what taking its values has changed already. */
  readonly #touched = new Map<Watched, Change[]>()
  #changes: Change[] = []

  constructor(to: Finding) {
    this.#to = to
  }

  /** In the order of their receipt. */
  evaluate(values: StoredValues, nowMs: number): void {
    const value: Value = { atMs: 0, receivedMs: 0, value: 0, quality: 0 }
    for (let row = 0; row < values.rows; row++) {
      const listeners = this.#to.listening(values.series[row]!)
      if (!listeners) continue
      const atMs = values.atMs[row]!
      const receivedMs = values.receivedMs[row]!
      // What came under the same stamps is one scan and judged together.
      if (this.#touched.size > 0 && (atMs !== value.atMs || receivedMs !== value.receivedMs)) this.#settleScan(value, nowMs)
      value.atMs = atMs
      value.receivedMs = receivedMs
      value.value = values.value[row]!
      value.quality = values.quality[row]!
      for (const listener of listeners) this.#take(listener, value, nowMs)
    }
    this.#settleScan(value, nowMs)
  }

  /** Delays that end by the clock. */
  endDelays(nowMs: number): void {
    for (const watched of this.pending) {
      const changes: Change[] = []
      advance(watched.watch, watched.memory, nowMs - GRACE_MS, changes)
      this.report(watched, changes, nowMs)
      if (Number.isNaN(watched.memory.pendingMs)) this.pending.delete(watched)
    }
  }

  /** Devices that are silent by the clock. */
  listenFor(all: Iterable<Watched>, nowMs: number, hearingSinceMs: number): void {
    for (const watched of all) {
      if (watched.watch.condition.kind !== 'noData') continue
      const changes: Change[] = []
      listenFor(watched.watch, watched.memory, nowMs, hearingSinceMs, changes)
      this.report(watched, changes, nowMs)
    }
  }

  /** What no value of now has changed. */
  report(watched: Watched, changes: readonly Change[], nowMs: number): void {
    if (changes.length === 0) return
    const isLate = changes.some(({ atMs }) => nowMs - atMs > LATE_VALUE_MS)
    this.#to.found(watched, changes, isLate)
  }

  #take({ watched, slot }: Listener, value: Value, nowMs: number): void {
    const { watch, memory } = watched
    if (take(watch, memory, slot, value, this.#changes) === 'late') return
    if (!memory.toDecide && !memory.toSuppress) return
    if (watch.names.length === 1) {
      this.#judge(watched, value, nowMs)
      return
    }
    const before = this.#touched.get(watched)
    if (before) before.push(...this.#changes.splice(0))
    else this.#touched.set(watched, this.#changes.splice(0))
  }

  #settleScan(value: Value, nowMs: number): void {
    if (this.#touched.size === 0) return
    for (const [watched, before] of this.#touched) {
      this.#changes = before
      this.#judge(watched, value, nowMs)
    }
    this.#touched.clear()
  }

  #judge(watched: Watched, value: Value, nowMs: number): void {
    const { watch, memory } = watched
    try {
      settle(watch, memory, this.#changes)
    } catch (error) {
      memory.toDecide = false
      memory.toSuppress = false
      this.#to.failed(watched, error)
    }
    if (this.#changes.length > 0) {
      const isLate = nowMs - value.receivedMs > LATE_MS || value.receivedMs - value.atMs > LATE_VALUE_MS
      this.#to.found(watched, this.#changes, isLate)
      this.#changes = []
    }
    if (!Number.isNaN(memory.pendingMs)) this.pending.add(watched)
  }
}
