const KEPT = 256

/** The last 256 of some spans of time. */
export class LastTimes {
  readonly #ms = new Float64Array(KEPT)
  #count = 0

  add(ms: number): void {
    this.#ms[this.#count++ % KEPT] = ms
  }

  /** Nearest rank; null before the first. */
  quantiles(): { p50Ms: number; p99Ms: number } | null {
    const n = Math.min(this.#count, KEPT)
    if (n === 0) return null
    const sorted = this.#ms.slice(0, n).sort()
    const at = (q: number) => Math.round((sorted[Math.ceil(q * n) - 1] ?? 0) * 10) / 10
    return { p50Ms: at(0.5), p99Ms: at(0.99) }
  }
}
