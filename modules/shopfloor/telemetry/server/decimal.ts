/**
 * Numbers as ClickHouse keeps them: mantissa / 10^exponent, which a division rounds back to the very same double (|mantissa| ≤ 2^53,
 * 0 ≤ exponent ≤ 22: both are exact doubles, so the division is the correctly rounded one). Whatever does not fit (more than 16 digits,
 * NaN, -0) keeps its 64 bits under exponent -128. Samples of one series share an exponent where they can: the column then costs nothing.
 */
export const RAW_BITS = -128

const MAX_EXPONENT = 17
const TWO_32 = 0x1_0000_0000
const pow10 = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))

const bits = new Float64Array(1)
const halves = new Int32Array(bits.buffer)

/**
 * Writes the mantissa as two 32-bit halves (little endian, as in a BigInt64Array) and returns the exponent: `hint`, the one this series
 * needed before, if it is enough, else the smallest that is. No allocation: this runs for every value.
 */
export function writeDecimal(value: number, hint: number, mantissas: Int32Array, row: number): number {
  if (value !== 0 || 1 / value > 0) {
    for (let exponent = Math.max(hint, 0); exponent <= MAX_EXPONENT; exponent++) {
      const power = pow10[exponent]!
      const mantissa = Math.round(value * power)
      if (mantissa > Number.MAX_SAFE_INTEGER || mantissa < Number.MIN_SAFE_INTEGER) break
      if (mantissa / power === value) {
        writeInt64(mantissa, mantissas, row)
        return exponent
      }
    }
    // A hint that was too large for a value of many digits before the point.
    if (hint > 0) return writeDecimal(value, 0, mantissas, row)
  }
  bits[0] = value
  mantissas[row * 2] = halves[0]!
  mantissas[row * 2 + 1] = halves[1]!
  return RAW_BITS
}

/** A whole number up to 2^53 into an Int64 column without making a BigInt. */
export function writeInt64(value: number, column: Int32Array, row: number): void {
  const high = Math.floor(value / TWO_32)
  column[row * 2] = value - high * TWO_32
  column[row * 2 + 1] = high
}

export const readInt64 = (column: Int32Array, row: number): number => column[row * 2 + 1]! * TWO_32 + (column[row * 2]! >>> 0)

export function readDecimal(mantissas: Int32Array, exponent: number, row: number): number {
  if (exponent !== RAW_BITS) return readInt64(mantissas, row) / pow10[exponent]!
  halves[0] = mantissas[row * 2]!
  halves[1] = mantissas[row * 2 + 1]!
  return bits[0]!
}
