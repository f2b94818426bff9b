import { z } from 'zod'
import { MaterialId } from '#modules/trade/materials/contract.ts'
import { NonNegativeText, PositiveText } from '#values/decimal.ts'
import { endpoint } from '#values/endpoint.ts'
import { CalendarDate } from '#values/instant.ts'
import { byShipment, Party, ShipmentId, ShipmentLineId, ShipmentState, Timed } from './contract.ts'
import { logisticsErrors } from './errors.ts'

/** Goods that left one place of the supplier's on a notice, and where they are; in the base unit of his own material. */
export const TransitPart = z.object({
  materialId: MaterialId,
  materialCode: z.string(),
  unit: z.string(),
  lot: z.string().nullable(),
  serial: z.string().nullable(),
  quantity: PositiveText,
  /** At the buyer's. */
  delivered: NonNegativeText,
  lost: NonNegativeText,
  /** Came back and lies in quarantine. */
  apart: NonNegativeText,
  /** Came back to where it had been. */
  home: NonNegativeText,
  /** Still on the way, or in dispute. */
  open: NonNegativeText,
})
export type TransitPart = z.infer<typeof TransitPart>

export const Coming = z.object({
  shipmentId: ShipmentId,
  lineId: ShipmentLineId,
  number: z.string(),
  supplier: Party,
  state: ShipmentState,
  arrival: Timed,
  agreedDay: CalendarDate,
  /** Notified and not counted yet. */
  quantity: PositiveText,
  unit: z.string(),
})
export type Coming = z.infer<typeof Coming>

const none = z.object({})

export const transitApi = {
  transit: endpoint({
    method: 'GET',
    path: '/logistics/shipments/:id/transit',
    summary: 'As the supplier: what of the own stock left on this notice, and where it is; empty where the books held nothing of it.',
    permission: 'logistics.read',
    params: byShipment,
    query: none,
    body: z.undefined(),
    response: z.object({ parts: z.array(TransitPart).max(5_000) }),
    errors: [logisticsErrors.notFound],
  }),
  coming: endpoint({
    method: 'GET',
    path: '/logistics/coming',
    summary: 'As the buyer: what suppliers have notified of a material and nobody has received yet, by arrival; at most 100.',
    permission: 'logistics.read',
    params: none,
    query: z.object({ materialId: MaterialId }),
    body: z.undefined(),
    response: z.object({ items: z.array(Coming).max(100) }),
    errors: [],
  }),
}
