/** A set of numbers that come mostly in a row: which batches are done with. */
export class NumberRanges {
  /** Sorted, apart from each other, both ends within. */
  #ranges: [number, number][]

  constructor(ranges: readonly (readonly [number, number])[] = []) {
    this.#ranges = []
    for (const [from, to] of ranges) this.add(from, to)
  }

  get ranges(): readonly (readonly [number, number])[] {
    return this.#ranges
  }

  add(from: number, to: number = from): void {
    const at = this.#firstEndingFrom(from - 1)
    let end = at
    let [low, high] = [from, to]
    for (let range = this.#ranges[end]; range && range[0] <= to + 1; range = this.#ranges[++end]) {
      low = Math.min(low, range[0])
      high = Math.max(high, range[1])
    }
    this.#ranges.splice(at, end - at, [low, high])
  }

  has(number: number): boolean {
    return this.covers(number, number)
  }

  covers(from: number, to: number): boolean {
    const range = this.#ranges[this.#firstEndingFrom(from)]
    return range !== undefined && range[0] <= from && to <= range[1]
  }

  /** The least number from `from` on that is not in it. */
  nextAbsent(from: number): number {
    const range = this.#ranges[this.#firstEndingFrom(from)]
    return range && range[0] <= from ? range[1] + 1 : from
  }

  /** How many of `from`…`to` are not in it. */
  absentIn(from: number, to: number): number {
    let present = 0
    for (const [low, high] of this.#ranges) present += Math.max(0, Math.min(high, to) - Math.max(low, from) + 1)
    return Math.max(0, to - from + 1) - present
  }

  #firstEndingFrom(number: number): number {
    let [low, high] = [0, this.#ranges.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#ranges[middle] as [number, number])[1] < number) low = middle + 1
      else high = middle
    }
    return low
  }
}
