import type { Clock } from '../../clock.ts'

/**
 * The platform's clock as it may be by now, at the latest: an answer's stamp was written after its question left. By a clock that is never set
 * and by the machine's own, which goes on while the machine sleeps; the later one counts, so that a late command is refused rather than done.
 */
export class PlatformTime {
  readonly #clock: Clock
  #steadyAheadMs: number | undefined
  #wallAheadMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** When a question is sent. */
  asked(): { steadyMs: number; wallMs: number } {
    return { steadyMs: performance.now(), wallMs: this.#clock.nowMs() }
  }

  /** What the answer to it said. */
  answered(asked: { steadyMs: number; wallMs: number }, platformMs: number): void {
    this.#steadyAheadMs = platformMs - asked.steadyMs
    this.#wallAheadMs = platformMs - asked.wallMs
  }

  /** Undefined before the first answer. */
  latestMs(): number | undefined {
    if (this.#steadyAheadMs === undefined) return undefined
    return Math.max(performance.now() + this.#steadyAheadMs, this.#clock.nowMs() + this.#wallAheadMs)
  }
}
