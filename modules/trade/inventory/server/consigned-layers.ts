import { sql } from 'kysely'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { type Decimal, decimal, least, sumOf, writeDecimal, ZERO } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import type { NewMove } from '../public.ts'
import type { InventoryTx } from './tables.ts'

type InOrOut = Pick<NewMove, 'materialId' | 'owner' | 'quantity' | 'lot' | 'day' | 'consigned'>

/** The item's row is locked by whoever posts or uses: layers of a material change under it. */
const layersOf = (tx: InventoryTx, supplier: OrgId, materialId: MaterialId) =>
  tx.sql
    .selectFrom('inventory.consigned_layer')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('supplier_org', '=', supplier)
    .where('material_id', '=', materialId)
    .where('left_quantity', '>', '0')
    .orderBy('day')
    .orderBy('id')
type Layer = Awaited<ReturnType<ReturnType<typeof layersOf>['execute']>>[number]

/** What came in by an order, each at its price. */
export async function addLayers(tx: InventoryTx, moves: readonly InOrOut[]): Promise<void> {
  const rows = moves.flatMap(({ materialId, owner, quantity, lot, day, consigned }) =>
    consigned
      ? [
          {
            org_id: tx.orgId,
            supplier_org: owner,
            material_id: materialId,
            lot: lot ?? '',
            day,
            quantity: writeDecimal(quantity),
            left_quantity: writeDecimal(quantity),
            currency: consigned.currency,
            net_price: writeDecimal(consigned.netPrice),
            tax_rate: writeDecimal(consigned.taxRate),
            order_id: consigned.orderId,
            order_number: consigned.orderNumber,
            payment_days: consigned.paymentDays,
          },
        ]
      : [],
  )
  if (rows.length > 0) await tx.sql.insertInto('inventory.consigned_layer').values(rows).execute()
}

/** What went back to the supplier by the order it had come by: the newest of it first, of its lot before others. */
export async function takeLayersBack(tx: InventoryTx, moves: readonly InOrOut[]): Promise<void> {
  for (const { materialId, owner, quantity, lot, consigned } of moves) {
    if (!consigned) continue
    const layers = (await layersOf(tx, owner, materialId).execute()).filter((layer) => layer.order_id === consigned.orderId).reverse()
    await write(tx, takeFrom(byLot(layers, lot), quantity).taken)
  }
}

export interface UsedPart {
  quantity: Decimal
  layer: Layer | null
}

/**
 * What is used, by the orders it came by: the first to come first, of the named lot before others. `onHand`: what of his lies here before it;
 * layers that stand for more were lost, and the oldest of them are passed over. What no order brought has no layer and comes last.
 */
export async function drawLayers(
  tx: InventoryTx,
  {
    supplier,
    materialId,
    lot,
    quantity,
    onHand,
  }: { supplier: OrgId; materialId: MaterialId; lot: string | null; quantity: Decimal; onHand: Decimal },
): Promise<UsedPart[]> {
  const layers = await layersOf(tx, supplier, materialId).execute()
  const lost = sumOf(layers.map((layer) => decimal(layer.left_quantity))) - onHand
  if (lost > ZERO) {
    await write(tx, takeFrom(layers, lost).taken)
    return drawLayers(tx, { supplier, materialId, lot, quantity, onHand })
  }
  const { taken, rest } = takeFrom(byLot(layers, lot), quantity)
  await write(tx, taken)
  return [...taken, ...(rest > ZERO ? [{ quantity: rest, layer: null }] : [])]
}

const byLot = (layers: readonly Layer[], lot: string | null): Layer[] =>
  layers.toSorted((a, b) => Number(b.lot === (lot ?? '')) - Number(a.lot === (lot ?? '')))

interface Taken {
  quantity: Decimal
  layer: Layer
}

function takeFrom(layers: readonly Layer[], wanted: Decimal): { taken: Taken[]; rest: Decimal } {
  let rest = wanted
  const taken = layers.flatMap((layer) => {
    const quantity = least(decimal(layer.left_quantity), rest)
    if (quantity <= ZERO) return []
    rest -= quantity
    return [{ layer, quantity }]
  })
  return { taken, rest }
}

async function write(tx: InventoryTx, taken: readonly Taken[]): Promise<void> {
  if (taken.length === 0) return
  const rows = taken.map(({ layer, quantity }) => ({ id: layer.id, quantity: writeDecimal(quantity) }))
  await sql`update inventory.consigned_layer l set left_quantity = l.left_quantity - n.quantity
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(id uuid, quantity numeric)
    where l.org_id = ${tx.orgId} and l.id = n.id`.execute(tx.sql)
}
