import type { Context } from '#kernel/context.ts'
import type { FileAnswer } from '#kernel/file-answer.ts'
import { opaque } from '#kernel/postgres.ts'
import type { PrintedDocument, Printing } from '#kernel/printer.ts'
import { capitalAmount } from '#values/capital-amount.ts'
import { groupDigits } from '#values/decimal.ts'
import { type Money, readMoney } from '#values/money.ts'
import type { VoucherId } from '../../contract.ts'
import type { Voucher } from '../../ledger-contract.ts'
import type { Rooms } from '../rooms.ts'
import { wholeVoucher } from './voucher-store.ts'

type Word = (key: string, values?: Record<string, unknown>) => string

/** 记账凭证 on paper, with what the rules of accounting ask of one: day, number, summary, accounts, amounts, who signs. Errors: finance.notFound. */
export async function printVoucher(
  { db, names }: Pick<Rooms, 'db' | 'names'>,
  { printer, translate }: Printing,
  ctx: Context,
  id: VoucherId,
): Promise<FileAnswer> {
  const { voucher, issuer } = await db.inTenant(ctx, async (tx) => ({
    voucher: await wholeVoucher(tx, id),
    issuer: (await names(opaque(tx), [tx.orgId]))(tx.orgId),
  }))
  const word: Word = (key, values) => translate(ctx.locale, `finance.${key}`, values) ?? key
  return { fileName: `${voucher.number}.pdf`, as: 'pdf', bytes: await printer.print(voucherDocumentOf(voucher, issuer, word)) }
}

const figures = (money: Money | null) => (money ? groupDigits(money.amount) : '')

export function voucherDocumentOf(voucher: Voucher, issuer: string, word: Word): PrintedDocument {
  const { total, reverses, reversedBy } = voucher
  const sum = `${total.currency} ${groupDigits(total.amount)}`
  // Capital signs have no minus: what is posted in red is said in figures.
  const capital: [string, string][] =
    total.currency === 'CNY' && !total.amount.startsWith('-') ? [[word('vouchers.capital'), capitalAmount(readMoney(total))]] : []
  return {
    paper: 'a4',
    issuer,
    title: word('vouchers.title'),
    number: voucher.number,
    qr: voucher.number,
    facts: [
      [word('vouchers.day'), voucher.day],
      [word('vouchers.kind'), word(`kinds.${voucher.kind}`)],
      [word('vouchers.source'), [voucher.sourceNumber, voucher.sourceDay].filter(Boolean).join(' ') || '—'],
      [word('vouchers.postedBy'), voucher.postedBy ?? '—'],
      ...(reverses ? [[word('vouchers.reverses'), reverses.number] as const] : []),
      ...(reversedBy ? [[word('vouchers.reversedBy'), reversedBy.number] as const] : []),
    ],
    columns: [
      { title: word('vouchers.summary'), width: '*' },
      { title: word('vouchers.account'), width: '*' },
      { title: word('vouchers.debit'), align: 'right' },
      { title: word('vouchers.credit'), align: 'right' },
    ],
    rows: voucher.lines.map((line) => [
      line.summary,
      [line.accountCode, line.accountName, line.partner].filter(Boolean).join(' '),
      figures(line.debit),
      figures(line.credit),
    ]),
    totals: [[word('vouchers.sumDebit'), sum], [word('vouchers.sumCredit'), sum], ...capital],
    signatures: ['head', 'book', 'check', 'make'].map((who) => word(`vouchers.signs.${who}`)),
    pageWords: word('statements.pageWords'),
  }
}
