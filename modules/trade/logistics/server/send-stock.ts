import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { type Decimal, decimal, multiply, writeDecimal, ZERO } from '#values/decimal.ts'
import { logisticsErrors } from '../errors.ts'
import type { Rooms } from './rooms.ts'
import { contentsOf, type LineRow, linesOf, type ShipmentRow } from './shipment-store.ts'
import type { LogisticsTx } from './tables.ts'

interface OwnLine {
  line: LineRow
  materialId: MaterialId
  factor: Decimal
}

/**
 * The supplier's own stock follows the notice into transit, as far as his books hold it: a notice never fails for them, unless he has set that
 * it should. Without a material of his own behind a line nothing is moved for it. Errors: logistics.noOwnMaterial, inventory.notInStock.
 */
export async function sendStock(rooms: Rooms, tx: LogisticsTx, ctx: Context, shipment: ShipmentRow): Promise<void> {
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
  const document = { entity: 'logistics.shipment', id: shipment.id, reason: `${shipment.number ?? ''} ${shipment.buyer_name}`.trim() }
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
            position: i + 1,
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
async function ownLines(rooms: Rooms, tx: LogisticsTx, shipment: ShipmentRow, lines: readonly LineRow[]): Promise<OwnLine[]> {
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
