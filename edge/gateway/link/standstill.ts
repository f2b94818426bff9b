const TICK_MS = 500
/** Longer than any busy moment of the process. */
const STOOD_MS = 5_000

/**
 * Whether the process stood still (stopped by a signal, or with its machine asleep): what a read brought after that was not read at the time
 * that it would be stamped with. By a clock that is never set, and by the wall's, which goes on while the machine sleeps.
 */
export class Standstill {
  readonly #nowMs: () => readonly [steady: number, wall: number]
  #tickMs: readonly [number, number]
  #endedMs = Number.NEGATIVE_INFINITY
  readonly #timer: NodeJS.Timeout

  constructor(wallMs: () => number, steadyMs: () => number = () => performance.now()) {
    this.#nowMs = () => [steadyMs(), wallMs()]
    this.#tickMs = this.#nowMs()
    this.#timer = setInterval(() => this.#look(), TICK_MS).unref()
  }

  /** `steadyMs` as of `performance.now()`. Whoever wakes up asks before the timer can have run. */
  since(steadyMs: number): boolean {
    this.#look()
    return this.#endedMs >= steadyMs
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const [steady, wall] = this.#nowMs()
    const [steadyTick, wallTick] = this.#tickMs
    if (Math.max(steady - steadyTick, wall - wallTick) > STOOD_MS) this.#endedMs = steady
    this.#tickMs = [steady, wall]
  }
}
