import type { Extent, Failure, Forbidden } from './extent.ts'

/** A place that the device refuses by itself. */
export interface BadPart extends Forbidden {
  failure: Failure
  retryAtMs: number
  /** Doubles with each refusal. */
  waitMs: number
}

const FIRST_WAIT_MS = 30_000
const LONGEST_WAIT_MS = 600_000
/** Joining across what was refused costs a bisection when it is still refused. */
const BARRIER_MS = 3_600_000

/** What a unit's refusals taught: which places it refuses, and which it serves apart but not together. */
export class LearnedParts {
  /** Grows with every change: a plan made for another version is stale. */
  version = 0
  readonly #bad = new Map<string, BadPart>()
  readonly #forgottenMs = new Map<string, number>()
  readonly #barriers = new Map<string, Forbidden & { untilMs: number }>()

  forbidden(): Forbidden[] {
    return [...this.#bad.values(), ...this.#barriers.values()]
  }

  /** Only the value itself: a device that refuses half of a 32-bit value may well serve the whole. */
  badPartOf({ table, offset, size }: Extent): BadPart | undefined {
    return this.#bad.get(keyOf({ table, from: offset, until: offset + size }))
  }

  refuse({ table, offset, size }: Extent, failure: Failure, nowMs: number): void {
    const part = { table, from: offset, until: offset + size }
    this.#bad.set(keyOf(part), { ...part, failure, retryAtMs: nowMs + FIRST_WAIT_MS, waitMs: FIRST_WAIT_MS })
    this.version++
  }

  refuseAgain(part: BadPart, failure: Failure, nowMs: number): void {
    part.failure = failure
    part.waitMs = Math.min(part.waitMs * 2, LONGEST_WAIT_MS)
    part.retryAtMs = nowMs + part.waitMs
  }

  /**
   * The device has changed: what else it refused in this table is asked anew, joined, and found out again where it must be. Not more often than
   * the longest wait: one place that comes and goes would have all others sought again and again.
   */
  accept(part: BadPart, nowMs: number): void {
    this.#bad.delete(keyOf(part))
    if (nowMs >= (this.#forgottenMs.get(part.table) ?? 0) + LONGEST_WAIT_MS) {
      for (const [key, { table }] of this.#bad) if (table === part.table) this.#bad.delete(key)
      this.#forgottenMs.set(part.table, nowMs)
    }
    this.version++
  }

  /** Both are served apart; what lies between them, or their length together, is not. */
  part(left: Extent, right: Extent, nowMs: number): void {
    const leftEnd = left.offset + left.size
    const apart = leftEnd <= right.offset
    const from = apart ? leftEnd - 1 : left.offset
    const until = apart ? right.offset + 1 : Math.max(leftEnd, right.offset + right.size)
    const barrier = { table: left.table, from, until }
    this.#barriers.set(keyOf(barrier), { ...barrier, untilMs: nowMs + BARRIER_MS })
    this.version++
  }

  forgetOld(nowMs: number): void {
    for (const [key, { untilMs }] of this.#barriers)
      if (untilMs <= nowMs) {
        this.#barriers.delete(key)
        this.version++
      }
  }
}

const keyOf = ({ table, from, until }: Forbidden): string => `${table} ${from} ${until}`
