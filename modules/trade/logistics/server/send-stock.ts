import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { Sending } from '#modules/trade/inventory/public.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { type Decimal, decimal, multiply, sumOf, writeDecimal, ZERO } from '#values/decimal.ts'
import type { ShipmentId } from '../contract.ts'
import { logisticsErrors } from '../errors.ts'
import type { Rooms } from './rooms.ts'
import { contentsOf, type LineRow, linesOf, lockShipment, type ShipmentRow } from './shipment-store.ts'
import type { LogisticsTx } from './tables.ts'
import { lockParts } from './transit-parts.ts'
import { beyondByName } from './transit-rules.ts'

type StockRooms = Pick<Rooms, 'inventory' | 'materials'>

export interface OwnLine {
  line: LineRow
  materialId: MaterialId
  factor: Decimal
}

/**
 * The supplier's own stock follows the notice into transit, as far as his books hold it: a notice never fails for them, unless he has set that
 * it should. Without a material of his own behind a line nothing is moved for it. Errors: logistics.noOwnMaterial, inventory.notInStock.
 */
export async function sendStock(rooms: StockRooms, tx: LogisticsTx, ctx: Context, shipment: ShipmentRow): Promise<void> {
  const lines = await linesOf(tx, shipment.id)
  const own = await ownLines(rooms, tx, shipment, lines)
  if (own.length < lines.length && (await rooms.inventory.shipsFromStockOnly(opaque(tx)))) {
    const without = lines.find((line) => !own.some((one) => one.line.id === line.id))
    throw logisticsErrors.noOwnMaterial({ line: without?.line_no, material: without?.material_name })
  }
  if (own.length === 0) return
  const contents = Map.groupBy(await contentsOf(tx, shipment.id), (content) => content.line_no)
  const wanted = own.flatMap((one) => {
    const packed = (contents.get(one.line.line_no) ?? []).map(({ quantity, lot, serial }) => ({ quantity: decimal(quantity), lot, serial }))
    const parts = packed.length > 0 ? packed : [{ quantity: decimal(one.line.quantity), lot: null, serial: null }]
    return [...byLot(parts)].map((part) => ({
      ...part,
      line: one.line.id as string,
      materialId: one.materialId,
      quantity: multiply(part.quantity, one.factor),
    }))
  })
  await sendOut(rooms, tx, ctx, { shipment, own, after: 0, gone: false }, wanted)
}

/**
 * What the buyer counted beyond the notice, and all that came without one, has left the supplier's house as well: as far as his books hold it, it follows into transit. Asked
 * for once, in a transaction of its own, in the supplier's tenant. Errors: those of inventory.
 */
export async function sendBeyond(rooms: StockRooms, tx: LogisticsTx, ctx: Context, id: ShipmentId): Promise<void> {
  const shipment = await lockShipment(tx, id)
  if (!shipment || shipment.supplier_org !== tx.orgId) return
  const came = Map.groupBy(await countedOf(tx, id), (row) => row.line_id)
  const asked = await askedOf(tx, id)
  const over = (await linesOf(tx, id)).flatMap((line) => {
    const rows = came.get(line.id) ?? []
    // Of what came without a notice nothing was sent.
    const notified = shipment.made_by === 'supplier' ? decimal(line.quantity) : ZERO
    const beyond = sumOf(rows.map((row) => decimal(row.quantity))) - notified
    const more = beyond - (asked.get(line.id) ?? ZERO)
    return more > ZERO ? [{ line, rows, beyond, more }] : []
  })
  if (over.length === 0) return
  await noteAsked(tx, over)
  const parts = await lockParts(tx, id)
  const own = await ownLines(
    rooms,
    tx,
    shipment,
    over.map((one) => one.line),
  )
  const wanted = own.flatMap(({ line, materialId, factor }) => {
    const of = over.find((one) => one.line.id === line.id)
    if (!of) return []
    const rows = of.rows.map((row) => ({ ...row, quantity: multiply(decimal(row.quantity), factor) }))
    const ofLine = parts.filter(({ row }) => row.line_id === line.id)
    return beyondByName(rows, ofLine, multiply(of.more, factor)).map((part) => ({ ...part, line: line.id as string, materialId }))
  })
  const after = parts.reduce((most, { row }) => Math.max(most, row.position), 0)
  await sendOut(rooms, tx, ctx, { shipment, own, after, gone: true }, wanted)
}

