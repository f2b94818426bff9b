import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { OpaqueTx } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { Decimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import type { Currency } from '#values/money.ts'
import type { DraftInput, OrderId, ScheduleLineId, Settings, TermLimit } from './contract.ts'
import type { OnTimeFigure } from './follow-up-contract.ts'
import type { OrderState } from './order-states.ts'
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
  /** More of it may be shipped: the order is in force, and the line is neither whole nor ended. */
  open: boolean
  /** From receipt to payment, as both have signed; null: nothing of it was agreed. */
  paymentDays: number | null
  /** Its goods stay the supplier's until the buyer uses them: nothing is owed on receipt. */
  consigned: boolean
}

export interface OrderProgress {
  number: string
  state: OrderState
  lines: Map<
    number,
    {
      /** Asked for or agreed; of what has ended only what came of it. */
      committed: Decimal
      /** Of the revision that stands. */
      netPrice: string
      shipped: Decimal
      accepted: Decimal
      /** As it stands, in the order of the days. */
      schedule: { day: string; quantity: string }[]
    }
  >
}

/** A line as a revision says it; what is dropped has the quantity zero. */
export interface BoundLine {
  no: number
  quantity: Decimal
  netPrice: string
}

/** A content that shall stand for an order. */
export interface BoundChange {
  orderId: OrderId
  lines: readonly BoundLine[]
}

/**
 * What an order follows from may bound it: asked before a revision is written and again before the other side signs it, in that
 * transaction, the order locked. Throws what it refuses; an order of something else is none of its business.
 */
export type OrderBound = (ctx: Context, tx: OpaqueTx, change: BoundChange) => Promise<void>

/**
 * What the law lets a buyer agree on with a supplier, by their sizes on `sizesOn`, as it stands on `day`; undefined: nothing is known to
 * bind them. With `beyond` (days), only a limit below it.
 */
export type TermLimits = (
  tx: OpaqueTx,
  of: { buyer: OrgId; supplier: OrgId; sizesOn: string; day: string; beyond?: number },
) => Promise<TermLimit | undefined>

export interface OrdersPublic {
  /**
   * Agreed schedule lines, locked for update in id order; of either side; strangers' are left out. Also those of orders that are whole or
   * closed: what is on the way is still received, what was received may still be returned; `addShipped` refuses more of them.
   */
  lockScheduleLines(tx: OpaqueTx, ids: readonly ScheduleLineId[]): Promise<AgreedScheduleLine[]>
  /**
   * Agreed lines with something left to ship, the most urgent first: for making a shipping notice, or receiving without one. `search`: order,
   * material, and the other side's name. `consigned`: of that material's consigned lines alone. At most 200.
   */
  shippable(
    tx: OpaqueTx,
    filter: { buyer?: OrgId; supplier?: OrgId; orderId?: OrderId; search?: string; until?: string; consigned?: MaterialId },
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
  /**
   * A draft of the acting organisation in the caller's transaction, with the number of what it follows from. Errors: as the endpoint, and
   * orders.mayNotOrder.
   */
  makeDraft(tx: OpaqueTx, ctx: Context, draft: z.input<typeof DraftInput>, reference: string): Promise<OrderId>
  /** A draft as above, submitted at once: to the supplier, or where the amount asks for it to an approval first. Errors: as the endpoints. */
  place(tx: OpaqueTx, ctx: Context, draft: z.input<typeof DraftInput>, reference: string): Promise<OrderId>
  /** How far orders have come, by line; of either side. A line that was never proposed is not there. */
  progress(tx: OpaqueTx, ids: readonly OrderId[]): Promise<Map<OrderId, OrderProgress>>
  /** What new orders of the acting organisation begin with. */
  defaults(tx: OpaqueTx): Promise<Pick<Settings, 'terms' | 'responseHours'>>
  /** How punctual suppliers have delivered to the acting organisation, by agreed day; who has delivered nothing is left out. */
  punctuality(
    tx: OpaqueTx,
    ctx: Context,
    suppliers: readonly OrgId[],
    period: { from: string; until: string },
  ): Promise<Map<OrgId, Pick<OnTimeFigure, 'onTime' | 'due' | 'rate'>>>
  /** For first data. Errors: as the endpoint. */
  createDraft(ctx: Context, draft: z.input<typeof DraftInput>): Promise<OrderId>
  /** One step of an order as it stands now, by the acting side: for first data. Errors: as the endpoints. */
  step(ctx: Context, id: OrderId, step: FirstStep): Promise<void>
}

export type FirstStep =
  | { do: 'submit' | 'accept'; note?: string }
  | { do: 'propose'; note?: string; proposal: z.input<typeof Proposal> }
  | { do: 'reject' | 'withdraw' | 'cancel'; reason: string }
  /** The buyer wants one delivery on another day; the supplier answers the request that is open for it. */
  | { do: 'expedite'; line: number; schedule: number; day: string; reason: string }
  | { do: 'promise'; line: number; schedule: number; day: string; note?: string }
