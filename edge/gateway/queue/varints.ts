/** Whole numbers in groups of seven bits, small ones in one byte; up to 2^53. */
export class VarintWriter {
  #bytes = Buffer.allocUnsafe(4_096)
  #length = 0

  unsigned(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], this.#bytes.length * 2)
    let rest = value
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#length++] = rest
  }

  /** −1, 1, −2, 2 … are 1, 2, 3, 4 …: what is near zero stays short. */
  signed(value: number): void {
    this.unsigned(zigzag(value))
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }
}

export const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)
export const unzigzag = (code: number): number => (code % 2 === 1 ? -(code + 1) / 2 : code / 2)

/** Errors: RangeError where the bytes end within a number, or it is none. */
export class VarintReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  unsigned(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined || factor > 2 ** 49) throw new RangeError('No whole number stands here.')
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }

  signed(): number {
    return unzigzag(this.unsigned())
  }
}
