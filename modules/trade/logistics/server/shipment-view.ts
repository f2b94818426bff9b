import type { Selectable } from 'kysely'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import type { Appointment, Content, Shipment, ShipmentHead, ShipmentLine, Timed } from '../contract.ts'
import { buyerView, supplierView } from './parties.ts'
import type { LineRow, ShipmentParts, ShipmentRow } from './shipment-store.ts'
import type { AppointmentTable, ContentTable } from './tables.ts'

export const departureOf = ({
  departure_kind: kind,
  departure_at: at,
}: Pick<ShipmentRow, 'departure_kind' | 'departure_at'>): Timed | null =>
  kind !== null && at !== null ? { kind, at: at.toISOString() } : null
export const arrivalOf = ({ arrival_kind: kind, arrival_at: at }: Pick<ShipmentRow, 'arrival_kind' | 'arrival_at'>): Timed => ({
  kind,
  at: at.toISOString(),
})

/** As a column writes it, `12.500000`, in its shortest form. */
export const shortest = (text: string): string => writeDecimal(decimal(text))

export const appointmentView = (row: Selectable<AppointmentTable> | undefined): Appointment | null =>
  row ? { dock: row.dock_code, dockName: row.dock_name, day: row.day, startMinute: row.start_minute, endMinute: row.end_minute } : null

export const headView = (row: ShipmentRow, appointment: Selectable<AppointmentTable> | undefined, reader: OrgId): ShipmentHead => ({
  id: row.id,
  number: row.number,
  buyer: buyerView(row),
  supplier: supplierView(row),
  side: row.buyer_org === reader ? 'buyer' : 'supplier',
  state: row.state,
  madeBy: row.made_by,
  departure: departureOf(row),
  arrival: arrivalOf(row),
  deliverTo: row.deliver_to,
  lineCount: row.line_count,
  packCount: row.pack_count,
  appointment: appointmentView(appointment),
  createdAt: row.created_at.toISOString(),
  issuedAt: row.issued_at?.toISOString() ?? null,
  version: row.version,
})

export const lineView = (row: LineRow): ShipmentLine => ({
  id: row.id,
  lineNo: row.line_no,
  scheduleLineId: row.schedule_line_id,
  orderId: row.order_id,
  orderNumber: row.order_number,
  orderLineNo: row.order_line_no,
  scheduleNo: row.schedule_no,
  materialId: row.material_id,
  materialCode: row.material_code,
  materialName: row.material_name,
  supplierCode: row.supplier_code,
  specification: row.specification,
  unit: row.unit,
  agreedDay: row.agreed_day,
  consigned: row.consigned,
  quantity: shortest(row.quantity),
  accepted: shortest(row.accepted),
  rejected: shortest(row.rejected),
  excess: shortest(row.excess),
  missing: shortest(row.missing),
})

export const contentView = (row: Selectable<ContentTable>): Content => ({
  lineNo: row.line_no,
  quantity: shortest(row.quantity),
  lot: row.lot,
  serial: row.serial,
  producedOn: row.produced_on,
  expiresOn: row.expires_on,
})

export function shipmentView({ shipment, lines, packs, contents, containers, appointment }: ShipmentParts, reader: OrgId): Shipment {
  const inPack = Map.groupBy(contents, (content) => content.pack_no)
  return {
    ...headView(shipment, appointment, reader),
    lines: lines.map(lineView),
    packs: packs.map((pack) => ({
      id: pack.id,
      packNo: pack.pack_no,
      kind: pack.kind,
      withinNo: pack.within_no,
      sscc: pack.sscc,
      contents: (inPack.get(pack.pack_no) ?? []).map(contentView),
    })),
    loose: (inPack.get(null) ?? []).map(contentView),
    containers: containers.map(({ code, name, quantity }) => ({ code, name, count: quantity })),
    carrier: shipment.carrier,
    vehicle: shipment.vehicle,
    driverName: shipment.driver_name,
    driverPhone: shipment.driver_phone,
    note: shipment.note,
  }
}
