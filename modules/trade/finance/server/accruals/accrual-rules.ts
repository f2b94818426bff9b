import type { Decimal } from '#values/decimal.ts'
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
