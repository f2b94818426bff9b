import { qualityStatus } from '#values/quality.ts'
import type { Condition, Suppression } from '../condition.ts'
import { compileExpression, type Expression } from './expression.ts'

/** As much of a rule as its evaluation needs. */
export interface WatchedRule {
  pointName: string
  condition: Condition
  onDelayS: number
  offDelayS: number
  /** A bad value is as if nothing had come, or counts as the cause itself. */
  badQuality: 'ignore' | 'raise'
  suppression: Suppression | null
}

/** A rule made ready: `names` are the points of the device that it looks at, a name's place is its slot, its own point is slot 0. */
export interface Watch extends WatchedRule {
  names: readonly string[]
  fromSlot: number
  /** Null: the condition is none, or one that is no longer understood, which finds nothing. */
  expression: Expression | null
  suppressionSlot: number
}

/** A value as it is durable. */
export interface Value {
  /** Source time. */
  atMs: number
  receivedMs: number
  /** NaN: it could not be read. */
  value: number
  quality: number
}

/** Written with each change: with it and the values since, a restart finds everything else again. */
export interface Kept {
  active: boolean
  /** Effective time of the last raise or return; −1: none yet. */
  changedMs: number
  /** The last value evaluated at it, by receive time, then source time: nothing up to it is decided again. */
  seenReceivedMs: number
  seenAtMs: number
  suppressed: boolean
  /** The value that suppressed or unsuppressed last. */
  suppressedReceivedMs: number
  suppressedAtMs: number
}

interface Input {
  /** Newest source time that was taken; −1: none. */
  atMs: number
  value: number
  bad: boolean
  /** The good value before, for a rate. */
  beforeMs: number
  before: number
}

/** What the evaluation remembers of one alarm between two values. */
export interface Memory extends Kept {
  /** Up to these values all was decided before the restart, see `Kept`. */
  readonly known: Kept
  /** What was taken and not judged yet. */
  toDecide: boolean
  toSuppress: boolean
  /** Effective time since when the opposite of `active` holds; NaN: it does not. */
  pendingMs: number
  /** When the value came that began what is pending. */
  pendingReceivedMs: number
  /** When the last good value came, by the platform's clock. */
  goodReceivedMs: number
  inputs: Input[]
}

export interface Change {
  finding: 'raise' | 'return' | 'suppress' | 'unsuppress'
  /** Effective time. */
  atMs: number
  seenReceivedMs: number
  seenAtMs: number
  /** What decided; NaN: no value did. */
  value: number
}

export const nothingKept: Kept = {
  active: false,
  changedMs: -1,
  seenReceivedMs: -1,
  seenAtMs: -1,
  suppressed: false,
  suppressedReceivedMs: -1,
  suppressedAtMs: -1,
}

/** What is kept after a change. */
export function keep(kept: Kept, { finding, atMs, seenReceivedMs, seenAtMs }: Change): Kept {
  return finding === 'raise' || finding === 'return'
    ? { ...kept, active: finding === 'raise', changedMs: atMs, seenReceivedMs, seenAtMs }
    : { ...kept, suppressed: finding === 'suppress', suppressedReceivedMs: seenReceivedMs, suppressedAtMs: seenAtMs }
}

export function watchOf(rule: WatchedRule): Watch {
  const { pointName, condition, suppression } = rule
  const from = condition.kind === 'deviation' && typeof condition.from === 'string' ? condition.from : undefined
  const compiled = condition.kind === 'expression' ? compileExpression(condition.expression) : undefined
  const expression = compiled && 'holds' in compiled ? compiled : null
  const names = [...new Set([pointName, from, ...(expression?.names ?? []), suppression?.pointName].filter((name) => name !== undefined))]
  return { ...rule, names, expression, fromSlot: names.indexOf(from ?? ''), suppressionSlot: names.indexOf(suppression?.pointName ?? '') }
}

