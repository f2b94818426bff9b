import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { idOf } from '#values/ids.ts'
import { CalendarDate } from '#values/instant.ts'
import { Appointment, byShipment, Shipment, ShipmentId } from './contract.ts'
import { logisticsErrors } from './errors.ts'

export const DockId = idOf('Dock')
export type DockId = z.infer<typeof DockId>

const DockInput = z
  .object({
    code: z.string().trim().min(1).max(20),
    name: z.string().trim().min(1).max(80),
    openMinute: z.int().min(0).max(1439),
    closeMinute: z.int().min(1).max(1440),
    slotMinutes: z.int().min(10).max(480),
    /** How many trucks at once. */
    capacity: z.int().min(1).max(50),
    closed: z.boolean(),
  })
  .refine((dock) => dock.openMinute + dock.slotMinutes <= dock.closeMinute, { message: 'dockHours', path: ['closeMinute'] })
export const Dock = DockInput.safeExtend({ id: DockId, version: z.int() })
export type Dock = z.infer<typeof Dock>

/** A stretch of time at a dock of the buyer, and how full it is. */
export const Slot = z.object({
  dockId: DockId,
  code: z.string(),
  name: z.string(),
  startMinute: z.int(),
  endMinute: z.int(),
  capacity: z.int(),
  taken: z.int(),
})
export type Slot = z.infer<typeof Slot>

/** Who comes when. */
export const Booked = Appointment.extend({
  shipmentId: ShipmentId,
  number: z.string(),
  supplierName: z.string(),
  vehicle: z.string(),
  state: z.string(),
})
export type Booked = z.infer<typeof Booked>

const none = z.object({})

export const dockApi = {
  docks: endpoint({
    method: 'GET',
    path: '/logistics/docks',
    summary: 'The docks of the organisation.',
    permission: 'logistics.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ docks: z.array(Dock) }),
    errors: [],
  }),
  createDock: endpoint({
    method: 'POST',
    path: '/logistics/docks',
    summary: 'Adds a dock with its hours, the length of a slot, and how many trucks it takes at once.',
    permission: 'logistics.manage',
    params: none,
    query: none,
    body: DockInput,
    response: Dock,
    status: 201,
    errors: [logisticsErrors.nameTaken],
  }),
  changeDock: endpoint({
    method: 'PATCH',
    path: '/logistics/docks/:id',
    summary: 'Changes one; what was booked stays booked.',
    permission: 'logistics.manage',
    params: z.object({ id: DockId }),
    query: none,
    body: DockInput.safeExtend({ version: z.int() }),
    response: Dock,
    errors: [logisticsErrors.notFound, logisticsErrors.changedMeanwhile, logisticsErrors.nameTaken],
  }),
  arrivals: endpoint({
    method: 'GET',
    path: '/logistics/docks/arrivals',
    summary: 'Appointments at the organisation’s docks on a day.',
    permission: 'logistics.read',
    params: none,
    query: z.object({ day: CalendarDate }),
    body: z.undefined(),
    response: z.object({ appointments: z.array(Booked) }),
    errors: [],
  }),
  slots: endpoint({
    method: 'GET',
    path: '/logistics/shipments/:id/slots',
    summary: 'The buyer’s dock slots of a day and how full they are: figures, not by whom.',
    permission: 'logistics.read',
    params: byShipment,
    query: z.object({ day: CalendarDate }),
    body: z.undefined(),
    response: z.object({ slots: z.array(Slot) }),
    errors: [logisticsErrors.notFound],
  }),
  book: endpoint({
    method: 'POST',
    path: '/logistics/shipments/:id/appointment',
    summary: 'Books a slot for the shipment, in place of an earlier one; never more than the dock takes.',
    permission: 'logistics.read',
    params: byShipment,
    query: none,
    body: z.object({ dockId: DockId, day: CalendarDate, startMinute: z.int().min(0).max(1439) }),
    response: Shipment,
    errors: [
      logisticsErrors.notFound,
      logisticsErrors.notAllowedNow,
      logisticsErrors.notYourSide,
      logisticsErrors.slotFull,
      logisticsErrors.dockClosed,
    ],
  }),
  unbook: endpoint({
    method: 'DELETE',
    path: '/logistics/shipments/:id/appointment',
    summary: 'Gives the slot free.',
    permission: 'logistics.read',
    params: byShipment,
    query: none,
    body: z.undefined(),
    response: Shipment,
    errors: [logisticsErrors.notFound, logisticsErrors.notAllowedNow, logisticsErrors.notYourSide],
  }),
}
