import { type Selectable, sql } from 'kysely'
import { readPage } from '#kernel/page.ts'
import type { ListQuery, Page } from '#values/list.ts'
import type { ShipmentHead, ShipmentId, ShipmentState, Side } from '../contract.ts'
import { headView } from './shipment-view.ts'
import type { AppointmentTable, ContentTable, LineTable, LogisticsTx, PackTable, ShipmentTable } from './tables.ts'

export type ShipmentRow = Selectable<ShipmentTable>
export type LineRow = Selectable<LineTable>

// Row-level security hides what concerns neither side and another's drafts; the predicate is here so that a party is named all the same.
const own = (tx: LogisticsTx, id: ShipmentId) =>
  tx.sql
    .selectFrom('logistics.shipment')
    .selectAll()
    .where('id', '=', id)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))

export const readShipment = (tx: LogisticsTx, id: ShipmentId) => own(tx, id).executeTakeFirst()
export const lockShipment = (tx: LogisticsTx, id: ShipmentId) => own(tx, id).forUpdate().executeTakeFirst()

export const sideOf = (tx: LogisticsTx, row: { buyer_org: string }): Side => (row.buyer_org === tx.orgId ? 'buyer' : 'supplier')

export const linesOf = (tx: LogisticsTx, id: ShipmentId) =>
  tx.sql.selectFrom('logistics.line').selectAll().where('shipment_id', '=', id).orderBy('line_no').execute()
export const packsOf = (tx: LogisticsTx, id: ShipmentId) =>
  tx.sql.selectFrom('logistics.pack').selectAll().where('shipment_id', '=', id).orderBy('pack_no').execute()
export const contentsOf = (tx: LogisticsTx, id: ShipmentId) =>
  tx.sql.selectFrom('logistics.content').selectAll().where('shipment_id', '=', id).orderBy('pack_no').orderBy('position').execute()
export const containersOf = (tx: LogisticsTx, id: ShipmentId) =>
  tx.sql.selectFrom('logistics.shipment_container').selectAll().where('shipment_id', '=', id).orderBy('code').execute()
export const appointmentOf = (tx: LogisticsTx, id: ShipmentId) =>
  tx.sql.selectFrom('logistics.appointment').selectAll().where('shipment_id', '=', id).executeTakeFirst()

export type ShipmentParts = {
  shipment: ShipmentRow
  lines: LineRow[]
  packs: Selectable<PackTable>[]
  contents: Selectable<ContentTable>[]
  containers: Awaited<ReturnType<typeof containersOf>>
  appointment: Selectable<AppointmentTable> | undefined
}

export async function partsOf(tx: LogisticsTx, shipment: ShipmentRow): Promise<ShipmentParts> {
  const { id } = shipment
  return {
    shipment,
    lines: await linesOf(tx, id),
    packs: await packsOf(tx, id),
    contents: await contentsOf(tx, id),
    containers: await containersOf(tx, id),
    appointment: await appointmentOf(tx, id),
  }
}

export const changeShipment = (tx: LogisticsTx, id: ShipmentId, change: Partial<Omit<ShipmentRow, 'id' | 'version'>>) =>
  tx.sql
    .updateTable('logistics.shipment')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .returningAll()
    .executeTakeFirstOrThrow()

export interface ShipmentFilter extends ListQuery {
  side: Side
  state?: ShipmentState | undefined
}

/** One side's shipments: of the buyer only what was issued, by an index of its own. */
export function shipmentQuery(tx: LogisticsTx, filter: ShipmentFilter) {
  const other = filter.side === 'buyer' ? 'supplier' : 'buyer'
  let query = tx.sql.selectFrom('logistics.shipment as s').selectAll('s').where(`s.${filter.side}_org`, '=', tx.orgId)
  if (filter.side === 'buyer') query = query.where('s.issued_at', 'is not', null)
  for (const word of (filter.search ?? '').toLowerCase().split(/\s+/).filter(Boolean))
    query = query.where(sql<boolean>`strpos(s.search_text, ${word}) > 0`)
  if (filter.state !== undefined) query = query.where('s.state', '=', filter.state)
  const order = {
    sorts: {
      createdAt: { by: 's.created_at', type: 'timestamptz' as const },
      arrivalAt: { by: 's.arrival_at', type: 'timestamptz' as const },
      number: { by: `coalesce(s.number, '')`, type: 'text' as const },
      partner: { by: `s.${other}_name collate "zh-x-icu"`, type: 'text' as const },
    },
    id: 's.id',
  }
  return { query, order }
}

export async function shipmentPage(tx: LogisticsTx, filter: ShipmentFilter): Promise<Page<ShipmentHead>> {
  const { query, order } = shipmentQuery(tx, filter)
  const page = await readPage(tx, query, filter, order, (row) => row)
  const ids = page.items.map((row) => row.id)
  const booked =
    ids.length === 0 ? [] : await tx.sql.selectFrom('logistics.appointment').selectAll().where('shipment_id', 'in', ids).execute()
  const byShipment = new Map(booked.map((row) => [row.shipment_id, row]))
  return { ...page, items: page.items.map((row) => headView(row, byShipment.get(row.id), tx.orgId)) }
}
