import type { Context } from '#kernel/context.ts'
import type { FileAnswer } from '#kernel/file-answer.ts'
import type { PrintedLabel } from '#kernel/printer.ts'
import { chinaMinute } from '#values/instant.ts'
import { unitName } from '#values/units.ts'
import type { LabelFormatId, Shipment, ShipmentId } from '../contract.ts'
import { logisticsErrors } from '../errors.ts'
import type { LabelCode, LabelSize } from '../label-contract.ts'
import { type LabelLanguage, labelText, standardLabel } from '../labels/label-text.ts'
import { packLabel } from '../labels/pack-label.ts'
import { getShipment } from './read-shipments.ts'
import type { Rooms } from './rooms.ts'

async function issued(rooms: Rooms, ctx: Context, id: ShipmentId): Promise<Shipment> {
  const shipment = await getShipment(rooms, ctx, id)
  if (shipment.number === null) throw logisticsErrors.notIssued({ id })
  return shipment
}

interface Wanted {
  formatId: LabelFormatId | null
  language: LabelLanguage
  code: LabelCode
}

/** All labels of a shipment in the printer's language. Errors: logistics.notFound, logistics.notIssued. */
export async function printLabels(
  rooms: Rooms,
  ctx: Context,
  id: ShipmentId,
  { formatId, language, code }: Wanted,
): Promise<{ fileName: string; text: string }> {
  const shipment = await issued(rooms, ctx, id)
  const format = formatId
    ? await rooms.db.inTenant(ctx, (tx) =>
        tx.sql
          .selectFrom('logistics.label_format')
          .select(['language', 'template'])
          .where('id', '=', formatId)
          .where('buyer_org', '=', shipment.buyer.orgId)
          .where('supplier_org', '=', shipment.supplier.orgId)
          .executeTakeFirst(),
      )
    : { language, template: standardLabel(language, code) }
  if (!format) throw logisticsErrors.notFound({ id: formatId })
  const text = shipment.packs.map((pack) => labelText(format.language, format.template, packLabel(shipment, pack))).join('')
  return { fileName: `${shipment.number}.${format.language}`, text }
}

/** As PDF, for any printer. Errors: logistics.notFound, logistics.notIssued. */
export async function printLabelSheet(
  rooms: Rooms,
  ctx: Context,
  id: ShipmentId,
  { size, code }: { size: LabelSize; code: LabelCode },
): Promise<FileAnswer> {
  const shipment = await issued(rooms, ctx, id)
  const word = (key: string) => rooms.translate(ctx.locale, `logistics.${key}`) ?? key
  if (shipment.packs.length === 0) throw logisticsErrors.notIssued({ id })
  const labels = shipment.packs.map((pack): PrintedLabel => {
    const one = packLabel(shipment, pack)
    const details = [
      one.lot && `${word('lot')} ${one.lot}`,
      one.serial && `SN ${one.serial}`,
      one.productionDay && `${word('producedOn')} ${one.productionDay}`,
      one.expires && `${word('expiresOn')} ${one.expires}`,
      one.order,
      one.shipment,
      `${word(`packKinds.${pack.kind}`)} ${one.position}`,
    ].filter(Boolean)
    return {
      head: [one.supplier, `→ ${one.buyer} ${one.deliverTo}`],
      big: one.material || word('mixed'),
      name: one.materialName,
      quantity: `${one.quantity} ${one.unit}`.trim(),
      details,
      qr: one.qr,
      sscc: one.sscc,
    }
  })
  const title = `${shipment.number ?? ''} ${word('labels')}`.trim()
  return { fileName: `${shipment.number}-${size}.pdf`, as: 'pdf', bytes: await rooms.printer.printLabels({ size, code, title, labels }) }
}

/** 送货单. Errors: logistics.notFound, logistics.notIssued, logistics.noNoteOfHis. */
export async function deliveryNote(rooms: Rooms, ctx: Context, id: ShipmentId, paper: 'a4' | 'continuous241'): Promise<FileAnswer> {
  const shipment = await issued(rooms, ctx, id)
  if (!shipment.departure) throw logisticsErrors.noNoteOfHis({ id })
  const t = (key: string) => rooms.translate(ctx.locale, `logistics.print.${key}`) ?? key
  const number = shipment.number ?? ''
  const bytes = await rooms.printer.print({
    paper,
    issuer: shipment.supplier.name,
    title: t('deliveryNote'),
    number,
    qr: number,
    facts: [
      [t('buyer'), shipment.buyer.name],
      [t('deliverTo'), shipment.deliverTo],
      [t('departure'), chinaMinute(shipment.departure.at)],
      [t('arrival'), chinaMinute(shipment.arrival.at)],
      [t('vehicle'), [shipment.carrier, shipment.vehicle, shipment.driverName].filter(Boolean).join(' ')],
      [t('packs'), String(shipment.packCount)],
    ],
    columns: [
      { title: t('no'), align: 'center' },
      { title: t('order') },
      { title: t('material') },
      { title: t('materialName'), width: '*' },
      { title: t('lot') },
      { title: t('quantity'), align: 'right' },
      { title: t('unit') },
      { title: t('receivedQuantity'), width: 50 },
    ],
    rows: shipment.lines.map((line) => [
      String(line.lineNo),
      line.orderNumber,
      line.materialCode,
      `${line.materialName} ${line.specification}`.trim(),
      lotsOf(shipment, line.lineNo),
      line.quantity,
      unitName(line.unit, ctx.locale === 'en-US'),
      '',
    ]),
    notes: shipment.note === '' ? [] : [shipment.note],
    signatures: [t('signShipper'), t('signDriver'), t('signReceiver')],
    pageWords: t('pageWords'),
  })
  return { fileName: `${number}.pdf`, as: 'pdf', bytes }
}

const lotsOf = ({ packs, loose }: Shipment, lineNo: number): string =>
  [...new Set([...packs.flatMap((pack) => pack.contents), ...loose].flatMap((c) => (c.lineNo === lineNo && c.lot ? [c.lot] : [])))].join(
    ' ',
  )
