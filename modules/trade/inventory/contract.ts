import { z } from 'zod'
import { MaterialId } from '#modules/trade/materials/contract.ts'
import { endpoint } from '#values/endpoint.ts'
import { event } from '#values/event.ts'
import { idOf, OrgId } from '#values/ids.ts'
import { CalendarDate } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { Currency, UnitPrice } from '#values/money.ts'
import { permissions } from '#values/permission.ts'
import { inventoryErrors } from './errors.ts'

export const LocationId = idOf('Location')
export type LocationId = z.infer<typeof LocationId>
export const MoveId = idOf('Move')
export type MoveId = z.infer<typeof MoveId>
export const StockDocumentId = idOf('StockDocument')
export type StockDocumentId = z.infer<typeof StockDocumentId>
export const StockReservationId = idOf('StockReservation')
export type StockReservationId = z.infer<typeof StockReservationId>
export const StockShareId = idOf('StockShare')
export type StockShareId = z.infer<typeof StockShareId>
export const ConsignmentId = idOf('Consignment')
export type ConsignmentId = z.infer<typeof ConsignmentId>

export const inventoryPermissions = permissions('inventory', {
  read: ['owner', 'systemAdmin', 'engineer', 'staff', 'buyer', 'sales', 'warehouse', 'accountant'],
  manage: ['owner', 'warehouse'],
  /** Transfers, issues, scrapping, counting. */
  move: ['owner', 'warehouse', 'engineer'],
  /** Promises stock to a purpose, and gives it free again. */
  reserve: ['owner', 'warehouse', 'engineer', 'buyer'],
  /** What it is worth. */
  readValue: ['owner', 'accountant', 'buyer'],
  readConsigned: ['owner', 'buyer', 'sales', 'warehouse', 'accountant'],
  /** As the buyer: which goods of whom are kept here, between which bounds. */
  manageConsigned: ['owner', 'buyer'],
  /** Asks suppliers to share how much they have, shares one's own with a buyer, ends it. */
  share: ['owner', 'buyer', 'sales'],
  /** Valuation method, closing of periods, opening stock, approval of stocktakes. */
  account: ['owner', 'accountant'],
})

export const LocationKind = z.enum([
  'warehouse',
  'bin',
  'supplier',
  'transit',
  'consignment',
  'customer',
  'production',
  'loss',
  'quarantine',
])
export type LocationKind = z.infer<typeof LocationKind>

/** 先进先出 or 移动加权平均. */
export const ValuationMethod = z.enum(['fifo', 'average'])
export type ValuationMethod = z.infer<typeof ValuationMethod>

export const LocationLabel = z.object({ id: LocationId, kind: LocationKind, code: z.string(), name: z.string() })
export type LocationLabel = z.infer<typeof LocationLabel>

const Code = z.string().trim().min(1).max(40)
const Name = z.string().trim().min(1).max(120)

export const Location = z.object({
  id: LocationId,
  kind: LocationKind,
  code: Code,
  name: Name,
  /** Of a bin. */
  warehouse: z.object({ id: LocationId, code: Code, name: Name }).nullable(),
  closed: z.boolean(),
  version: z.int(),
})
export type Location = z.infer<typeof Location>

export const StockSetting = z.object({
  method: ValuationMethod,
  currency: Currency,
  /** Nothing is posted to this day or before. */
  closedUntil: CalendarDate.nullable(),
  /** A shipping notice is refused where the own warehouses do not hold the goods; else stock follows as far as it is known. */
  onlyFromStock: z.boolean(),
  version: z.int(),
})

const setting = {
  setting: endpoint({
    method: 'GET',
    path: '/inventory/setting',
    summary: 'How stock is valued, and up to which day the books are closed.',
    permission: 'inventory.read',
    params: z.object({}),
    query: z.object({}),
    body: z.undefined(),
    response: StockSetting,
    errors: [],
  }),
  changeSetting: endpoint({
    method: 'PATCH',
    path: '/inventory/setting',
    summary:
      'Chooses the valuation method, before the first goods are valued; closes the books up to a day; whether shipping notices need stock.',
    permission: 'inventory.account',
    params: z.object({}),
    query: z.object({}),
    body: z.object({
      version: z.int(),
      method: ValuationMethod,
      closedUntil: CalendarDate.nullable(),
      onlyFromStock: z.boolean().optional(),
    }),
    response: StockSetting,
    errors: [inventoryErrors.changedMeanwhile, inventoryErrors.methodInUse],
  }),
}

