import { z } from 'zod'
import { inventoryErrors } from '#modules/trade/inventory/errors.ts'
import { MaterialId } from '#modules/trade/materials/contract.ts'
import { OrderId, ScheduleLineId } from '#modules/trade/orders/contract.ts'
import { NonNegativeText, PositiveText } from '#values/decimal.ts'
import { endpoint } from '#values/endpoint.ts'
import { event } from '#values/event.ts'
import { idOf, OrgId } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { permissions } from '#values/permission.ts'
import { logisticsErrors } from './errors.ts'

export const BarcodeId = idOf('Barcode')
export type BarcodeId = z.infer<typeof BarcodeId>
export const LabelFormatId = idOf('LabelFormat')
export type LabelFormatId = z.infer<typeof LabelFormatId>
export const ShipmentId = idOf('Shipment')
export type ShipmentId = z.infer<typeof ShipmentId>
export const ShipmentLineId = idOf('ShipmentLine')
export type ShipmentLineId = z.infer<typeof ShipmentLineId>
export const PackId = idOf('Pack')
export type PackId = z.infer<typeof PackId>

export const logisticsPermissions = permissions('logistics', {
  read: ['owner', 'systemAdmin', 'engineer', 'staff', 'buyer', 'sales', 'warehouse', 'accountant'],
  /** Shipping notices, as the supplier. */
  ship: ['owner', 'sales', 'warehouse'],
  /** Receipts and returns, as the buyer. */
  receive: ['owner', 'warehouse'],
  /** More than the order's tolerance allows. */
  receiveOver: ['owner', 'buyer'],
  /** Discrepancies, of either side. */
  claim: ['owner', 'buyer', 'sales', 'warehouse'],
  manage: ['owner', 'systemAdmin', 'buyer', 'warehouse'],
})

export const Side = z.enum(['buyer', 'supplier'])
export type Side = z.infer<typeof Side>

export const ShipmentState = z.enum(['draft', 'issued', 'inTransit', 'arrived', 'receiving', 'received', 'short', 'cancelled'])
export type ShipmentState = z.infer<typeof ShipmentState>

export const Party = z.object({ orgId: OrgId, name: z.string(), nameEn: z.string().nullable() })

/** PURIS: a time is foreseen or has happened. */
export const TimeKind = z.enum(['estimated', 'actual'])
export const Timed = z.object({ kind: TimeKind, at: Instant })
export type Timed = z.infer<typeof Timed>

export const PackKind = z.enum(['pallet', 'box'])
export type PackKind = z.infer<typeof PackKind>

const Short = z.string().trim().max(120)
const Lot = z.string().trim().min(1).max(60).nullable()

/** What lies in a packing unit, or loose. `line`: the position in `lines`. */
const ContentInput = z.object({
  line: z.int().min(0).max(499),
  quantity: PositiveText,
  lot: Lot,
  serial: Lot,
  producedOn: CalendarDate.nullable(),
  expiresOn: CalendarDate.nullable(),
})
export type ContentInput = z.infer<typeof ContentInput>

/** `within`: the position of the unit it stands on; such a one comes before. */
const PackInput = z.object({ kind: PackKind, within: z.int().min(0).nullable(), contents: z.array(ContentInput).max(200) })
export type PackInput = z.infer<typeof PackInput>

export const ContainerCount = z.object({
  code: z.string().trim().min(1).max(40),
  name: z.string().trim().min(1).max(80),
  count: z.int().min(1).max(100_000),
})
export type ContainerCount = z.infer<typeof ContainerCount>

export const ShipmentInput = z.object({
  buyerId: OrgId,
  lines: z
    .array(z.object({ scheduleLineId: ScheduleLineId, quantity: PositiveText }))
    .min(1)
    .max(500),
  packs: z.array(PackInput).max(2_000),
  loose: z.array(ContentInput).max(500),
  containers: z.array(ContainerCount).max(20),
  carrier: Short,
  vehicle: z.string().trim().max(20),
  driverName: z.string().trim().max(40),
  driverPhone: z
    .string()
    .trim()
    .regex(/^[\d+\- ]{0,20}$/, { message: 'phone' }),
  note: z.string().trim().max(500),
  departureAt: Instant,
  arrivalAt: Instant,
})
export type ShipmentInput = z.infer<typeof ShipmentInput>

export const Appointment = z.object({ dock: z.string(), dockName: z.string(), day: CalendarDate, startMinute: z.int(), endMinute: z.int() })
export type Appointment = z.infer<typeof Appointment>

export const ShipmentHead = z.object({
  id: ShipmentId,
  /** Null: a draft. */
  number: z.string().nullable(),
  buyer: Party,
  supplier: Party,
  side: Side,
  state: ShipmentState,
  /** buyer: it came without a notice, and the receipt made this one. */
  madeBy: Side,
  /** Null: nobody has said when it left. */
  departure: Timed.nullable(),
  arrival: Timed,
  deliverTo: z.string(),
  lineCount: z.int(),
  packCount: z.int(),
  appointment: Appointment.nullable(),
  createdAt: Instant,
  issuedAt: Instant.nullable(),
  version: z.int(),
})
export type ShipmentHead = z.infer<typeof ShipmentHead>

