import { type Decimal, decimal, readDecimal, writeDecimal } from '#values/decimal.ts'
import { type Currency, lineAmount, type Money, readMoney, taxOn, writeMoney } from '#values/money.ts'
import type { Invoice, InvoiceContent, OpenLine } from '../invoice-contract.ts'

/** A line as it is typed. */
export interface TypedLine {
  of: Pick<
    OpenLine,
    'id' | 'receiptNumber' | 'day' | 'orderNumber' | 'materialCode' | 'materialName' | 'unit' | 'open' | 'netPrice' | 'taxRate'
  >
  chosen: boolean
  quantity: string
  net: string
  tax: string
}

const AMOUNT = /^-?\d{1,15}(\.\d{1,2})?$/
const NEW_NUMBER = /^(\d{8}|\d{20})$/
const CODE = /^\d{10}(\d{2})?$/

export const amountOf = (currency: Currency, text: string): bigint | undefined =>
  AMOUNT.test(text.trim()) ? readMoney({ currency, amount: text.trim() }) : undefined

/** What a quantity of it comes to at the agreed price and tax rate. */
export function reckoned(currency: Currency, line: TypedLine, quantityText: string): TypedLine {
  const quantity: Decimal | undefined = readDecimal(quantityText.trim())
  if (quantity === undefined) return { ...line, quantity: quantityText }
  const net = lineAmount(currency, decimal(line.of.netPrice), quantity)
  const tax = taxOn(net, decimal(line.of.taxRate))
  return { ...line, quantity: quantityText, net: writeMoney(currency, net).amount, tax: writeMoney(currency, tax).amount }
}

export const typedLine = (currency: Currency, of: OpenLine): TypedLine =>
  reckoned(currency, { of, chosen: false, quantity: of.open, net: '0', tax: '0' }, of.open)

export const typedLines = (invoice: Invoice): TypedLine[] =>
  invoice.lines.map((line) => ({ of: line, chosen: true, quantity: line.invoiced, net: line.net.amount, tax: line.tax.amount }))

export function sums(currency: Currency, lines: readonly TypedLine[]): { net: Money; tax: Money } {
  const sum = (pick: (line: TypedLine) => string) =>
    writeMoney(
      currency,
      lines.filter((line) => line.chosen).reduce((total, line) => total + (amountOf(currency, pick(line)) ?? 0n), 0n),
    )
  return { net: sum((line) => line.net), tax: sum((line) => line.tax) }
}

export interface TypedHead {
  code: string
  number: string
  day: string
  net: string
  tax: string
  note: string
}

/** What is wrong with it as a key of the module's words, or the content to send. */
export function contentOf(
  currency: Currency,
  head: TypedHead,
  lines: readonly TypedLine[],
): { wrong: string } | { content: InvoiceContent } {
  const [number, code] = [head.number.trim(), head.code.trim()]
  if (!NEW_NUMBER.test(number)) return { wrong: 'entry.wrong.number' }
  if (number.length === 8 ? !CODE.test(code) : code !== '') return { wrong: 'entry.wrong.code' }
  const [net, tax] = [amountOf(currency, head.net), amountOf(currency, head.tax)]
  if (net === undefined || tax === undefined || net + tax === 0n) return { wrong: 'entry.wrong.amount' }
  const chosen = lines.filter((line) => line.chosen)
  if (chosen.length === 0) return { wrong: 'entry.wrong.noLines' }
  if (
    chosen.some(
      (line) =>
        !(readDecimal(line.quantity.trim()) ?? 0n) ||
        amountOf(currency, line.net) === undefined ||
        amountOf(currency, line.tax) === undefined,
    )
  )
    return { wrong: 'entry.wrong.line' }
  const money = (minor: bigint): Money => writeMoney(currency, minor)
  return {
    content: {
      code: code === '' ? null : code,
      number,
      day: head.day,
      net: money(net),
      tax: money(tax),
      gross: money(net + tax),
      note: head.note.trim(),
      lines: chosen.map((line) => ({
        accrualLineId: line.of.id,
        quantity: writeDecimal(decimal(line.quantity.trim())),
        taxRate: line.of.taxRate,
        net: money(amountOf(currency, line.net) ?? 0n),
        tax: money(amountOf(currency, line.tax) ?? 0n),
      })),
    },
  }
}
