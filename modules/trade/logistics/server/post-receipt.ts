import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { LocationId } from '#modules/trade/inventory/contract.ts'
import type { NewMove } from '#modules/trade/inventory/public.ts'
import type { AgreedScheduleLine } from '#modules/trade/orders/public.ts'
import { type Decimal, divide, multiply, ZERO } from '#values/decimal.ts'
import type { ReceiptId } from '../receiving-contract.ts'
import type { TakenLine } from './receive-goods.ts'
import type { Rooms } from './rooms.ts'
import type { ShipmentRow } from './shipment-store.ts'
import type { LogisticsTx } from './tables.ts'

/** Stock is valued in the buyer's own currency; what was ordered in another is valued when the invoice comes. */
const STOCK_CURRENCY = 'CNY'
const unitCostOf = (agreed: AgreedScheduleLine): Decimal | null =>
  agreed.currency === STOCK_CURRENCY ? divide(agreed.netPrice, agreed.unitFactor) : null

/**
 * Whose goods are that the order counts: the buyer's, at its price; consigned ones stay the supplier's, and what is used of them is billed at
 * its price.
 */
export const ownershipOf = (agreed: AgreedScheduleLine): Pick<NewMove, 'owner' | 'unitCost' | 'consigned'> => {
  if (!agreed.consigned) return { owner: agreed.buyer, unitCost: unitCostOf(agreed) }
  const { orderId, orderNumber, paymentDays, currency, netPrice, taxRate, unitFactor } = agreed
  return {
    owner: agreed.supplier,
    unitCost: null,
    consigned: { orderId, orderNumber, paymentDays, currency, netPrice: divide(netPrice, unitFactor), taxRate },
  }
}

export const accruedLine = (agreed: AgreedScheduleLine, receiptLineId: string, quantity: Decimal) => ({
  receiptLineId,
  scheduleLineId: agreed.id,
  orderId: agreed.orderId,
  orderNumber: agreed.orderNumber,
  materialId: agreed.materialId,
  materialCode: agreed.materialCode,
  materialName: agreed.materialName,
  unit: agreed.unit,
  quantity,
  currency: agreed.currency,
  netPrice: agreed.netPrice,
  taxRate: agreed.taxRate,
  paymentDays: agreed.paymentDays,
})

interface Posted {
  id: ReceiptId
  shipment: ShipmentRow
  day: string
  warehouseId: LocationId
}

/** One call for all moves: own goods, or consigned ones, to the shelf and to quarantine, what is beyond the tolerance to quarantine as the supplier's. */
export async function postReceipt(
  rooms: Rooms,
  tx: LogisticsTx,
  ctx: Context,
  receipt: Posted,
  lines: readonly TakenLine[],
): Promise<void> {
  const rows = lines.flatMap(({ agreed, rows: taken }) => taken.map((row) => ({ agreed, row })))
  if (!rows.some(({ row }) => row.shelf + row.apart + row.excess > ZERO)) return
  const from = await rooms.inventory.systemLocation(opaque(tx), 'supplier')
  const needsQuarantine = rows.some(({ row }) => row.apart + row.excess > ZERO)
  const quarantine = needsQuarantine ? await rooms.inventory.systemLocation(opaque(tx), 'quarantine') : receipt.warehouseId
  const moves = rows.flatMap(({ agreed, row }): NewMove[] => {
    const move = (quantity: Decimal, to: LocationId, owner: 'ours' | 'theirs', part: string): NewMove => ({
      materialId: agreed.materialId,
      quantity: multiply(quantity, agreed.unitFactor),
      from,
      to,
      ...(owner === 'ours' ? ownershipOf(agreed) : { owner: receipt.shipment.supplier_org, unitCost: null }),
      lot: row.input.lot,
      serial: row.input.serial,
      expires: row.input.expiresOn,
      day: receipt.day,
      reason: `${receipt.shipment.number ?? ''} ${agreed.orderNumber}`.trim(),
      source: { entity: 'logistics.receipt', id: receipt.id, line: `${row.id}.${part}` },
    })
    return [
      move(row.shelf, receipt.warehouseId, 'ours', 'shelf'),
      move(row.apart, quarantine, 'ours', 'apart'),
      move(row.excess, quarantine, 'theirs', 'excess'),
    ].filter(({ quantity }) => quantity > ZERO)
  })
  await rooms.inventory.post(opaque(tx), ctx, moves)
}
