import type { Context } from '#kernel/context.ts'
import type { FileAnswer } from '#kernel/file-answer.ts'
import type { Paper, PrintedDocument, Printing } from '#kernel/printer.ts'
import { capitalAmount } from '#values/capital-amount.ts'
import { groupDigits, writeDecimal, writePercent } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import { readMoney, writeMoney } from '#values/money.ts'
import { unitName } from '#values/units.ts'
import type { Order, OrderId } from '../contract.ts'
import { deliveryOf, type LineContent, lineAmounts, lineQuantity } from '../order-content.ts'
import { getOrder } from './read-order.ts'
import type { Rooms } from './rooms.ts'

/** The order as it is in force, or else as it is proposed, on paper. Errors: orders.notFound. */
export async function printOrder(
  rooms: Pick<Rooms, 'db' | 'termLimit'>,
  { printer, translate }: Printing,
  ctx: Context,
  id: OrderId,
  paper: Paper,
): Promise<FileAnswer> {
  const order = await getOrder(rooms, ctx, id)
  const word = (key: string, values?: Record<string, unknown>) => translate(ctx.locale, `orders.print.${key}`, values) ?? key
  return { fileName: `${order.number}.pdf`, as: 'pdf', bytes: await printer.print(documentOf(order, paper, word, ctx.locale === 'en-US')) }
}

type Word = (key: string, values?: Record<string, unknown>) => string

function documentOf(order: Order, paper: Paper, word: Word, english: boolean): PrintedDocument {
  const { content, buyer, supplier } = order
  const { terms } = content
  const lines = content.lines.filter(({ rejected }) => rejected === null)
  return {
    paper,
    issuer: buyer.name,
    title: word('title'),
    number: order.number,
    qr: order.number,
    facts: [
      [word('supplier'), supplier.name],
      [word('day'), chinaDay(new Date(order.createdAt))],
      [word('deliverTo'), terms.deliverTo],
      [word('paymentTerms'), terms.paymentTerms || '—'],
      [word('currency'), terms.currency],
      [word('state'), standing(order, word)],
      ...(terms.titlePasses === undefined ? [] : [[word('titlePasses'), word(`titles.${terms.titlePasses}`)] as [string, string]]),
      ...(terms.reference === undefined ? [] : [[word('reference'), terms.reference] as [string, string]]),
    ],
    columns: [
      { title: word('no'), align: 'center' },
      { title: word('material'), width: '*' },
      { title: word('unit'), align: 'center' },
      { title: word('quantity'), align: 'right' },
      { title: word('netPrice'), align: 'right' },
      { title: word('taxRate'), align: 'right' },
      { title: word('netAmount'), align: 'right' },
      { title: word('deliveries') },
    ],
    rows: lines.map((line) => rowOf(order, line, english)),
    totals: totalsOf(order, word),
    ...(order.agreedRevision === null ? { notes: [word('notAgreed')] } : { notes: signed(order, word) }),
    signatures: [word('buyer'), word('supplier')],
    pageWords: word('page'),
  }
}

const standing = ({ agreedRevision, revisions }: Order, word: Word): string =>
  agreedRevision === null ? word('proposed', { no: revisions.length }) : word('agreed', { no: agreedRevision })

function rowOf({ content }: Order, line: LineContent, english: boolean): string[] {
  const { currency } = content.terms
  const names = [line.materialCode, line.supplierCode && `(${line.supplierCode})`, line.materialName, line.specification]
  return [
    String(line.no),
    names.filter(Boolean).join(' '),
    unitName(line.unit, english),
    groupDigits(writeDecimal(lineQuantity(line))),
    groupDigits(line.netPrice),
    writePercent(line.taxRate),
    groupDigits(writeMoney(currency, lineAmounts(currency, line).net).amount),
    line.schedule
      .map(deliveryOf)
      .map(({ day, quantity }) => `${day} × ${groupDigits(quantity)}`)
      .join('\n'),
  ]
}

function totalsOf({ net, gross }: Order, word: Word): [string, string][] {
  const tax = writeMoney(gross.currency, readMoney(gross) - readMoney(net))
  const money = ({ currency, amount }: Order['net']) => `${currency} ${groupDigits(amount)}`
  const inWords: [string, string][] = gross.currency === 'CNY' ? [[word('capital'), capitalAmount(readMoney(gross))]] : []
  return [[word('net'), money(net)], [word('tax'), money(tax)], [word('gross'), money(gross)], ...inWords]
}

/** Who has signed what is in force, and over which content: the paper can be held against the platform. */
function signed({ agreedRevision, revisions }: Order, word: Word): string[] {
  const revision = revisions.find(({ no }) => no === agreedRevision)
  if (!revision) return []
  const signatures = revision.signatures.map(({ side, person, at }) =>
    word('signedBy', { side: word(side), person, at: at.slice(0, 16).replace('T', ' ') }),
  )
  return [...signatures, word('hash', { hash: revision.hash })]
}
