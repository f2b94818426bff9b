import type { Sample } from '../../drivers/driver.ts'
import type { WireValue } from './report-rules.ts'

/** `raw × scale + offset` as whole numbers over a power of ten. */
export interface Scaling {
  mantissa: number
  offset: number
  /** 10 to the number of digits. */
  divisor: number
  digits: number
  plain: boolean
}

/** Digits behind the point of a decimal as it is written, 1e-7 too. */
function digitsOf(decimal: number): number {
  const [mantissa = '', exponent = '0'] = String(decimal).split('e')
  return Math.max(0, (mantissa.split('.')[1]?.length ?? 0) - Number(exponent))
}

/** Times ten to so many digits, exactly: 1e-7 and 7 are 1. */
function shifted(decimal: number, digits: number): number {
  const [mantissa = '', exponent = '0'] = String(decimal).split('e')
  return Number(`${mantissa}e${Number(exponent) + digits}`)
}

export function makeScaling(scale: number, offset: number): Scaling {
  const digits = Math.min(Math.max(digitsOf(scale), digitsOf(offset)), 22)
  const divisor = 10 ** digits
  return {
    mantissa: shifted(scale, digits),
    offset: shifted(offset, digits),
    divisor,
    digits,
    plain: scale === 1 && offset === 0,
  }
}

/**
 * The engineering value, with one rounding: whole raw values are multiplied as whole numbers and divided once, so 3 × 0.1 is 0.3. A fraction
 * (a float register) keeps 15 significant digits. Whole numbers beyond 2^53 travel as decimal strings.
 */
export function scaled(raw: NonNullable<Sample['value']>, by: Scaling): WireValue {
  if (typeof raw === 'bigint') return scaledBigint(raw, by)
  if (typeof raw !== 'number' || by.plain) return raw
  const sum = raw * by.mantissa + by.offset
  if (Number.isSafeInteger(raw)) {
    if (Number.isSafeInteger(sum)) return sum / by.divisor
    return Number.isSafeInteger(by.mantissa) && Number.isSafeInteger(by.offset) ? scaledBigint(BigInt(raw), by) : sum / by.divisor
  }
  const value = sum / by.divisor
  return Number.isFinite(value) ? Number(value.toPrecision(15)) : value
}

/** How near to a whole number counts as one: what the decimal of the value lost in binary. */
const WHOLE = 1e-9

/** The raw value of an engineering value; whole where the division comes out even, so that 21.3 at a scale of 0.1 is 213. */
export function unscaled(value: number, { mantissa, offset, digits, plain }: Scaling): number {
  if (plain) return value
  const raw = (shifted(value, digits) - offset) / mantissa
  const whole = Math.round(raw)
  return Math.abs(raw - whole) <= WHOLE * Math.max(1, Math.abs(whole)) ? whole : raw
}

function scaledBigint(raw: bigint, { mantissa, offset, digits, plain, divisor }: Scaling): WireValue {
  if (!Number.isSafeInteger(mantissa) || !Number.isSafeInteger(offset)) return (Number(raw) * mantissa + offset) / divisor
  const sum = plain ? raw : raw * BigInt(mantissa) + BigInt(offset)
  if (digits > 0) return Number(`${sum}e-${digits}`)
  const number = Number(sum)
  return Number.isSafeInteger(number) ? number : String(sum)
}