export const inventoryApi = {
  ...setting,
  locations: endpoint({
    method: 'GET',
    path: '/inventory/locations',
    summary: 'Warehouses and bins, and the places outside of them that goods come from and go to.',
    permission: 'inventory.read',
    params: z.object({}),
    query: listQuery(['code', 'name']).extend({
      kind: z.enum(['warehouse', 'bin', 'system']).optional(),
      warehouseId: LocationId.optional().describe('A warehouse: its bins.'),
      open: z.enum(['true', 'false']).optional(),
    }),
    body: z.undefined(),
    response: pageOf(Location),
    errors: [],
  }),
  createLocation: endpoint({
    method: 'POST',
    path: '/inventory/locations',
    summary: 'Adds a warehouse, or a bin of one.',
    permission: 'inventory.manage',
    params: z.object({}),
    query: z.object({}),
    body: z.object({ code: Code, name: Name, warehouseId: LocationId.nullable().describe('Of a bin; null: a warehouse.') }),
    response: Location,
    status: 201,
    errors: [inventoryErrors.codeTaken, inventoryErrors.locationNotFound, inventoryErrors.locationClosed],
  }),
  changeLocation: endpoint({
    method: 'PATCH',
    path: '/inventory/locations/:id',
    summary: 'Changes code and name; closes an empty one or opens it again.',
    permission: 'inventory.manage',
    params: z.object({ id: LocationId }),
    query: z.object({}),
    body: z.object({ version: z.int(), code: Code, name: Name, closed: z.boolean() }),
    response: Location,
    errors: [
      inventoryErrors.locationNotFound,
      inventoryErrors.changedMeanwhile,
      inventoryErrors.codeTaken,
      inventoryErrors.systemLocation,
      inventoryErrors.locationInUse,
      inventoryErrors.locationClosed,
    ],
  }),
}

const ShareNews = z.object({
  shareId: StockShareId,
  buyerId: OrgId,
  supplierId: OrgId,
  by: OrgId,
  code: z.string(),
  name: z.string(),
})

const StocktakeNews = z.object({ stocktakeId: z.uuidv7(), number: z.string() })

/** Goods of a supplier that became the buyer's own. */
export const ConsignmentUsed = z.object({
  usageId: StockDocumentId,
  number: z.string(),
  consignmentId: ConsignmentId,
  buyerId: OrgId,
  supplierId: OrgId,
  materialId: MaterialId,
  code: z.string(),
  name: z.string(),
  unit: z.string(),
  quantity: z.string(),
  lot: z.string().nullable().optional(),
  serial: z.string().nullable().optional(),
  day: CalendarDate,
  /** Net price of one unit, of the first part where there are several; null where none is in force. */
  price: UnitPrice.nullable(),
  taxRate: z.string().nullable(),
  /**
   * What of it came by which order, at the price that both signed; together the whole quantity. `order` null: by none, at the price list's
   * price. Events from before do not name it.
   */
  parts: z
    .array(
      z.object({
        id: z.uuidv7(),
        quantity: z.string(),
        price: UnitPrice.nullable(),
        taxRate: z.string().nullable(),
        order: z.object({ id: z.string(), number: z.string(), paymentDays: z.int().nullable() }).nullable(),
      }),
    )
    .optional(),
})
export type ConsignmentUsed = z.infer<typeof ConsignmentUsed>

export const inventoryEvents = {
  documentPosted: event(
    'inventory.documentPosted',
    1,
    z.object({ documentId: StockDocumentId, kind: z.string(), number: z.string(), day: CalendarDate }),
  ),
  stocktakeStarted: event('inventory.stocktakeStarted', 1, StocktakeNews),
  stocktakeSubmitted: event('inventory.stocktakeSubmitted', 1, StocktakeNews),
  stocktakeSentBack: event('inventory.stocktakeSentBack', 1, StocktakeNews),
  /** Approved: its differences are posted. */
  stocktakePosted: event('inventory.stocktakePosted', 1, StocktakeNews),
  stocktakeCancelled: event('inventory.stocktakeCancelled', 1, StocktakeNews),
  stockShareAsked: event('inventory.stockShareAsked', 1, ShareNews),
  stockShareGiven: event('inventory.stockShareGiven', 1, ShareNews),
  stockShareEnded: event('inventory.stockShareEnded', 1, ShareNews),
  /** What the own goods are worth has changed; the books of the organisation ask of which documents, and by how much. */
  valueChanged: event('inventory.valueChanged', 1, z.object({ batchId: z.uuid() })),
  /** The buyer owes these goods from now on: what self-billing bills. */
  consignmentUsed: event('inventory.consignmentUsed', 1, ConsignmentUsed),
}
