import { z } from 'zod'
import { LocationId } from '#modules/trade/inventory/contract.ts'
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
  /** Came back and was booked in. */
  apart: NonNegativeText,
  /** Given up: not awaited any more. */
  forgone: NonNegativeText,
  /** Came back to where it had been. */
  home: NonNegativeText,
  /** Still on the way, at the buyer's as the supplier's, or in dispute. */
  open: NonNegativeText,
})
export type TransitPart = z.infer<typeof TransitPart>

/** Goods that come back to the supplier: refused at the door, or returned later. In the unit of the line. */
export const Returning = z.object({
  cause: z.enum(['refused', 'returned']),
  /** Of the claim or of the line of the return. */
  id: z.uuidv7(),
  /** Of the claim or of the return. */
  number: z.string(),
  lineNo: z.int(),
  materialCode: z.string(),
  materialName: z.string(),
  unit: z.string(),
  quantity: PositiveText,
  /** Booked in by the supplier. */
  cameBack: NonNegativeText,
  /** The supplier awaits it no more. */
  forgone: NonNegativeText,
  left: NonNegativeText,
  /** Lots and numbers as the buyer wrote them down. */
  names: z.array(z.object({ lot: z.string().nullable(), serial: z.string().nullable(), quantity: PositiveText })),
  /** How the supplier keeps his own material; null: his books have none, or the buyer asks. */
  control: z.enum(['none', 'lot', 'serial']).nullable(),
})
export type Returning = z.infer<typeof Returning>

const Name = z.string().trim().min(1).max(60).nullable()
export const TakeBackInput = z.object({
  /** One of the own warehouses; null: quarantine. */
  locationId: LocationId.nullable(),
  lines: z
    .array(
      z.object({
        cause: Returning.shape.cause,
        id: z.uuidv7(),
        quantity: NonNegativeText,
        /** Of what is left: not awaited any more. */
        forgone: NonNegativeText,
        lot: Name,
        serial: Name,
      }),
    )
    .min(1)
    .max(500),
})
export type TakeBackInput = z.infer<typeof TakeBackInput>
const Returnings = z.object({ items: z.array(Returning), places: z.array(z.object({ id: LocationId, name: z.string() })) })

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
  returning: endpoint({
    method: 'GET',
    path: '/logistics/shipments/:id/returning',
    summary: 'What of this notice comes back to the supplier, and what of it he has booked in; both sides read it. Places: the supplier’s.',
    permission: 'logistics.read',
    params: byShipment,
    query: none,
    body: z.undefined(),
    response: Returnings,
    errors: [logisticsErrors.notFound],
  }),
  takeBack: endpoint({
    method: 'POST',
    path: '/logistics/shipments/:id/taken-back',
    summary: 'As the supplier: books in what has come back, into a warehouse or into quarantine, and gives up what will not come.',
    permission: 'logistics.receive',
    params: byShipment,
    query: none,
    body: TakeBackInput,
    response: Returnings,
    errors: [
      logisticsErrors.notFound,
      logisticsErrors.notYourSide,
      logisticsErrors.lineUnknown,
      logisticsErrors.tooMuchTakenBack,
      logisticsErrors.warehouseUnknown,
      logisticsErrors.nothingReceived,
    ],
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
