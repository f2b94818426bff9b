import type { Context } from '#kernel/context.ts'
import type { FileAnswer } from '#kernel/file-answer.ts'
import type { PrintedDocument, Printing } from '#kernel/printer.ts'
import { capitalAmount } from '#values/capital-amount.ts'
import { groupDigits } from '#values/decimal.ts'
import { chinaMinute } from '#values/instant.ts'
import { type Money, readMoney } from '#values/money.ts'
import type { StatementId } from '../../contract.ts'
import type { Statement } from '../../statement-contract.ts'
import type { Rooms } from '../rooms.ts'
import { wholeStatement } from './statement-view.ts'

type Word = (key: string, values?: Record<string, unknown>) => string

/** 对账单 on paper: what both have signed, or who has not yet. Errors: finance.notFound. */
export async function printStatement(
  { db }: Pick<Rooms, 'db'>,
  { printer, translate }: Printing,
  ctx: Context,
  id: StatementId,
): Promise<FileAnswer> {
  const statement = await db.inTenant(ctx, (tx) => wholeStatement(tx, id))
  const word: Word = (key, values) => translate(ctx.locale, `finance.${key}`, values) ?? key
  return { fileName: `${statement.number}.pdf`, as: 'pdf', bytes: await printer.print(documentOf(statement, word)) }
}

const money = ({ currency, amount }: Money) => `${currency} ${groupDigits(amount)}`

export function documentOf(statement: Statement, word: Word): PrintedDocument {
  const { closing, lines } = statement
  const signed = (given: Statement['buyerSigned']) =>
    given ? `${given.by ?? ''} ${chinaMinute(given.at)}`.trim() : word('statements.notSigned')
  const capital: [string, string][] = closing.currency === 'CNY' ? [[word('statements.capital'), capitalAmount(readMoney(closing))]] : []
  return {
    paper: 'a4',
    issuer: statement.side === (statement.own ? 'buyer' : 'supplier') ? statement.buyerName : statement.supplierName,
    title: word('statements.title'),
    number: statement.number,
    qr: statement.number,
    facts: [
      [word('statements.buyerParty'), statement.buyerName],
      [word('statements.supplierParty'), statement.supplierName],
      [word('statements.until'), statement.untilDay],
      [word('statements.state'), word(`statementStates.${statement.state}`)],
      [word('statements.previous'), statement.previous?.number ?? '—'],
      [word('statements.opening'), money(statement.opening)],
    ],
    columns: [
      { title: word('statements.no'), align: 'center' },
      { title: word('statements.day') },
      { title: word('statements.kind') },
      { title: word('statements.document'), width: '*' },
      { title: word('statements.amount'), align: 'right' },
      { title: word('statements.answer') },
    ],
    rows: lines.map((line) => [
      String(line.lineNo),
      line.day,
      word(`statementKinds.${line.kind}`),
      line.number,
      groupDigits(line.amount.amount),
      line.answer === null ? word('statements.open') : [word(`statements.${line.answer}`), line.reason].filter(Boolean).join('：'),
    ]),
    totals: [[word('statements.closing'), money(closing)], ...capital],
    notes: [
      `${word('statements.buyerSign')}：${signed(statement.buyerSigned)}`,
      `${word('statements.supplierSign')}：${signed(statement.supplierSigned)}`,
      `${word('statements.hash')}（SHA-256）：${statement.contentHash}`,
    ],
    signatures: [word('statements.buyerSeal'), word('statements.supplierSeal')],
    pageWords: word('statements.pageWords'),
  }
}