export const ShipmentLine = z.object({
  id: ShipmentLineId,
  lineNo: z.int(),
  scheduleLineId: ScheduleLineId,
  orderId: OrderId,
  orderNumber: z.string(),
  orderLineNo: z.int(),
  scheduleNo: z.int(),
  materialId: MaterialId,
  materialCode: z.string(),
  materialName: z.string(),
  supplierCode: z.string().nullable(),
  specification: z.string(),
  unit: z.string(),
  agreedDay: CalendarDate,
  /** The goods stay the supplier's at the buyer's until they are used. */
  consigned: z.boolean(),
  quantity: NonNegativeText,
  accepted: NonNegativeText,
  rejected: NonNegativeText,
  /** Beyond the order's tolerance, kept apart as the supplier's. */
  excess: NonNegativeText,
  missing: NonNegativeText,
})
export type ShipmentLine = z.infer<typeof ShipmentLine>

export const Content = z.object({
  lineNo: z.int(),
  quantity: PositiveText,
  lot: z.string().nullable(),
  serial: z.string().nullable(),
  producedOn: CalendarDate.nullable(),
  expiresOn: CalendarDate.nullable(),
})
export type Content = z.infer<typeof Content>
export const Pack = z.object({
  id: PackId,
  packNo: z.int(),
  kind: PackKind,
  withinNo: z.int().nullable(),
  sscc: z.string().nullable(),
  contents: z.array(Content),
})
export type Pack = z.infer<typeof Pack>

export const Shipment = ShipmentHead.extend({
  lines: z.array(ShipmentLine),
  packs: z.array(Pack),
  loose: z.array(Content),
  containers: z.array(ContainerCount),
  carrier: z.string(),
  vehicle: z.string(),
  driverName: z.string(),
  driverPhone: z.string(),
  note: z.string(),
})
export type Shipment = z.infer<typeof Shipment>

/** An agreed schedule line with something left to ship. */
export const Shippable = ShipmentLine.pick({
  scheduleLineId: true,
  orderId: true,
  orderNumber: true,
  orderLineNo: true,
  scheduleNo: true,
  materialId: true,
  materialCode: true,
  materialName: true,
  supplierCode: true,
  specification: true,
  unit: true,
  agreedDay: true,
  consigned: true,
}).extend({ buyer: Party, agreed: NonNegativeText, left: NonNegativeText, most: NonNegativeText, deliverTo: z.string() })
export type Shippable = z.infer<typeof Shippable>

const none = z.object({})
export const byShipment = z.object({ id: ShipmentId })
const version = z.object({ version: z.int() })
const changed = [logisticsErrors.notFound, logisticsErrors.changedMeanwhile, logisticsErrors.notAllowedNow]
const drafting = [
  logisticsErrors.lineNotShippable,
  logisticsErrors.lineTwice,
  logisticsErrors.packedDiffers,
  logisticsErrors.packOrder,
  logisticsErrors.serialCount,
  logisticsErrors.timeRule,
]

