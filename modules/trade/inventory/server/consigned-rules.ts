import { type Decimal, ZERO } from '#values/decimal.ts'

interface Kept {
  quantity: Decimal
  min: Decimal | null
  max: Decimal | null
}

export function levelOf({ quantity, min, max }: Kept): 'below' | 'within' | 'above' | null {
  if (min === null && max === null) return null
  if (min !== null && quantity < min) return 'below'
  return max !== null && quantity > max ? 'above' : 'within'
}

/** Below the minimum it is brought up to the maximum, or to the minimum where no maximum is agreed. */
export function refillOf(kept: Kept): Decimal | null {
  if (levelOf(kept) !== 'below') return null
  const lacking = (kept.max ?? kept.min ?? ZERO) - kept.quantity
  return lacking > ZERO ? lacking : null
}
