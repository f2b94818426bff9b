import { z } from 'zod'
import { type Decimal, divideRounded, NonNegativeText } from './decimal.ts'

/** ISO 4217 currencies in use here, by the number of digits behind the point. */
const minorDigits = { CNY: 2, USD: 2, EUR: 2, HKD: 2, JPY: 0, KRW: 0 } as const
export const Currency = z.enum(Object.keys(minorDigits) as [keyof typeof minorDigits])
export type Currency = z.infer<typeof Currency>

const MICRO = 1_000_000n

/** An amount on the wire: `{ currency: "CNY", amount: "1234.50" }`; inside it is a bigint of minor units (fen). */
export const Money = z.object({
  currency: Currency,
  amount: z
    .string()
    .regex(/^-?\d{1,15}(\.\d{1,2})?$/, { message: 'money' })
    .meta({ examples: ['12.50'] }),
})
export type Money = z.infer<typeof Money>

const unitsOf = (currency: Currency): bigint => 10n ** BigInt(minorDigits[currency])

export function readMoney({ currency, amount }: Money): bigint {
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.')
  const digits = minorDigits[currency]
  if (fraction.length > digits) throw new RangeError(`${currency} has ${digits} digits behind the point: ${amount}`)
  const minor = BigInt(whole) * unitsOf(currency) + BigInt(fraction.padEnd(digits, '0') || '0')
  return amount.startsWith('-') ? -minor : minor
}

export function writeMoney(currency: Currency, minor: bigint): Money {
  const digits = minorDigits[currency]
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0')
  const whole = text.slice(0, text.length - digits)
  return { currency, amount: `${minor < 0n ? '-' : ''}${whole}${digits ? `.${text.slice(-digits)}` : ''}` }
}

/** A price of one unit: up to six digits behind the point. */
export const UnitPrice = z.object({ currency: Currency, amount: NonNegativeText })
export type UnitPrice = z.infer<typeof UnitPrice>

/** Unit price × quantity in minor units; rounded once, halves away from zero. */
export const lineAmount = (currency: Currency, price: Decimal, quantity: Decimal): bigint =>
  divideRounded(price * quantity * unitsOf(currency), MICRO * MICRO)

/** The tax on a net amount, `rate` as a fraction: 0.13. */
export const taxOn = (net: bigint, rate: Decimal): bigint => divideRounded(net * rate, MICRO)
