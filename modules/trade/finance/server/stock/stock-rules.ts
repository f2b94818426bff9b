import type { ValueChange } from '#modules/trade/inventory/public.ts'

/** What the value of stock is posted against. */
export const stockRoles = ['production', 'scrap', 'countDifference', 'costOfSales', 'priceDifference'] as const
export type StockRole = (typeof stockRoles)[number]

/**
 * Undefined: nobody posts it here. Opening stock stands in the books by the accountant's opening balances; the place of losses is also where
 * counts put what they miss and take what they find.
 */
export function roleOf({ counter, entity }: Pick<ValueChange, 'counter' | 'entity'>): StockRole | undefined {
  switch (counter) {
    case 'production':
      return 'production'
    case 'customer':
      return 'costOfSales'
    case 'loss':
      return entity === 'inventory.opening' ? undefined : entity === 'inventory.stocktake' ? 'countDifference' : 'scrap'
    // Receipts and invoices have put the agreed and the invoiced price on the stock account: what the stock is worth otherwise is left.
    case 'supplier':
    case 'revaluation':
      return 'priceDifference'
    default:
      return counter satisfies never
  }
}

export interface StockLine {
  role: StockRole | 'stock'
  debit: bigint
  credit: bigint
}

/**
 * Of what the stock account lacks, negative where it holds too much. What went out is debited where it went, what comes back of it is the
 * same in red; what a count finds is no loss taken back, so it is credited.
 */
export function linesOf(role: StockRole, missing: bigint): StockLine[] {
  if (role === 'countDifference' && missing > 0n)
    return [
      { role: 'stock', debit: missing, credit: 0n },
      { role, debit: 0n, credit: missing },
    ]
  return [
    { role, debit: -missing, credit: 0n },
    { role: 'stock', debit: 0n, credit: -missing },
  ]
}

export const stockWords: Record<StockRole, string> = {
  production: '生产领料',
  scrap: '报废',
  countDifference: '盘点差异',
  costOfSales: '结转销售成本',
  priceDifference: '采购价差',
}
