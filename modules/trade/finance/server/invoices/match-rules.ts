import { type Decimal, multiply, writeDecimal } from '#values/decimal.ts'
import { type Currency, lineAmount, taxOn } from '#values/money.ts'

/** How far an invoice may differ and still pass. Amounts in minor units. */
export interface Tolerances {
  priceFraction: Decimal
  lineAmount: bigint
  taxAmount: bigint
  quantityFraction: Decimal
}

export interface MatchedLine {
  lineNo: number
  /** What is open of the receipt line; of a return below zero. */
  open: Decimal
  agreedPrice: Decimal
  agreedTaxRate: Decimal
  quantity: Decimal
  taxRate: Decimal
  net: bigint
  tax: bigint
}

export interface MatchedInvoice {
  currency: Currency
  net: bigint
  tax: bigint
  lines: readonly MatchedLine[]
}

/** Why it is blocked: what was expected, what the invoice says. Amounts as minor units in decimal text. */
export interface MatchReason {
  lineNo: number | null
  kind: 'nothingLinked' | 'quantity' | 'price' | 'taxRate' | 'net' | 'tax'
  expected: string
  actual: string
}

const abs = (n: bigint) => (n < 0n ? -n : n)
const larger = (a: bigint, b: bigint) => (a > b ? a : b)

/**
 * Three-way match: agreed price × accepted quantity × invoice. A line's amount may differ by a fixed amount or a fraction of it, whichever is
 * more; tax is compared over the whole invoice, since it may be reckoned by line or by sum.
 */
export function matchInvoice(invoice: MatchedInvoice, tolerances: Tolerances): MatchReason[] {
  const { lines, currency } = invoice
  if (lines.length === 0) return [{ lineNo: null, kind: 'nothingLinked', expected: '', actual: '' }]
  return [...lines.flatMap((line) => lineReasons(line, currency, tolerances)), ...sumReasons(invoice, tolerances)]
}

function lineReasons(line: MatchedLine, currency: Currency, tolerances: Tolerances): MatchReason[] {
  const { lineNo, open, quantity } = line
  const reasons: MatchReason[] = []
  const most = abs(open) + multiply(abs(open), tolerances.quantityFraction)
  // Of a receipt not below zero, of a return not above it.
  if (quantity * open <= 0n || abs(quantity) > most)
    reasons.push({ lineNo, kind: 'quantity', expected: writeDecimal(open), actual: writeDecimal(quantity) })
  const expected = lineAmount(currency, line.agreedPrice, quantity)
  const allowed = larger(tolerances.lineAmount, multiply(abs(expected), tolerances.priceFraction))
  if (abs(line.net - expected) > allowed) reasons.push({ lineNo, kind: 'price', expected: String(expected), actual: String(line.net) })
  if (line.taxRate !== line.agreedTaxRate)
    reasons.push({ lineNo, kind: 'taxRate', expected: writeDecimal(line.agreedTaxRate), actual: writeDecimal(line.taxRate) })
  return reasons
}

function sumReasons({ net, tax, lines }: MatchedInvoice, { taxAmount }: Tolerances): MatchReason[] {
  const reasons: MatchReason[] = []
  const [netOfLines, taxOfLines] = [sum(lines.map((line) => line.net)), sum(lines.map((line) => line.tax))]
  const taxExpected = sum(lines.map((line) => taxOn(line.net, line.taxRate)))
  if (abs(net - netOfLines) > taxAmount) reasons.push({ lineNo: null, kind: 'net', expected: String(netOfLines), actual: String(net) })
  if (abs(tax - taxExpected) > taxAmount || abs(tax - taxOfLines) > taxAmount)
    reasons.push({ lineNo: null, kind: 'tax', expected: String(taxExpected), actual: String(tax) })
  return reasons
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)

/** How much of the open quantity an invoice line takes: what is invoiced above it (within the tolerance) takes all of it. */
export const takenOf = (open: Decimal, quantity: Decimal): Decimal => (abs(quantity) > abs(open) ? open : quantity)
