/** A link on which so many requests in a row got nothing is taken for gone: its other end hangs, or a router forgot it. */
const SILENT_REQUESTS = 3

/** Tells a link that is gone from one dead unit among others that answer. */
export class Silence {
  #inARow = 0
  readonly #silentUnits = new Set<number | string>()
  readonly #askedUnits = new Set<number | string>()

  asked(unit: number | string): void {
    this.#askedUnits.add(unit)
  }

  heard(): void {
    this.#inARow = 0
    this.#silentUnits.clear()
  }

  /** Whether the link itself is silent, now that this unit did not answer. */
  isLinkGone(unit: number | string): boolean {
    this.#inARow++
    this.#silentUnits.add(unit)
    return this.#inARow >= SILENT_REQUESTS && (this.#silentUnits.size > 1 || this.#askedUnits.size === 1)
  }
}
