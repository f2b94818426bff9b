import { type Decimal, divideRounded } from '#values/decimal.ts'

const ONE = 1_000_000n

/** Net and tax rate give the gross price of a unit: six digits, halves away from zero. */
export const grossOf = (net: Decimal, taxRate: Decimal): Decimal => divideRounded(net * (ONE + taxRate), ONE)
/** Back from a price that includes the tax. */
export const netOf = (gross: Decimal, taxRate: Decimal): Decimal => divideRounded(gross * ONE, ONE + taxRate)

/** The one with the greatest break that the quantity reaches; below the smallest break there is none. */
export function choosePrice<Price extends { fromQuantity: Decimal }>(prices: readonly Price[], quantity: Decimal): Price | undefined {
  let best: Price | undefined
  for (const price of prices)
    if (price.fromQuantity <= quantity && (best === undefined || price.fromQuantity > best.fromQuantity)) best = price
  return best
}
