import { type Decimal, divideRounded } from '#values/decimal.ts'
import { type Currency, lineAmount, taxOn } from '#values/money.ts'

export interface Priced {
  quantity: Decimal
  currency: Currency
  netPrice: Decimal
  taxRate: Decimal
}

/** What a line is worth, rounded once: net from price and quantity, tax from the net. `sign` −1 takes it back. */
export function worthOf(line: Priced, sign: 1n | -1n): { quantity: Decimal; net: bigint; tax: bigint } {
  const net = lineAmount(line.currency, line.netPrice, line.quantity)
  return { quantity: sign * line.quantity, net: sign * net, tax: sign * taxOn(net, line.taxRate) }
}

export interface Taken {
  quantity: Decimal
  net: bigint
  tax: bigint
}

/**
 * The part of a line's worth that `quantity` more of it carries, when `before` is taken already: what was taken of it together always is the
 * rounded share of the whole, so that the last part makes it up to the cent.
 */
export function shareOf(whole: Taken, before: Taken, quantity: Decimal): { net: bigint; tax: bigint } {
  const together = before.quantity + quantity
  const share = (amount: bigint) =>
    whole.quantity < 0n ? divideRounded(amount * -together, -whole.quantity) : divideRounded(amount * together, whole.quantity)
  return { net: share(whole.net) - before.net, tax: share(whole.tax) - before.tax }
}
