import type { Context } from '#kernel/context.ts'
import type { OpaqueTx } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { Decimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import type { Shipment, ShipmentId, ShipmentInput } from './contract.ts'
import type { Receipt, ReceiptId, ReceiptInput, ReceiptLineId } from './receiving-contract.ts'

/** A lot that came in and lies in quarantine until quality decides. Quantities in the unit of the order's line. */
export interface LotToInspect {
  receiptLineId: ReceiptLineId
  receiptId: ReceiptId
  receiptNumber: string
  receivedAt: Date
  shipmentId: ShipmentId
  shipmentNumber: string
  supplierId: OrgId
  supplierName: string
  supplierNameEn: string | null
  orderNumber: string
  materialId: MaterialId
  materialCode: string
  materialName: string
  specification: string
  unit: string
  lot: string | null
  serial: string | null
  /** The buyer's own, still in quarantine. */
  quantity: Decimal
}

/** What becomes of a lot; both together are all that lies in quarantine of it. */
export interface LotVerdict {
  /** Of whoever decides: once per key. */
  key: string
  receiptId: ReceiptId
  receiptLineId: ReceiptLineId
  accepted: Decimal
  rejected: Decimal
  /** For both sides to read, on the claim and on the return. */
  reason: string
}

export interface LogisticsPublic {
  /** Of one receipt of the acting organisation. */
  lotsToInspect(tx: OpaqueTx, receiptId: ReceiptId): Promise<LotToInspect[]>
  /**
   * Accepted goods go from quarantine onto the shelf; rejected ones back to the supplier, with a claim, the order's counters and the accrual
   * reversed: all or none, in one posting. Errors: logistics.notFound, tooMuchReturned; those of inventory.
   */
  settleLot(tx: OpaqueTx, ctx: Context, verdict: LotVerdict): Promise<{ returnNumber: string | null; claimNumber: string | null }>
  /** For first data: as the endpoints, a draft made and issued at once. */
  ship(ctx: Context, input: ShipmentInput): Promise<Shipment>
  depart(ctx: Context, shipment: Shipment, at: string): Promise<Shipment>
  receive(ctx: Context, input: ReceiptInput): Promise<Receipt>
}
