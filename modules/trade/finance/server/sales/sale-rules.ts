export interface SaleLine {
  role: 'receivable' | 'revenue' | 'outputTax' | 'outputTaxPending'
  side: 'debit' | 'credit'
  amount: bigint
}

/**
 * What the buyer accepted is sold: control has passed (企业会计准则第14号 第四、五条). Its tax is not owed yet, for no invoice was issued
 * (财会〔2016〕22号 二（二）: 待转销项税额). A return carries the same below zero.
 */
export const saleOf = ({ net, tax }: { net: bigint; tax: bigint }): SaleLine[] => [
  { role: 'receivable', side: 'debit', amount: net + tax },
  { role: 'revenue', side: 'credit', amount: net },
  { role: 'outputTaxPending', side: 'credit', amount: tax },
]

/**
 * With the invoice the tax is owed; what was set aside for it goes, and where it says more or less than was accrued, receivable and revenue
 * follow it. `sold` is what stands in the books of the deliveries that it takes: nothing of those from before the books were opened.
 */
export const invoicedSale = (invoice: { net: bigint; tax: bigint }, sold: { net: bigint; tax: bigint }): SaleLine[] => [
  { role: 'outputTaxPending', side: 'debit', amount: sold.tax },
  { role: 'receivable', side: 'debit', amount: invoice.net + invoice.tax - sold.net - sold.tax },
  { role: 'revenue', side: 'credit', amount: invoice.net - sold.net },
  { role: 'outputTax', side: 'credit', amount: invoice.tax },
]