export const logisticsApi = {
  list: endpoint({
    method: 'GET',
    path: '/logistics/shipments',
    summary: 'Shipping notices that this organisation sends (side=supplier) or is sent (side=buyer); a draft is its maker’s alone.',
    permission: 'logistics.read',
    params: none,
    query: listQuery(['createdAt', 'arrivalAt', 'number', 'partner']).extend({
      side: Side.default('buyer'),
      state: ShipmentState.optional(),
    }),
    body: z.undefined(),
    response: pageOf(ShipmentHead),
    errors: [],
  }),
  get: endpoint({
    method: 'GET',
    path: '/logistics/shipments/:id',
    summary: 'One shipping notice with lines and packing units.',
    permission: 'logistics.read',
    params: byShipment,
    query: none,
    body: z.undefined(),
    response: Shipment,
    errors: [logisticsErrors.notFound],
  }),
  shippable: endpoint({
    method: 'GET',
    path: '/logistics/shippable',
    summary:
      'Agreed schedule lines that this organisation, as supplier, has something left to ship of; at most 200, the most urgent first.',
    permission: 'logistics.ship',
    params: none,
    query: z.object({
      buyerId: OrgId.optional(),
      orderId: OrderId.optional(),
      search: z.string().trim().max(100).optional(),
      until: CalendarDate.optional(),
    }),
    body: z.undefined(),
    response: z.object({ lines: z.array(Shippable) }),
    errors: [],
  }),
  refill: endpoint({
    method: 'GET',
    path: '/logistics/refill',
    summary:
      'As the supplier: by which agreed consigned lines so much of a customer’s material may be sent, less what is on its way already.',
    permission: 'logistics.ship',
    params: none,
    query: z.object({ buyerId: OrgId, materialId: MaterialId, quantity: PositiveText.meta({ examples: ['160'] }) }),
    body: z.undefined(),
    response: z.object({
      /** All in the material’s base unit. */
      coming: NonNegativeText,
      /** For what is lacking still no line is open. */
      missing: NonNegativeText,
      lines: z.array(Shippable.extend({ quantity: PositiveText.describe('To be sent, in the line’s unit.') })),
    }),
    errors: [],
  }),
  create: endpoint({
    method: 'POST',
    path: '/logistics/shipments',
    summary: 'Makes a draft; the buyer does not see it, and nothing is counted as shipped yet.',
    permission: 'logistics.ship',
    params: none,
    query: none,
    body: ShipmentInput,
    response: Shipment,
    status: 201,
    bodyLimit: 4 * 1024 * 1024,
    errors: drafting,
  }),
  change: endpoint({
    method: 'PUT',
    path: '/logistics/shipments/:id',
    summary: 'Writes a draft anew.',
    permission: 'logistics.ship',
    params: byShipment,
    query: none,
    body: ShipmentInput.extend({ version: z.int() }),
    response: Shipment,
    bodyLimit: 4 * 1024 * 1024,
    errors: [...changed, ...drafting],
  }),
  discard: endpoint({
    method: 'DELETE',
    path: '/logistics/shipments/:id',
    summary: 'Throws a draft away.',
    permission: 'logistics.ship',
    params: byShipment,
    query: none,
    body: z.undefined(),
    response: none,
    errors: [logisticsErrors.notFound, logisticsErrors.notAllowedNow],
  }),
  issue: endpoint({
    method: 'POST',
    path: '/logistics/shipments/:id/issue',
    summary:
      'Issues the notice: number, SSCC of every packing unit, quantities counted as shipped, the supplier’s own stock in transit as far as his books hold it. Afterwards only its times change.',
    permission: 'logistics.ship',
    params: byShipment,
    query: none,
    body: version,
    response: Shipment,
    errors: [
      ...changed,
      logisticsErrors.lineNotShippable,
      logisticsErrors.packCodesUsedUp,
      logisticsErrors.noOwnMaterial,
      inventoryErrors.notInStock,
    ],
  }),
  cancel: endpoint({
    method: 'POST',
    path: '/logistics/shipments/:id/cancel',
    summary: 'The supplier takes an issued notice back before its arrival; the quantities are to be shipped again.',
    permission: 'logistics.ship',
    params: byShipment,
    query: none,
    body: version.extend({ reason: z.string().trim().min(1).max(200) }),
    response: Shipment,
    errors: changed,
  }),
  setTimes: endpoint({
    method: 'POST',
    path: '/logistics/shipments/:id/times',
    summary:
      'Departure and arrival, each estimated or actual. Actual lies in the past and is final; an actual arrival needs an actual departure; departure is before arrival. The supplier reports both, the buyer the arrival.',
    permission: 'logistics.read',
    params: byShipment,
    query: none,
    body: version.extend({ departure: Timed.optional(), arrival: Timed.optional() }),
    response: Shipment,
    errors: [...changed, logisticsErrors.timeRule, logisticsErrors.notYourSide],
  }),
}

const News = z.object({
  shipmentId: ShipmentId,
  number: z.string(),
  buyerId: OrgId,
  supplierId: OrgId,
  buyerName: z.string(),
  supplierName: z.string(),
})

export const logisticsEvents = {
  issued: event('logistics.issued', 1, News.extend({ arrivalAt: Instant })),
  departed: event('logistics.departed', 1, News.extend({ arrivalAt: Instant })),
  arrived: event('logistics.arrived', 1, News),
  cancelled: event('logistics.cancelled', 1, News.extend({ reason: z.string() })),
  received: event(
    'logistics.received',
    1,
    News.extend({
      receiptId: z.uuidv7(),
      receiptNumber: z.string(),
      day: CalendarDate,
      finished: z.boolean(),
      /** The supplier had sent no notice. */
      withoutNotice: z.boolean(),
      lines: z.array(
        z.object({
          scheduleLineId: ScheduleLineId,
          materialId: MaterialId,
          unit: z.string(),
          accepted: NonNegativeText,
          rejected: NonNegativeText,
        }),
      ),
    }),
  ),
  claimOpened: event('logistics.claimOpened', 1, News.extend({ claimId: z.uuidv7(), claimNumber: z.string(), kind: z.string() })),
  claimMoved: event('logistics.claimMoved', 1, News.extend({ claimId: z.uuidv7(), claimNumber: z.string(), state: z.string(), by: Side })),
  returned: event('logistics.returned', 1, News.extend({ returnId: z.uuidv7(), returnNumber: z.string(), day: CalendarDate })),
  takenBack: event('logistics.takenBack', 1, News.extend({ day: CalendarDate })),
}
