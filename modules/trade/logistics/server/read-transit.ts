import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { decimal, sumOf, writeDecimal } from '#values/decimal.ts'
import type { ShipmentId } from '../contract.ts'
import { logisticsErrors } from '../errors.ts'
import type { Coming, TransitPart } from '../transit-contract.ts'
import { supplierView } from './parties.ts'
import type { Rooms } from './rooms.ts'
import { readShipment } from './shipment-store.ts'
import { arrivalOf, shortest } from './shipment-view.ts'
import type { LogisticsTx } from './tables.ts'
import { ENDS } from './transit-rules.ts'

/** Errors: logistics.notFound. */
export const readTransit = ({ db, materials }: Rooms, ctx: Context, id: ShipmentId): Promise<{ parts: TransitPart[] }> =>
  db.inTenant(ctx, async (tx) => {
    const shipment = await readShipment(tx, id)
    if (!shipment) throw logisticsErrors.notFound({ id })
    const rows = await tx.sql
      .selectFrom('logistics.transit')
      .selectAll()
      .where('org_id', '=', tx.orgId)
      .where('shipment_id', '=', id)
      .orderBy('position')
      .execute()
    const facts = await materials.facts(opaque(tx), [...new Set(rows.map((row) => row.material_id))])
    return {
      parts: rows.map((row) => {
        const gone = sumOf(ENDS.map((end) => row[end]).map((text) => decimal(text)))
        return {
          materialId: row.material_id,
          materialCode: row.material_code,
          unit: facts.get(row.material_id)?.baseUnit ?? '',
          lot: row.lot,
          serial: row.serial,
          quantity: shortest(row.quantity),
          delivered: shortest(row.delivered),
          lost: shortest(row.lost),
          apart: shortest(row.apart),
          home: shortest(row.home),
          forgone: shortest(row.forgone),
          open: writeDecimal(decimal(row.quantity) - gone),
        }
      }),
    }
  })

const MOST = 100

export function comingQuery(tx: LogisticsTx, materialId: MaterialId) {
  return tx.sql
    .selectFrom('logistics.shipment as s')
    .innerJoin('logistics.line as l', 'l.shipment_id', 's.id')
    .selectAll('s')
    .select(['l.id as line_id', 'l.unit', 'l.agreed_day', sql<string>`l.quantity - l.accepted - l.rejected`.as('left')])
    .where('s.buyer_org', '=', tx.orgId)
    .where('s.state', 'in', ['issued', 'inTransit', 'arrived', 'receiving'])
    .where('l.buyer_org', '=', tx.orgId)
    .where('l.material_id', '=', materialId)
    .where(sql<boolean>`l.quantity > l.accepted + l.rejected`)
    .orderBy('s.arrival_at')
    .orderBy('s.id')
    .orderBy('l.line_no')
    .limit(MOST)
}

export const readComing = ({ db }: Rooms, ctx: Context, materialId: MaterialId): Promise<{ items: Coming[] }> =>
  db.inTenant(ctx, async (tx) => {
    const rows = await comingQuery(tx, materialId).execute()
    return {
      items: rows.map((row) => ({
        shipmentId: row.id,
        lineId: row.line_id,
        number: row.number ?? '',
        supplier: supplierView(row),
        state: row.state,
        arrival: arrivalOf(row),
        agreedDay: row.agreed_day,
        quantity: shortest(row.left),
        unit: row.unit,
      })),
    }
  })
