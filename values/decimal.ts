import { z } from 'zod'

/**
 * Exact decimals: a bigint of millionths, as PostgreSQL's numeric(18, 6) holds them. Quantities and unit prices are such numbers; on the
 * wire and in spreadsheets they are text (`"12.5"`), never a float.
 */
export type Decimal = bigint

const PLACES = 6
const ONE: Decimal = 1_000_000n
export const ZERO: Decimal = 0n
/** Twelve digits before the point: what numeric(18, 6) takes. */
export const MAX_DECIMAL: Decimal = 10n ** 18n - 1n

const WRITTEN = /^(-?)(\d{1,12})(?:\.(\d{1,6}))?$/

/** Undefined where the text is no plain decimal of up to twelve digits and six places; no exponent, no thousands separators. */
export function readDecimal(text: string): Decimal | undefined {
  const [, sign, whole, fraction = ''] = WRITTEN.exec(text) ?? []
  if (whole === undefined) return undefined
  const value = BigInt(whole) * ONE + BigInt(fraction.padEnd(PLACES, '0'))
  return sign ? -value : value
}

/** What the platform itself has written: a column, a checked text. Throws where it is no decimal. */
export function decimal(text: string): Decimal {
  const value = readDecimal(text)
  if (value === undefined) throw new RangeError(`Not a decimal of up to 12 digits and 6 places: ${text}`)
  return value
}

/** The shortest text: `12.5`, `-0.000001`, `3`. */
export function writeDecimal(value: Decimal): string {
  const digits = (value < 0n ? -value : value).toString().padStart(PLACES + 1, '0')
  const fraction = digits.slice(-PLACES).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -PLACES)}${fraction && `.${fraction}`}`
}

/** Halves away from zero (四舍五入), as invoices are added up. `by` is positive. */
export function divideRounded(value: bigint, by: bigint): bigint {
  const half = by / 2n
  return value < 0n ? -((-value + half) / by) : (value + half) / by
}

export const multiply = (a: Decimal, b: Decimal): Decimal => divideRounded(a * b, ONE)
/** `b` is not zero. */
export const divide = (a: Decimal, b: Decimal): Decimal => (b < 0n ? divide(-a, -b) : divideRounded(a * ONE, b))
export const sumOf = (values: Iterable<Decimal>): Decimal => {
  let sum = ZERO
  for (const value of values) sum += value
  return sum
}

/** 1234567.5 → 1,234,567.5: of any amount as text, none of its digits lost. */
export const groupDigits = (amount: string): string => amount.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',')

export function least(first: Decimal, ...others: Decimal[]): Decimal {
  let found = first
  for (const value of others) if (value < found) found = value
  return found
}

/** A fraction as text: 0.13 → 13%, 0.005 → 0.5%. */
export const writePercent = (fraction: string): string => `${writeDecimal(decimal(fraction) * 100n)}%`

/** What is typed as percent, as a fraction: 13 → 0.13. What is no number is nothing. */
export const percentToFraction = (percent: string): string => writeDecimal((readDecimal(percent.trim()) ?? ZERO) / 100n)
/** Its way back: 0.13 → 13. */
export const fractionToPercent = (fraction: string): string => writeDecimal((readDecimal(fraction.trim()) ?? ZERO) * 100n)

const TENTH_OF_PERCENT = 1_000n
/** Of a measured share, one decimal at most: 0.666667 → 66.7%. */
export const roundPercent = (fraction: string): string =>
  writePercent(writeDecimal(divideRounded(decimal(fraction), TENTH_OF_PERCENT) * TENTH_OF_PERCENT))

const text = (ok: (value: Decimal) => boolean, message: string) =>
  z
    .string()
    .trim()
    .refine(
      (written) => {
        const value = readDecimal(written)
        return value !== undefined && ok(value)
      },
      { message },
    )
    .meta({ examples: ['0.5'] })
    .transform((written) => writeDecimal(decimal(written)))

/** A decimal as text, in its shortest form. */
export const DecimalText = text(() => true, 'decimal')
/** Quantities that are ordered, moved, counted. */
export const PositiveText = text((value) => value > ZERO, 'positiveDecimal')
export const NonNegativeText = text((value) => value >= ZERO, 'nonNegativeDecimal')