/** All that the buyer counted of each line, good or bad, by lot and number. */
const countedOf = (tx: LogisticsTx, id: ShipmentId) =>
  tx.sql
    .selectFrom('logistics.receipt_line as r')
    .innerJoin('logistics.receipt as g', 'g.id', 'r.receipt_id')
    .select(['r.line_id', 'r.lot', 'r.serial'])
    .select(sql<string>`r.accepted + r.quarantined + r.damaged + r.wrong`.as('quantity'))
    .where('g.shipment_id', '=', id)
    .where('r.supplier_org', '=', tx.orgId)
    .orderBy('g.created_at')
    .orderBy('r.position')
    .execute()

async function askedOf(tx: LogisticsTx, id: ShipmentId): Promise<Map<string, Decimal>> {
  const rows = await tx.sql
    .selectFrom('logistics.beyond as b')
    .innerJoin('logistics.line as l', 'l.id', 'b.line_id')
    .select(['b.line_id', 'b.asked'])
    .where('b.org_id', '=', tx.orgId)
    .where('l.shipment_id', '=', id)
    .execute()
  return new Map(rows.map((row) => [row.line_id, decimal(row.asked)]))
}

const noteAsked = (tx: LogisticsTx, over: readonly { line: LineRow; beyond: Decimal }[]) =>
  tx.sql
    .insertInto('logistics.beyond')
    .values(over.map(({ line, beyond }) => ({ org_id: tx.orgId, line_id: line.id, asked: writeDecimal(beyond) })))
    .onConflict((conflict) => conflict.columns(['org_id', 'line_id']).doUpdateSet((eb) => ({ asked: eb.ref('excluded.asked') })))
    .execute()

interface Going {
  shipment: ShipmentRow
  own: readonly OwnLine[]
  /** Parts that the notice has already. */
  after: number
  gone: boolean
}

async function sendOut(
  rooms: StockRooms,
  tx: LogisticsTx,
  ctx: Context,
  { shipment, own, after, gone }: Going,
  wanted: readonly Sending[],
): Promise<void> {
  const reason = `${shipment.number ?? ''} ${shipment.buyer_name}`.trim()
  const document = { entity: 'logistics.shipment', id: shipment.id, reason, after, gone }
  const sent = await rooms.inventory.send(opaque(tx), ctx, document, wanted)
  if (sent.length === 0) return
  const facts = await rooms.materials.facts(opaque(tx), [...new Set(own.map((one) => one.materialId))])
  const byLine = new Map<string, OwnLine>(own.map((one) => [one.line.id, one]))
  await tx.sql
    .insertInto('logistics.transit')
    .values(
      sent.flatMap((part, i) => {
        const of = byLine.get(part.line)
        if (!of) return []
        return [
          {
            org_id: tx.orgId,
            shipment_id: shipment.id,
            line_id: of.line.id,
            position: after + i + 1,
            material_id: part.materialId,
            material_code: facts.get(part.materialId)?.code ?? '',
            from_id: part.from,
            lot: part.lot,
            serial: part.serial,
            factor: writeDecimal(of.factor),
            quantity: writeDecimal(part.quantity),
          },
        ]
      }),
    )
    .execute()
}

/** Lines behind which there is a material of the supplier's own that is counted in the line's unit. */
export async function ownLines(rooms: StockRooms, tx: LogisticsTx, shipment: ShipmentRow, lines: readonly LineRow[]): Promise<OwnLine[]> {
  const theirs = lines.map((line) => ({ materialId: line.material_id, supplierCode: line.supplier_code }))
  const own = await rooms.inventory.ownMaterials(opaque(tx), shipment.buyer_org, theirs)
  const known = lines.flatMap((line) => {
    const materialId = own.get(line.material_id)
    return materialId ? [{ line, materialId }] : []
  })
  if (known.length === 0) return []
  const factors = await rooms.materials.unitFactors(
    opaque(tx),
    known.map(({ line, materialId }) => ({ materialId, unit: line.unit })),
  )
  return known.flatMap((one, i) => {
    const factor = factors[i]
    return factor === undefined ? [] : [{ ...one, factor }]
  })
}

interface Part {
  quantity: Decimal
  lot: string | null
  serial: string | null
}

/** Boxes of one lot are one line of the stock document. */
function byLot(parts: readonly Part[]): Iterable<Part> {
  const sums = new Map<string, Part>()
  for (const part of parts) {
    const key = `${part.lot ?? ''}\n${part.serial ?? ''}`
    sums.set(key, { ...part, quantity: (sums.get(key)?.quantity ?? ZERO) + part.quantity })
  }
  return sums.values()
}
