import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { OpaqueTx } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { Decimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import type { Currency } from '#values/money.ts'
import type { DraftInput, OrderId, ScheduleLineId } from './contract.ts'
import type { Proposal } from './proposal.ts'

export interface AgreedScheduleLine {
  id: ScheduleLineId
  orderId: OrderId
  orderNumber: string
  lineNo: number
  scheduleNo: number
  buyer: OrgId
  supplier: OrgId
  materialId: MaterialId
  materialCode: string
  materialName: string
  supplierCode: string | null
  specification: string
  unit: string
  /** Base units per unit. */
  unitFactor: Decimal
  agreedQuantity: Decimal
  agreedDay: string
  shipped: Decimal
  accepted: Decimal
  rejected: Decimal
  currency: Currency
  netPrice: Decimal
  taxRate: Decimal
  /** Fractions: 0.05 is 5 %. */
  overTolerance: Decimal
  underTolerance: Decimal
  deliverTo: string
}

export interface OrdersPublic {
  /**
   * Agreed schedule lines, locked for update in id order; of either side; strangers' are left out. Also those of orders that are whole or
   * closed: what is on the way is still received, what was received may still be returned; `addShipped` refuses more of them.
   */
  lockScheduleLines(tx: OpaqueTx, ids: readonly ScheduleLineId[]): Promise<AgreedScheduleLine[]>
  /** Agreed lines with something left to ship, the most urgent first: for making a shipping notice. At most 200. */
  shippable(
    tx: OpaqueTx,
    filter: { buyer?: OrgId; supplier?: OrgId; orderId?: OrderId; search?: string; until?: string },
  ): Promise<AgreedScheduleLine[]>
  /**
   * Adds to the counters (negative takes back); the lines were locked before. What was short on arrival is taken back by the receipt, so
   * that it is owed again. Errors: orders.notFound, notOpen, moreThanAgreed, counterBelowZero.
   */
  addShipped(tx: OpaqueTx, ctx: Context, changes: readonly { id: ScheduleLineId; quantity: Decimal }[]): Promise<void>
  /** The buyer's act. `day`: of the receipt. Errors: orders.notFound, moreThanAgreed, counterBelowZero. */
  addReceived(
    tx: OpaqueTx,
    ctx: Context,
    changes: readonly { id: ScheduleLineId; accepted: Decimal; rejected: Decimal; day: string }[],
  ): Promise<void>
  /** Those the acting organisation sees. */
  labels(tx: OpaqueTx, ids: readonly OrderId[]): Promise<Map<OrderId, { number: string }>>
  /** A draft of the acting organisation: for an award, and for first data. Errors: as the endpoint. */
  createDraft(ctx: Context, draft: z.input<typeof DraftInput>): Promise<OrderId>
  /** One step of an order as it stands now, by the acting side: for first data. Errors: as the endpoints. */
  step(ctx: Context, id: OrderId, step: FirstStep): Promise<void>
}

export type FirstStep =
  | { do: 'submit' | 'accept'; note?: string }
  | { do: 'propose'; note?: string; proposal: z.input<typeof Proposal> }
  | { do: 'reject' | 'withdraw' | 'cancel'; reason: string }