/** `before`: the last value of each slot that was evaluated already; undefined where none is known. */
export const remember = (watch: Watch, kept: Kept, before: readonly (Value | undefined)[] = []): Memory => ({
  ...kept,
  known: kept,
  toDecide: false,
  toSuppress: false,
  pendingMs: Number.NaN,
  pendingReceivedMs: Number.NaN,
  goodReceivedMs: before[0]?.receivedMs ?? -1,
  inputs: watch.names.map((_, slot) => inputFrom(watch, slot, before[slot])),
})

function inputFrom(watch: Watch, slot: number, value: Value | undefined): Input {
  const bad = value !== undefined && isBad(value)
  if (!value || (bad && !countsBad(watch, slot))) return { atMs: -1, value: Number.NaN, bad: false, beforeMs: -1, before: Number.NaN }
  return { atMs: value.atMs, value: bad ? Number.NaN : value.value, bad, beforeMs: -1, before: Number.NaN }
}

const isBad = ({ value, quality }: Value) => Number.isNaN(value) || qualityStatus(quality) === 'bad'
const countsBad = ({ badQuality }: Watch, slot: number) => slot === 0 && badQuality === 'raise'

/**
 * Takes a value of the rule's `slot`; `settle` judges it, together with what else came of the device under the same stamps. Values of one
 * point are taken in the order of their source time: one that is no newer than what was taken before is late, raises nothing and rewrites
 * nothing. Between two values the first one holds. What comes late after a change that the clock has made counts from that change on.
 */
export function take(watch: Watch, memory: Memory, slot: number, sample: Value, changes: Change[]): 'taken' | 'late' {
  const input = memory.inputs[slot]!
  if (sample.atMs <= input.atMs) return 'late'
  const bad = isBad(sample)
  if (bad && !countsBad(watch, slot)) return 'taken'
  const { known } = memory
  if (isUpTo(sample, known.seenReceivedMs, known.seenAtMs)) setInput(memory, slot, sample, bad)
  else {
    advance(watch, memory, Math.max(sample.atMs, effectiveMs(memory)), changes)
    setInput(memory, slot, sample, bad)
    memory.toDecide = true
    memory.seenReceivedMs = sample.receivedMs
    memory.seenAtMs = sample.atMs
  }
  if (slot === watch.suppressionSlot && !isUpTo(sample, known.suppressedReceivedMs, known.suppressedAtMs)) {
    memory.toSuppress = true
    memory.suppressedReceivedMs = sample.receivedMs
    memory.suppressedAtMs = sample.atMs
  }
  return 'taken'
}

/** Judges what was taken. */
export function settle(watch: Watch, memory: Memory, changes: Change[]): void {
  const nowMs = effectiveMs(memory)
  if (memory.toSuppress) suppress(watch, memory, nowMs, changes)
  if (memory.toDecide) decide(watch, memory, nowMs, changes)
  memory.toSuppress = false
  memory.toDecide = false
}

function effectiveMs({ inputs, changedMs }: Memory): number {
  let ms = changedMs
  for (const { atMs } of inputs) if (atMs > ms) ms = atMs
  return ms
}

const isUpTo = ({ receivedMs, atMs }: Value, seenReceivedMs: number, seenAtMs: number): boolean =>
  receivedMs < seenReceivedMs || (receivedMs === seenReceivedMs && atMs <= seenAtMs)

function setInput(memory: Memory, slot: number, { atMs, value, receivedMs }: Value, bad: boolean): void {
  const input = memory.inputs[slot]!
  if (!bad) {
    input.beforeMs = input.bad ? -1 : input.atMs
    input.before = input.value
    input.value = value
    if (slot === 0 && receivedMs > memory.goodReceivedMs) memory.goodReceivedMs = receivedMs
  }
  input.atMs = atMs
  input.bad = bad
}

/** Time goes on without a value: a delay may end. */
export function advance(watch: Watch, memory: Memory, toMs: number, changes: Change[]): void {
  if (Number.isNaN(memory.pendingMs)) return
  const endMs = memory.pendingMs + (memory.active ? watch.offDelayS : watch.onDelayS) * 1_000
  if (toMs >= endMs) flip(memory, endMs, changes)
}

