import { z } from 'zod'
import { MaterialId } from '#modules/trade/materials/contract.ts'
import { NonNegativeText, PositiveText } from '#values/decimal.ts'
import { endpoint } from '#values/endpoint.ts'
import { OrgId } from '#values/ids.ts'
import { CalendarDate } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { ConsignmentId, LocationId, StockDocumentId } from './contract.ts'
import { inventoryErrors } from './errors.ts'

export const Consignment = z.object({
  id: ConsignmentId,
  /** The other side. */
  partner: z.object({ id: OrgId, name: z.string() }),
  /** Of the buyer's catalogue. */
  materialId: MaterialId,
  code: z.string(),
  name: z.string(),
  specification: z.string(),
  unit: z.string(),
  quantity: z.string(),
  min: z.string().nullable(),
  max: z.string().nullable(),
  level: z.enum(['below', 'within', 'above']).nullable().describe('Null: no bounds are agreed.'),
  /** What brings it up to the maximum, once it is below the minimum. */
  refill: z.string().nullable(),
  version: z.int(),
})
export type Consignment = z.infer<typeof Consignment>

export const ConsignedUse = z.object({
  locationId: LocationId,
  quantity: PositiveText,
  lot: z.string().trim().max(80).nullable(),
  serial: z.string().trim().max(80).nullable(),
  day: CalendarDate,
  reason: z.string().trim().max(200),
})
export type ConsignedUse = z.infer<typeof ConsignedUse>

const none = z.object({})
const Bounds = { minimum: NonNegativeText.nullable(), maximum: PositiveText.nullable() }

export const consignedApi = {
  consigned: endpoint({
    method: 'GET',
    path: '/inventory/consigned',
    summary: 'Consigned stock: as the buyer what lies here of suppliers, as the supplier what lies at customers.',
    permission: 'inventory.readConsigned',
    params: none,
    query: listQuery(['code']).extend({ side: z.enum(['buyer', 'supplier']), level: z.enum(['below', 'above']).optional() }),
    body: z.undefined(),
    response: pageOf(Consignment),
    errors: [],
  }),
  agreeConsigned: endpoint({
    method: 'POST',
    path: '/inventory/consigned',
    summary: 'As the buyer: a material of a supplier is kept here as his goods, between these bounds.',
    permission: 'inventory.manageConsigned',
    params: none,
    query: none,
    body: z.object({ supplierId: OrgId, materialId: MaterialId, ...Bounds }),
    response: Consignment,
    status: 201,
    errors: [inventoryErrors.noSupplier, inventoryErrors.materialNotFound, inventoryErrors.consignedAlready, inventoryErrors.boundsCrossed],
  }),
  changeConsigned: endpoint({
    method: 'PATCH',
    path: '/inventory/consigned/:id',
    summary: 'As the buyer: other bounds.',
    permission: 'inventory.manageConsigned',
    params: z.object({ id: ConsignmentId }),
    query: none,
    body: z.object({ version: z.int(), ...Bounds }),
    response: Consignment,
    errors: [inventoryErrors.consignmentNotFound, inventoryErrors.changedMeanwhile, inventoryErrors.boundsCrossed],
  }),
  useConsigned: endpoint({
    method: 'POST',
    path: '/inventory/consigned/:id/use',
    summary: 'As the buyer: takes goods out of consignment for production; they become one’s own at the price in force.',
    permission: 'inventory.move',
    params: z.object({ id: ConsignmentId }),
    query: none,
    body: ConsignedUse,
    response: z.object({ id: StockDocumentId, number: z.string() }),
    status: 201,
    errors: [
      inventoryErrors.consignmentNotFound,
      inventoryErrors.locationNotFound,
      inventoryErrors.locationClosed,
      inventoryErrors.notEnough,
      inventoryErrors.notEnoughThen,
      inventoryErrors.lotNeeded,
      inventoryErrors.serialNeeded,
      inventoryErrors.serialNotKept,
      inventoryErrors.dayInFuture,
      inventoryErrors.periodClosed,
    ],
  }),
}
