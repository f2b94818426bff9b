import type { Context } from '#kernel/context.ts'
import type { OpaqueTx } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { Decimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import type { Currency } from '#values/money.ts'
import type { ConsignedUse } from './consigned-contract.ts'
import type { ConsignmentId, ConsignmentUsed, LocationId, LocationKind, StockShareId } from './contract.ts'

/** A line of a document: what makes a posting or a reservation the same one when it comes again. */
export interface StockSource {
  entity: string
  id: string
  line: string
}

/** The order by which goods came into consignment, as both have signed it. */
export interface ConsignedBy {
  orderId: string
  orderNumber: string
  paymentDays: number | null
  currency: Currency
  /** Of one base unit. */
  netPrice: Decimal
  taxRate: Decimal
}

export interface NewMove {
  materialId: MaterialId
  /** Greater than zero, in the material's base unit. */
  quantity: Decimal
  from: LocationId
  to: LocationId
  owner: OrgId
  lot: string | null
  serial: string | null
  expires: string | null
  day: string
  /** Of one base unit, for what comes in from outside. */
  unitCost: Decimal | null
  reason: string
  source: StockSource
  /** Of a supplier's goods that come in by an order, or go back to him: what is used of them is billed by it. */
  consigned?: ConsignedBy
  /** The reserved line that it uses up; default: its own. */
  reservedFor?: StockSource
}

export interface Wanted {
  materialId: MaterialId
  warehouse: LocationId
  quantity: Decimal
  for: StockSource
}

/** Goods of one's own that leave on a shipping notice; of one line and, where it is known, one lot or piece. */
export interface Sending {
  /** Of the caller: told again with each part. */
  line: string
  materialId: MaterialId
  /** Greater than zero, in the material's base unit. */
  quantity: Decimal
  lot: string | null
  serial: string | null
}

export interface SendingDocument {
  entity: string
  id: string
  reason: string
  /** Lines that the document has posted before. */
  after?: number
  /** The goods have left the house whatever the setting says: nothing is refused. */
  gone?: boolean
}

/** What the books held of it and moved into transit. */
export interface Sent {
  line: string
  materialId: MaterialId
  from: LocationId
  lot: string | null
  serial: string | null
  quantity: Decimal
  source: StockSource
}

export type Reserved = { kind: 'reserved' } | { kind: 'short'; lines: { materialId: MaterialId; missing: Decimal }[] }

/** Where value came from or went to. */
export type ValueCounter = 'supplier' | 'customer' | 'production' | 'loss' | 'revaluation'

/** What one posting changed in the value that a document has moved into the own stock; `value` in minor units, negative out of it. */
export interface ValueChange {
  batchId: string
  entity: string
  counter: ValueCounter
  day: string
  /** Of a stock document or stocktake; else the words of its moves. */
  number: string
  value: bigint
}

/** Of a receipt's line that was invoiced: how much of it (in any one unit), and how many minor units dearer than it came in. */
export interface Revalued {
  line: string
  receiptId: string
  receiptLineId: string
  taken: Decimal
  whole: Decimal
  amount: bigint
}

export interface InventoryPublic {
  /**
   * In the transaction that books an invoice: its difference to the price of the receipt raises or lowers what is left of the goods. What of
   * it is not left, or came from no receipt, changes nothing here. Amounts in the stock's currency. Once per document and line.
   */
  revalue(tx: OpaqueTx, ctx: Context, document: { entity: string; id: string; number: string }, lines: readonly Revalued[]): Promise<void>
  /** The documents whose value a posting changed (`inventory.valueChanged`). */
  changedSources(tx: OpaqueTx, batchId: string): Promise<string[]>
  /** All that has changed in a document's value, later postings included. */
  valueChanges(tx: OpaqueTx, sourceId: string): Promise<ValueChange[]>
  /**
   * Posts all or none. Posting the same source line again changes nothing; a move of a reserved line uses its reservation up. One call for
   * all moves of a transaction: two calls may wait for each other's materials crosswise. Errors: inventory.notEnough, reservedForOthers,
   * locationClosed, lotNeeded, … (server/post-moves.ts); the transaction is over then.
   */
  post(tx: OpaqueTx, ctx: Context, moves: readonly NewMove[]): Promise<void>
  /**
   * Out of one's own warehouses into transit what they hold of it unreserved and unexpired, oldest first; the named lot alone where one is
   * named and the material is kept by lots. What the books do not hold is left out, for the goods go all the same; with the setting “only from
   * stock” it is refused. One call in a transaction, instead of `post`. Errors: inventory.notInStock, and then alone periodClosed.
   */
  send(tx: OpaqueTx, ctx: Context, document: { entity: string; id: string; reason: string }, lines: readonly Sending[]): Promise<Sent[]>
  /** The setting of `send`. */
  shipsFromStockOnly(tx: OpaqueTx): Promise<boolean>
  /**
   * As a supplier: one's own materials of what a buyer orders, by what is shared with him, else by the code that he knows one's own by.
   * Those that cannot be told are left out.
   */
  ownMaterials(
    tx: OpaqueTx,
    buyer: OrgId,
    theirs: readonly { materialId: MaterialId; supplierCode: string | null }[],
  ): Promise<Map<MaterialId, MaterialId>>
  /** Those of the places that are open still. */
  openPlaces(tx: OpaqueTx, ids: readonly LocationId[]): Promise<Set<LocationId>>
  /** The organisation's one place of such a kind (made when first asked for): where goods come from and go to outside its warehouses. */
  systemLocation(tx: OpaqueTx, kind: Exclude<LocationKind, 'warehouse' | 'bin'>): Promise<LocationId>
  /** Those that are open, by code. */
  warehouses(tx: OpaqueTx): Promise<{ id: LocationId; code: string; name: string; kind: LocationKind }[]>
  /** For first data: as the endpoint. */
  createWarehouse(ctx: Context, warehouse: { code: string; name: string }): Promise<LocationId>
  /** For first data: as the endpoints. */
  askShare(
    ctx: Context,
    wish: { supplierId: OrgId; materialId: MaterialId; purpose: string },
  ): Promise<{ id: StockShareId; version: number }>
  giveShare(ctx: Context, id: StockShareId, given: { version: number; ownMaterialId: MaterialId }): Promise<unknown>
  agreeConsigned(
    ctx: Context,
    kept: { supplierId: OrgId; materialId: MaterialId; min: string | null; max: string | null },
  ): Promise<{ id: ConsignmentId }>
  takeConsigned(ctx: Context, id: ConsignmentId, use: ConsignedUse): Promise<ConsignmentUsed>
  /** All or none, atomic; `short` says what is missing. The same line again sets its quantity anew. */
  reserve(tx: OpaqueTx, ctx: Context, lines: readonly Wanted[]): Promise<Reserved>
  release(tx: OpaqueTx, ctx: Context, source: { entity: string; id: string }): Promise<void>
}
