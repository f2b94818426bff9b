import type { Context } from '#kernel/context.ts'
import type { FileAnswer } from '#kernel/file-answer.ts'
import type { PrintedDocument } from '#kernel/printer.ts'
import { chinaMinute } from '#values/instant.ts'
import { unitName } from '#values/units.ts'
import { logisticsErrors } from '../errors.ts'
import type { GoodsReturn, Receipt, ReceiptId, ReceiptLine, ReturnId } from '../receiving-contract.ts'
import { receiptView, returnsOf } from './receipt-store.ts'
import type { Rooms } from './rooms.ts'
import type { LogisticsTx } from './tables.ts'

export interface Sheet {
  english: boolean
  word(key: string): string
}
const sheetOf = ({ translate }: Rooms, { locale }: Context): Sheet => ({
  english: locale === 'en-US',
  word: (key) => translate(locale, `logistics.${key}`) ?? key,
})

/** Both sides read it. Errors: logistics.notFound. */
async function readReceipt(tx: LogisticsTx, id: ReceiptId): Promise<Receipt> {
  const row = await tx.sql.selectFrom('logistics.receipt').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw logisticsErrors.notFound({ id })
  return receiptView(tx, row)
}

/** 收货单. Errors: logistics.notFound. */
export async function printReceipt(rooms: Rooms, ctx: Context, id: ReceiptId): Promise<FileAnswer> {
  const receipt = await rooms.db.inTenant(ctx, (tx) => readReceipt(tx, id))
  return printed(rooms, receiptSheet(receipt, sheetOf(rooms, ctx)))
}

/** 退货单, for the driver who takes the goods back. Errors: logistics.notFound. */
export async function printReturn(rooms: Rooms, ctx: Context, id: ReturnId): Promise<FileAnswer> {
  const { receipt, goods } = await rooms.db.inTenant(ctx, async (tx) => {
    const row = await tx.sql
      .selectFrom('logistics.goods_return')
      .select(['receipt_id', 'shipment_id'])
      .where('id', '=', id)
      .executeTakeFirst()
    const goods = row && (await returnsOf(tx, { shipmentId: row.shipment_id })).find((one) => one.id === id)
    if (!row || !goods) throw logisticsErrors.notFound({ id })
    return { goods, receipt: await readReceipt(tx, row.receipt_id) }
  })
  return printed(rooms, returnSheet(goods, receipt, sheetOf(rooms, ctx)))
}

const printed = async ({ printer }: Rooms, document: PrintedDocument): Promise<FileAnswer> => ({
  fileName: `${document.number}.pdf`,
  as: 'pdf',
  bytes: await printer.print(document),
})

const SELDOM = ['quarantined', 'damaged', 'wrong', 'excess'] as const satisfies readonly (keyof ReceiptLine)[]

export function receiptSheet(receipt: Receipt, { english, word }: Sheet): PrintedDocument {
  const shown = SELDOM.filter((key) => receipt.lines.some((line) => line[key] !== '0'))
  return {
    // Every count with something in it is a column more.
    paper: shown.length > 1 ? 'a4Landscape' : 'a4',
    issuer: receipt.buyer.name,
    title: word('print.receipt'),
    number: receipt.number,
    qr: receipt.number,
    facts: [
      [word('supplier'), receipt.supplier.name],
      [word('print.shipment'), receipt.shipmentNumber],
      [word('print.receivedAt'), chinaMinute(receipt.receivedAt)],
      [word('print.warehouse'), receipt.warehouse],
      ...(receipt.receivedBy ? [[word('print.signReceiver'), receipt.receivedBy] as const] : []),
      ...(receipt.signedBy ? [[word('print.handedOverBy'), receipt.signedBy] as const] : []),
    ],
    columns: [
      { title: word('print.no'), align: 'center' },
      { title: word('print.order') },
      { title: word('print.material') },
      { title: word('print.materialName'), width: '*' },
      { title: word('print.lot') },
      { title: word('counts.accepted'), align: 'right' },
      ...shown.map((key) => ({ title: word(`counts.${key}`), align: 'right' as const })),
      { title: word('print.unit') },
    ],
    rows: receipt.lines.map((line) => [
      String(line.lineNo),
      line.orderNumber,
      line.materialCode,
      line.materialName,
      line.serial ?? line.lot ?? '',
      line.accepted,
      ...shown.map((key) => line[key]),
      unitName(line.unit, english),
    ]),
    notes: [...new Set([receipt.overReason, receipt.note, ...receipt.lines.map((line) => line.note)])].filter(Boolean),
    signatures: [word('print.signDriver'), word('print.signReceiver'), word('print.signInspector')],
    pageWords: word('print.pageWords'),
  }
}

export function returnSheet(goods: GoodsReturn, receipt: Receipt, { english, word }: Sheet): PrintedDocument {
  return {
    paper: 'a4',
    issuer: receipt.buyer.name,
    title: word('print.return'),
    number: goods.number,
    qr: goods.number,
    facts: [
      [word('supplier'), receipt.supplier.name],
      [word('print.receipt'), goods.receiptNumber],
      [word('print.day'), goods.day],
      [word('print.reason'), goods.reason],
    ],
    columns: [
      { title: word('print.no'), align: 'center' },
      { title: word('print.material') },
      { title: word('print.materialName'), width: '*' },
      { title: word('print.place') },
      { title: word('print.quantity'), align: 'right' },
      { title: word('print.unit') },
    ],
    rows: goods.lines.map((line, i) => [
      String(i + 1),
      line.materialCode,
      line.materialName,
      word(`places.${line.from}`),
      line.quantity,
      unitName(line.unit, english),
    ]),
    signatures: [word('print.signShipper'), word('print.signDriver'), word('print.signTaker')],
    pageWords: word('print.pageWords'),
  }
}