/** By the platform's clock: what has not come for too long. `sinceMs` is from when on values could have come and been seen. */
export function listenFor(watch: Watch, memory: Memory, nowMs: number, sinceMs: number, changes: Change[]): void {
  if (watch.condition.kind !== 'noData' || memory.active) return
  const silentMs = nowMs - Math.max(memory.goodReceivedMs, sinceMs)
  if (silentMs >= watch.condition.afterS * 1_000) flip(memory, Math.max(nowMs, memory.changedMs), changes)
}

function suppress({ suppression, suppressionSlot }: Watch, memory: Memory, nowMs: number, changes: Change[]): void {
  const { value } = memory.inputs[suppressionSlot]!
  const suppressed = suppression!.values.includes(value)
  if (suppressed === memory.suppressed) return
  memory.suppressed = suppressed
  const finding = suppressed ? 'suppress' : 'unsuppress'
  changes.push({ finding, atMs: nowMs, value, seenReceivedMs: memory.suppressedReceivedMs, seenAtMs: memory.suppressedAtMs })
}

function decide(watch: Watch, memory: Memory, nowMs: number, changes: Change[]): void {
  const holds = memory.inputs[0]!.bad || causeHolds(watch, memory)
  if (holds === undefined) return
  if (holds === memory.active) {
    memory.pendingMs = Number.NaN
    return
  }
  if (Number.isNaN(memory.pendingMs)) {
    memory.pendingMs = nowMs
    memory.pendingReceivedMs = memory.seenReceivedMs
  }
  advance(watch, memory, nowMs, changes)
}

function flip(memory: Memory, atMs: number, changes: Change[]): void {
  memory.active = !memory.active
  memory.pendingMs = Number.NaN
  memory.changedMs = Math.max(atMs, memory.changedMs)
  const { value, bad } = memory.inputs[0]!
  const { changedMs, seenReceivedMs, seenAtMs } = memory
  const finding = memory.active ? 'raise' : 'return'
  changes.push({ finding, atMs: changedMs, value: bad ? Number.NaN : value, seenReceivedMs, seenAtMs })
}

/** Undefined: the values at hand do not tell. The limit of an active alarm is eased by its dead-band. */
function causeHolds(watch: Watch, memory: Memory): boolean | undefined {
  const { condition, fromSlot } = watch
  const { inputs, active } = memory
  const { value, atMs, before, beforeMs } = inputs[0]!
  if (condition.kind === 'noData') return false
  if (Number.isNaN(value)) return undefined
  if (condition.kind === 'state') return condition.values.includes(value)
  if (condition.kind === 'expression') return expressionHolds(watch, memory)
  const ease = active ? condition.deadband : 0
  switch (condition.kind) {
    case 'limit':
      return condition.level === 'H' || condition.level === 'HH' ? value > condition.limit - ease : value < condition.limit + ease
    case 'rate': {
      if (beforeMs < 0 || Number.isNaN(before)) return undefined
      const rate = ((value - before) / (atMs - beforeMs)) * 1_000 * condition.perS
      const change = condition.direction === 'rise' ? rate : condition.direction === 'fall' ? -rate : Math.abs(rate)
      return change > condition.limit - ease
    }
    case 'deviation': {
      const from = typeof condition.from === 'number' ? condition.from : inputs[fromSlot]!.value
      return Number.isNaN(from) ? undefined : Math.abs(value - from) > condition.limit - ease
    }
    default:
      return condition satisfies never
  }
}

function expressionHolds({ names, expression }: Watch, { inputs, active }: Memory): boolean | undefined {
  if (!expression) return undefined
  const values: Record<string, number | boolean> = { active }
  for (const name of expression.names) {
    const { value } = inputs[names.indexOf(name)]!
    if (Number.isNaN(value)) return undefined
    values[name] = value
  }
  return expression.holds(values)
}
