import { z } from 'zod'
import { MaterialId } from '#modules/trade/materials/contract.ts'
import { PositiveText } from '#values/decimal.ts'
import { endpoint } from '#values/endpoint.ts'
import { OrgId } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { LocationId, LocationLabel, StockDocumentId, StockReservationId } from './contract.ts'
import { inventoryErrors } from './errors.ts'

/** transfer 调拨, production 生产领用, scrap 报废, back 生产退料. */
export const DocumentKind = z.enum(['transfer', 'production', 'scrap', 'back'])
export type DocumentKind = z.infer<typeof DocumentKind>

const Text = z.string().trim().max(80)

export const DocumentLine = z.object({
  materialId: MaterialId,
  quantity: PositiveText,
  /** Where it lies; of `back` where it goes. */
  locationId: LocationId,
  /** Of a transfer. */
  toId: LocationId.nullable(),
  lot: Text.nullable(),
  serial: Text.nullable(),
  /** Null: one's own goods. A transfer alone takes a supplier's. */
  owner: OrgId.nullable(),
  /** Why not what expires or came first, where it is passed over. */
  override: z.string().trim().max(200).nullable(),
})
export type DocumentLine = z.infer<typeof DocumentLine>

export const Pick = z.object({
  location: LocationLabel,
  lot: z.string(),
  serial: z.string(),
  expires: CalendarDate.nullable(),
  since: CalendarDate,
  onHand: z.string(),
  /** What to take here. */
  quantity: z.string(),
})
export type Pick = z.infer<typeof Pick>

/** What was posted; `usage`: consigned goods that were taken. */
export const StockDocument = z.object({
  id: StockDocumentId,
  kind: z.enum([...DocumentKind.options, 'usage']),
  number: z.string(),
  day: CalendarDate,
  reason: z.string(),
  createdAt: Instant,
  createdBy: z.string(),
  lines: z.array(
    z.object({
      materialId: MaterialId,
      code: z.string(),
      name: z.string(),
      unit: z.string(),
      quantity: z.string(),
      from: LocationLabel,
      to: LocationLabel,
      lot: z.string(),
      serial: z.string(),
      owner: z.string().nullable().describe('Name of the supplier whose goods they were; null: one’s own.'),
    }),
  ),
})
export type StockDocument = z.infer<typeof StockDocument>

const none = z.object({})

export const documentApi = {
  pick: endpoint({
    method: 'GET',
    path: '/inventory/pick',
    summary: 'Where to take a quantity from: what expires first, then what came first; nothing that has expired.',
    permission: 'inventory.read',
    params: none,
    query: z.object({ materialId: MaterialId, warehouseId: LocationId, quantity: PositiveText }),
    body: z.undefined(),
    response: z.object({ picks: z.array(Pick), missing: z.string(), expired: z.string() }),
    errors: [inventoryErrors.locationNotFound],
  }),
  document: endpoint({
    method: 'GET',
    path: '/inventory/documents/:id',
    summary: 'A transfer, issue, taking back, scrapping or use of consigned goods, with its lines.',
    permission: 'inventory.read',
    params: z.object({ id: StockDocumentId }),
    query: none,
    body: z.undefined(),
    response: StockDocument,
    errors: [inventoryErrors.documentNotFound],
  }),
  printDocument: endpoint({
    method: 'GET',
    path: '/inventory/documents/:id/pdf',
    summary: 'It as PDF (A4), for who gives, takes and books.',
    permission: 'inventory.read',
    params: z.object({ id: StockDocumentId }),
    query: none,
    body: z.undefined(),
    response: z.undefined(),
    answer: 'file',
    errors: [inventoryErrors.documentNotFound],
  }),
  post: endpoint({
    method: 'POST',
    path: '/inventory/documents',
    summary: 'Transfers, issues to production, takes back from it or scraps: all lines or none.',
    permission: 'inventory.move',
    params: none,
    query: none,
    body: z.object({
      kind: DocumentKind,
      day: CalendarDate,
      reason: z.string().trim().max(200),
      lines: z.array(DocumentLine).min(1).max(200),
      reservationId: StockReservationId.optional().describe('An issue to production of what it holds, and of nothing else.'),
    }),
    response: z.object({ id: StockDocumentId, number: z.string() }),
    status: 201,
    errors: [
      inventoryErrors.reasonNeeded,
      inventoryErrors.reservationForIssues,
      inventoryErrors.reservationNotFound,
      inventoryErrors.notReserved,
      inventoryErrors.targetNeeded,
      inventoryErrors.ownGoodsOnly,
      inventoryErrors.notOldest,
      inventoryErrors.expired,
      inventoryErrors.materialNotFound,
      inventoryErrors.locationNotFound,
      inventoryErrors.locationClosed,
      inventoryErrors.notEnough,
      inventoryErrors.notEnoughThen,
      inventoryErrors.reservedForOthers,
      inventoryErrors.serialElsewhere,
      inventoryErrors.samePlace,
      inventoryErrors.lotNeeded,
      inventoryErrors.serialNeeded,
      inventoryErrors.serialNotKept,
      inventoryErrors.dayInFuture,
      inventoryErrors.periodClosed,
    ],
  }),
}
