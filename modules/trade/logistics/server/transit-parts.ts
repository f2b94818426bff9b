import { type Selectable, sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { LocationId } from '#modules/trade/inventory/contract.ts'
import type { NewMove } from '#modules/trade/inventory/public.ts'
import { type Decimal, decimal, writeDecimal } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import type { ShipmentId } from '../contract.ts'
import type { Rooms } from './rooms.ts'
import type { LogisticsTx, TransitTable } from './tables.ts'
import { ENDS, type End, type Step, type TransitPart } from './transit-rules.ts'

export interface Part extends TransitPart {
  row: Selectable<TransitTable>
}

/** What the supplier's books moved for a notice, held until the end of the transaction. */
export async function lockParts(tx: LogisticsTx, id: ShipmentId): Promise<Part[]> {
  const rows = await tx.sql
    .selectFrom('logistics.transit')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('shipment_id', '=', id)
    .orderBy('position')
    .forUpdate()
    .execute()
  return rows.map(partOf)
}

export const partOf = (row: Selectable<TransitTable>): Part => ({
  id: row.id,
  row,
  quantity: decimal(row.quantity),
  lot: row.lot,
  serial: row.serial,
  ...endsOf((end) => decimal(row[end])),
})

const endsOf = <Value>(value: (end: End) => Value) => Object.fromEntries(ENDS.map((end) => [end, value(end)])) as Record<End, Value>

export type Places = Record<'transit' | 'customer' | 'loss' | 'quarantine', LocationId>

export async function placesOf(inventory: Rooms['inventory'], tx: LogisticsTx): Promise<Places> {
  const place = (kind: keyof Places) => inventory.systemLocation(opaque(tx), kind)
  const transit = await place('transit')
  const customer = await place('customer')
  const loss = await place('loss')
  return { transit, customer, loss, quarantine: await place('quarantine') }
}

/** The ends of the parts that a transaction moves, as they grow. */
export type Ends = Map<string, Record<End, Decimal>>
export const startEnds = (): Ends => new Map()

/** A move out of transit; its source line is the end and its sum, so that the same step is never taken twice. */
export function moveOfStep(
  tx: LogisticsTx,
  ctx: Context,
  ends: Ends,
  { part, end, quantity }: Step<Part>,
  { reason, from, to }: { reason: string; from: LocationId; to: LocationId },
): NewMove {
  const total = ends.get(part.id) ?? endsOf((one) => part[one])
  total[end] += quantity
  ends.set(part.id, total)
  return {
    materialId: part.row.material_id,
    quantity,
    from,
    to,
    owner: tx.orgId,
    lot: part.lot,
    serial: part.serial,
    expires: null,
    day: chinaDay(ctx.now),
    unitCost: null,
    reason,
    source: { entity: 'logistics.transit', id: part.id, line: `${end}.${writeDecimal(total[end])}` },
  }
}

/** In one statement: a notice may have thousands of parts. */
export async function writeEnds(tx: LogisticsTx, ends: Ends): Promise<void> {
  if (ends.size === 0) return
  const rows = [...ends].map(([id, total]) => ({ id, ...endsOf((end) => writeDecimal(total[end])) }))
  await sql`update logistics.transit as t
    set delivered = e.delivered, lost = e.lost, apart = e.apart, home = e.home, forgone = e.forgone
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as e(id uuid, delivered numeric, lost numeric, apart numeric, home numeric, forgone numeric)
    where t.org_id = ${tx.orgId} and t.id = e.id`.execute(tx.sql)
}

/** Of a part that was delivered into consignment, what lies there still. */
export const keptOf = (part: Part): Decimal => part.delivered - decimal(part.row.gone)

/** A move out of consignment. `gone`: of the whole transaction so far, this move included; its source line is the sum. */
export const moveOfKept = (
  ctx: Context,
  { part, quantity }: { part: Part; quantity: Decimal },
  { gone, reason, from, to }: { gone: ReadonlyMap<string, Decimal>; reason: string; from: LocationId; to: LocationId },
): NewMove => ({
  materialId: part.row.material_id,
  quantity,
  from,
  to,
  owner: ctx.orgId,
  lot: part.lot,
  serial: part.serial,
  expires: null,
  day: chinaDay(ctx.now),
  unitCost: null,
  reason,
  source: {
    entity: 'logistics.transit',
    id: part.id,
    line: `gone.${to}.${writeDecimal(decimal(part.row.gone) + (gone.get(part.id) ?? 0n))}`,
  },
})

export async function writeGone(tx: LogisticsTx, gone: ReadonlyMap<string, Decimal>): Promise<void> {
  if (gone.size === 0) return
  const rows = [...gone].map(([id, quantity]) => ({ id, quantity: writeDecimal(quantity) }))
  await sql`update logistics.transit as t set gone = t.gone + g.quantity
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(id uuid, quantity numeric)
    where t.org_id = ${tx.orgId} and t.id = g.id`.execute(tx.sql)
}
