import { z } from 'zod'
import { MaterialId } from '#modules/trade/materials/contract.ts'
import { PositiveText } from '#values/decimal.ts'
import { endpoint } from '#values/endpoint.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { LocationId, StockReservationId } from './contract.ts'
import { inventoryErrors } from './errors.ts'

const MAX_LINES = 200

/** used: all of it was issued. */
export const ReservationState = z.enum(['open', 'used', 'released'])
export type ReservationState = z.infer<typeof ReservationState>

/** As it was reserved. */
export interface ReservedLine {
  line: string
  materialId: MaterialId
  quantity: string
}

/** Own goods of a warehouse with its bins, promised to a purpose; quantities in the material's base unit. */
export const StockReservation = z.object({
  id: StockReservationId,
  number: z.string(),
  warehouse: z.object({ id: LocationId, code: z.string(), name: z.string() }),
  purpose: z.string(),
  neededOn: CalendarDate.nullable(),
  state: ReservationState,
  createdAt: Instant,
  createdBy: z.string(),
  releasedAt: Instant.nullable(),
  releasedBy: z.string().nullable(),
  lines: z.array(
    z.object({
      line: z.string(),
      materialId: MaterialId,
      code: z.string(),
      name: z.string(),
      unit: z.string(),
      quantity: z.string(),
      /** Promised still: neither issued nor released. */
      left: z.string(),
    }),
  ),
  version: z.int(),
})
export type StockReservation = z.infer<typeof StockReservation>

const none = z.object({})
const byId = z.object({ id: StockReservationId })

export const reservationApi = {
  reservations: endpoint({
    method: 'GET',
    path: '/inventory/reservations',
    summary: 'What is reserved, where, for what and by whom; the newest first.',
    permission: 'inventory.read',
    params: none,
    query: listQuery(['-number', 'number']).extend({
      state: ReservationState.optional(),
      materialId: MaterialId.optional().describe('Those that still hold some of it.'),
      warehouseId: LocationId.optional(),
    }),
    body: z.undefined(),
    response: pageOf(StockReservation),
    errors: [],
  }),
  reservation: endpoint({
    method: 'GET',
    path: '/inventory/reservations/:id',
    summary: 'One reservation with its lines and what is left of them.',
    permission: 'inventory.read',
    params: byId,
    query: none,
    body: z.undefined(),
    response: StockReservation,
    errors: [inventoryErrors.reservationNotFound],
  }),
  reserve: endpoint({
    method: 'POST',
    path: '/inventory/reservations',
    summary: 'Promises own goods of a warehouse to a purpose: all lines or none. Nobody else takes them until they are issued or released.',
    permission: 'inventory.reserve',
    params: none,
    query: none,
    body: z.object({
      warehouseId: LocationId,
      purpose: z.string().trim().min(1).max(200),
      neededOn: CalendarDate.nullable().default(null),
      lines: z
        .array(z.object({ materialId: MaterialId, quantity: PositiveText }))
        .min(1)
        .max(MAX_LINES),
    }),
    response: StockReservation,
    status: 201,
    errors: [inventoryErrors.notFree, inventoryErrors.materialNotFound, inventoryErrors.locationNotFound, inventoryErrors.locationClosed],
  }),
  release: endpoint({
    method: 'POST',
    path: '/inventory/reservations/:id/release',
    summary: 'Gives free what is left of a reservation.',
    permission: 'inventory.reserve',
    params: byId,
    query: none,
    body: z.object({ version: z.int() }),
    response: StockReservation,
    errors: [inventoryErrors.reservationNotFound, inventoryErrors.reservationEnded, inventoryErrors.changedMeanwhile],
  }),
}
