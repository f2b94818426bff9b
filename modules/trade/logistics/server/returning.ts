import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { type Decimal, decimal, writeDecimal } from '#values/decimal.ts'
import type { ShipmentId } from '../contract.ts'
import { logisticsErrors } from '../errors.ts'
import type { Returning } from '../transit-contract.ts'
import type { Rooms } from './rooms.ts'
import { ownLines } from './send-stock.ts'
import { type LineRow, linesOf, readShipment, type ShipmentRow, sideOf } from './shipment-store.ts'
import { shortest } from './shipment-view.ts'
import type { LogisticsTx } from './tables.ts'

/** Something that comes back: a claim of refused goods, or the line of a return. Quantities in the unit of the line. */
export interface ReturningRow {
  cause: Returning['cause']
  id: string
  number: string
  line: LineRow
  quantity: Decimal
  cameBack: Decimal
  forgone: Decimal
  names: Returning['names']
  /** Never the buyer's: in the supplier's books it is on the way still. */
  fromTransit: boolean
}

export const leftOf = ({ quantity, cameBack, forgone }: Pick<ReturningRow, 'quantity' | 'cameBack' | 'forgone'>): Decimal =>
  quantity - cameBack - forgone

/** Refused goods that the buyer keeps do not come back; neither does the excess at his house until he returns it. */
async function refusedOf(tx: LogisticsTx, id: ShipmentId) {
  const claims = await tx.sql
    .selectFrom('logistics.claim')
    .select(['id', 'number', 'line_id', 'receipt_id', 'kind', 'quantity', 'came_back', 'forgone'])
    .where('shipment_id', '=', id)
    .where('kind', 'in', ['damaged', 'wrong'])
    .where(sql<boolean>`settlement is distinct from 'keep'`)
    .orderBy('id')
    .execute()
  const counted = await tx.sql
    .selectFrom('logistics.receipt_line as r')
    .innerJoin('logistics.receipt as g', 'g.id', 'r.receipt_id')
    .select(['r.receipt_id', 'r.line_id', 'r.lot', 'r.serial', 'r.damaged', 'r.wrong'])
    .where('g.shipment_id', '=', id)
    .orderBy('r.position')
    .execute()
  return claims.map((claim) => ({
    ...claim,
    cause: 'refused' as const,
    fromTransit: true,
    names: counted
      .filter((row) => row.receipt_id === claim.receipt_id && row.line_id === claim.line_id)
      .map((row) => ({ lot: row.lot, serial: row.serial, quantity: shortest(claim.kind === 'damaged' ? row.damaged : row.wrong) }))
      .filter((name) => name.quantity !== '0'),
  }))
}

async function returnedOf(tx: LogisticsTx, id: ShipmentId) {
  const rows = await tx.sql
    .selectFrom('logistics.goods_return_line as l')
    .innerJoin('logistics.goods_return as g', 'g.id', 'l.return_id')
    .innerJoin('logistics.receipt as r', 'r.id', 'g.receipt_id')
    .innerJoin('logistics.receipt_line as of', 'of.id', 'l.receipt_line_id')
    .select(['l.id', 'g.number', 'of.line_id', 'of.lot', 'of.serial', 'l.quantity', 'l.taken_from', 'l.came_back', 'l.forgone'])
    .where('r.shipment_id', '=', id)
    .orderBy('l.id')
    .execute()
  return rows.map((row) => ({
    ...row,
    cause: 'returned' as const,
    fromTransit: row.taken_from === 'excess',
    names: [{ lot: row.lot, serial: row.serial, quantity: shortest(row.quantity) }],
  }))
}

/** All that ever came back of a notice, or will. Whoever changes it holds the notice's lock. */
export async function returningOf(tx: LogisticsTx, id: ShipmentId): Promise<ReturningRow[]> {
  const found = [...(await refusedOf(tx, id)), ...(await returnedOf(tx, id))]
  if (found.length === 0) return []
  const lines = new Map((await linesOf(tx, id)).map((line) => [line.id, line]))
  return found.flatMap((row) => {
    const line = lines.get(row.line_id)
    const { cause, id: of, number, names, fromTransit } = row
    if (!line) return []
    const quantities = { quantity: decimal(row.quantity), cameBack: decimal(row.came_back), forgone: decimal(row.forgone) }
    return [{ cause, id: of, number, line, names, fromTransit, ...quantities }]
  })
}

/** See the contract. Errors: logistics.notFound. */
export const readReturning = (rooms: Rooms, ctx: Context, id: ShipmentId) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const shipment = await readShipment(tx, id)
    if (!shipment) throw logisticsErrors.notFound({ id })
    return returningView(rooms, tx, shipment)
  })

export async function returningView(rooms: Rooms, tx: LogisticsTx, shipment: ShipmentRow) {
  const rows = await returningOf(tx, shipment.id)
  const isSupplier = sideOf(tx, shipment) === 'supplier'
  const controls = isSupplier && rows.length > 0 ? await controlsOf(rooms, tx, shipment, rows) : new Map<string, Returning['control']>()
  const places = isSupplier && rows.length > 0 ? await rooms.inventory.warehouses(opaque(tx)) : []
  return {
    items: rows.map(
      (row): Returning => ({
        cause: row.cause,
        id: row.id,
        number: row.number,
        lineNo: row.line.line_no,
        materialCode: row.line.material_code,
        materialName: row.line.material_name,
        unit: row.line.unit,
        quantity: writeDecimal(row.quantity),
        cameBack: writeDecimal(row.cameBack),
        forgone: writeDecimal(row.forgone),
        left: writeDecimal(leftOf(row)),
        names: row.names,
        control: controls.get(row.line.id) ?? null,
      }),
    ),
    places: places.map((place) => ({ id: place.id, name: place.name })),
  }
}

async function controlsOf(rooms: Rooms, tx: LogisticsTx, shipment: ShipmentRow, rows: readonly ReturningRow[]) {
  const own = await ownLines(rooms, tx, shipment, [...new Set(rows.map((row) => row.line))])
  const facts = await rooms.materials.facts(opaque(tx), [...new Set(own.map((one) => one.materialId))])
  return new Map(own.map((one) => [one.line.id as string, facts.get(one.materialId)?.control ?? null]))
}

/** Notices of which something is still on its way back to the acting supplier, the oldest first. */
export async function notesComingBack(tx: LogisticsTx, most: number) {
  const { rows } = await sql<{ id: ShipmentId; number: string | null; buyer_name: string }>`
    with coming as (
      select shipment_id from logistics.claim
      where supplier_org = ${tx.orgId} and kind in ('damaged', 'wrong') and settlement is distinct from 'keep' and came_back + forgone < quantity
      union
      select r.shipment_id from logistics.goods_return_line l
      join logistics.goods_return g on g.id = l.return_id join logistics.receipt r on r.id = g.receipt_id
      where l.supplier_org = ${tx.orgId} and l.came_back + l.forgone < l.quantity
    )
    select s.id, s.number, s.buyer_name from coming join logistics.shipment s on s.id = coming.shipment_id
    where s.supplier_org = ${tx.orgId} order by s.id limit ${most}`.execute(tx.sql)
  return rows
}
