import { sql } from 'kysely'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { type Decimal, decimal, writeDecimal } from '#values/decimal.ts'
import type { LocationId } from '../contract.ts'
import type { StockSource } from '../public.ts'
import { sourceText } from './move-rules.ts'
import type { InventoryTx } from './tables.ts'

export interface Place {
  materialId: MaterialId
  warehouse: LocationId
}
export const placeText = (place: Place): string => `${place.materialId}\n${place.warehouse}`

export interface Availability extends Place {
  onHand: Decimal
  reserved: Decimal
}

/** Under the items' locks. */
export async function readAvailability(tx: InventoryTx, places: readonly Place[]): Promise<Map<string, Availability>> {
  const { rows } = await sql<Place & { onHand: string; reserved: string }>`
    select a.material_id as "materialId", a.warehouse_id as warehouse, a.on_hand as "onHand", a.reserved
    from jsonb_to_recordset(${JSON.stringify(places.map(({ materialId, warehouse }) => ({ materialId, warehouse })))}::jsonb)
      as n("materialId" uuid, warehouse uuid)
    join inventory.availability a on a.org_id = ${tx.orgId} and a.material_id = n."materialId" and a.warehouse_id = n.warehouse`.execute(
    tx.sql,
  )
  return new Map(rows.map((row) => [placeText(row), { ...row, onHand: decimal(row.onHand), reserved: decimal(row.reserved) }]))
}

export async function writeAvailability(tx: InventoryTx, rows: readonly Availability[]): Promise<void> {
  if (rows.length === 0) return
  const given = rows.map((row) => ({ ...row, onHand: writeDecimal(row.onHand), reserved: writeDecimal(row.reserved) }))
  await sql`insert into inventory.availability (org_id, material_id, warehouse_id, on_hand, reserved)
    select ${tx.orgId}, n."materialId", n.warehouse, n."onHand", n.reserved
    from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as n("materialId" uuid, warehouse uuid, "onHand" numeric, reserved numeric)
    on conflict (org_id, material_id, warehouse_id) do update set on_hand = excluded.on_hand, reserved = excluded.reserved`.execute(tx.sql)
}

export interface Reservation extends Place {
  quantity: Decimal
  source: StockSource
}

interface StoredReservation extends Place, StockSource {
  quantity: string
}
const reservationOf = ({ materialId, warehouse, quantity, entity, id, line }: StoredReservation): Reservation => ({
  materialId,
  warehouse,
  quantity: decimal(quantity),
  source: { entity, id, line },
})

export async function reservationsFor(tx: InventoryTx, sources: readonly StockSource[]): Promise<Map<string, Reservation>> {
  const { rows } = await sql<StoredReservation>`
    select r.material_id as "materialId", r.warehouse_id as warehouse, r.quantity, n.entity, n.id, n.line
    from jsonb_to_recordset(${JSON.stringify(sources)}::jsonb) as n(entity text, id text, line text)
    join inventory.reservation r on r.org_id = ${tx.orgId} and r.source_entity = n.entity and r.source_id = n.id and r.source_line = n.line`.execute(
    tx.sql,
  )
  return new Map(rows.map((row) => [sourceText(row), reservationOf(row)]))
}

export async function reservationsOf(tx: InventoryTx, source: { entity: string; id: string }): Promise<Reservation[]> {
  const { rows } = await sql<StoredReservation>`
    select material_id as "materialId", warehouse_id as warehouse, quantity, source_entity as entity, source_id as id, source_line as line
    from inventory.reservation where org_id = ${tx.orgId} and source_entity = ${source.entity} and source_id = ${source.id}`.execute(tx.sql)
  return rows.map(reservationOf)
}

/** Quantities as they are from now on; zero ends one. */
export async function writeReservations(tx: InventoryTx, now: Date, reservations: readonly Reservation[]): Promise<void> {
  const rows = reservations.map(({ materialId, warehouse, quantity, source }) => ({
    materialId,
    warehouse,
    quantity: writeDecimal(quantity),
    ...source,
  }))
  const ended = rows.filter((row) => row.quantity === '0')
  const kept = rows.filter((row) => row.quantity !== '0')
  if (ended.length > 0)
    await sql`delete from inventory.reservation r
      using jsonb_to_recordset(${JSON.stringify(ended)}::jsonb) as n(entity text, id text, line text)
      where r.org_id = ${tx.orgId} and r.source_entity = n.entity and r.source_id = n.id and r.source_line = n.line`.execute(tx.sql)
  if (kept.length > 0)
    await sql`insert into inventory.reservation (org_id, material_id, warehouse_id, quantity, source_entity, source_id, source_line, created_at)
      select ${tx.orgId}, n."materialId", n.warehouse, n.quantity, n.entity, n.id, n.line, ${now}
      from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb)
        as n("materialId" uuid, warehouse uuid, quantity numeric, entity text, id text, line text)
      on conflict on constraint reservation_source do update set material_id = excluded.material_id, warehouse_id = excluded.warehouse_id,
        quantity = excluded.quantity`.execute(tx.sql)
}
