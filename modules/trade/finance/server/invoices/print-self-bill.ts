import type { Context } from '#kernel/context.ts'
import type { FileAnswer } from '#kernel/file-answer.ts'
import { opaque } from '#kernel/postgres.ts'
import type { PrintedDocument, Printing } from '#kernel/printer.ts'
import { capitalAmount } from '#values/capital-amount.ts'
import { groupDigits, writePercent } from '#values/decimal.ts'
import { type Money, readMoney } from '#values/money.ts'
import { unitName } from '#values/units.ts'
import type { InvoiceId } from '../../contract.ts'
import { financeErrors } from '../../errors.ts'
import type { Invoice } from '../../invoice-contract.ts'
import type { Rooms } from '../rooms.ts'
import { wholeInvoice } from './invoice-view.ts'

/** In whose name and words it is printed. */
export interface BillSheet {
  own: string
  english: boolean
  word(key: string): string
}

/** 寄售结算单 on paper, for either side. Errors: finance.notFound, of an ordinary invoice too. */
export async function printSelfBill(
  { db, names }: Pick<Rooms, 'db' | 'names'>,
  { printer, translate }: Printing,
  ctx: Context,
  id: InvoiceId,
): Promise<FileAnswer> {
  const { bill, own } = await db.inTenant(ctx, async (tx) => ({
    bill: await wholeInvoice(tx, id),
    own: (await names(opaque(tx), [tx.orgId]))(tx.orgId),
  }))
  if (bill.billNumber === null) throw financeErrors.notFound({ id })
  const word = (key: string) => translate(ctx.locale, `finance.${key}`) ?? key
  const document = selfBillSheet(bill, { own, english: ctx.locale === 'en-US', word })
  return { fileName: `${document.number}.pdf`, as: 'pdf', bytes: await printer.print(document) }
}

const figures = ({ amount }: Money) => groupDigits(amount)

export function selfBillSheet(bill: Invoice, { own, english, word }: BillSheet): PrintedDocument {
  const { gross, partner, side } = bill
  const [buyer, supplier] = side === 'buyer' ? [own, partner.name] : [partner.name, own]
  const total = (money: Money) => `${money.currency} ${figures(money)}`
  const capital: [string, string][] =
    gross.currency === 'CNY' && !gross.amount.startsWith('-') ? [[word('vouchers.capital'), capitalAmount(readMoney(gross))]] : []
  return {
    paper: 'a4',
    issuer: buyer,
    title: word('selfBill.sheet'),
    number: bill.billNumber ?? '',
    qr: bill.billNumber ?? '',
    facts: [
      [word('statements.buyerParty'), buyer],
      [word('statements.supplierParty'), supplier],
      [word('invoices.billDay'), bill.billDay ?? ''],
      [word('statements.state'), word(`invoiceStates.${bill.state}`)],
      ...(bill.number === bill.billNumber ? [] : [[word('invoices.number'), bill.number] as const]),
    ],
    columns: [
      { title: word('statements.no'), align: 'center' },
      { title: word('selfBill.heads.receiptNumber') },
      { title: word('match.material'), width: '*' },
      { title: word('selfBill.heads.quantity'), align: 'right' },
      { title: word('selfBill.unit') },
      { title: word('match.price'), align: 'right' },
      { title: word('selfBill.taxRate'), align: 'right' },
      { title: word('match.net'), align: 'right' },
      { title: word('match.tax'), align: 'right' },
    ],
    rows: bill.lines.map((line) => [
      String(line.lineNo),
      `${line.receiptNumber} ${line.day}`,
      `${line.materialCode} ${line.materialName}`,
      line.invoiced,
      unitName(line.unit, english),
      line.netPrice,
      writePercent(line.invoiceTaxRate),
      figures(line.net),
      figures(line.tax),
    ]),
    totals: [
      [word('invoices.net'), total(bill.net)],
      [word('invoices.tax'), total(bill.tax)],
      [word('invoices.gross'), total(gross)],
      ...capital,
    ],
    notes: bill.note === '' ? [] : [bill.note],
    signatures: [word('statements.buyerSeal'), word('statements.supplierSeal')],
    pageWords: word('statements.pageWords'),
  }
}
