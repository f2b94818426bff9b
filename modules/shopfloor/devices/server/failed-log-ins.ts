import type { Clock } from '#kernel/clock.ts'

const WINDOW_MS = 60_000
const PER_DEVICE = 10
const PER_ADDRESS = 100
const MAX_ENTRIES = 20_000

/** Counts wrong log-ins by address and by device at an address: whoever guesses waits a minute, the device elsewhere does not. */
export class FailedLogIns {
  readonly #clock: Clock
  readonly #failures = new Map<string, { n: number; untilMs: number }>()
  constructor(clock: Clock) {
    this.#clock = clock
  }

  isLocked(address: string, userName: string): boolean {
    return this.#count(address) >= PER_ADDRESS || this.#count(`${address} ${userName}`) >= PER_DEVICE
  }

  add(address: string, userName: string): void {
    if (this.#failures.size >= MAX_ENTRIES) this.#sweep()
    for (const key of [address, `${address} ${userName}`.slice(0, 200)]) {
      const n = this.#count(key) + 1
      if (this.#failures.size < MAX_ENTRIES || this.#failures.has(key)) {
        const untilMs = this.#failures.get(key)?.untilMs ?? 0
        const nowMs = this.#clock.nowMs()
        this.#failures.set(key, { n, untilMs: untilMs > nowMs ? untilMs : nowMs + WINDOW_MS })
      }
    }
  }

  #sweep(): void {
    const nowMs = this.#clock.nowMs()
    for (const [key, { untilMs }] of this.#failures) if (untilMs <= nowMs) this.#failures.delete(key)
  }

  #count(key: string): number {
    const failure = this.#failures.get(key.slice(0, 200))
    return failure && failure.untilMs > this.#clock.nowMs() ? failure.n : 0
  }
}
