import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { OrderId } from '#modules/trade/orders/contract.ts'
import type { AgreedScheduleLine } from '#modules/trade/orders/public.ts'
import { writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import type { Shipment, ShipmentId, Shippable } from '../contract.ts'
import { logisticsErrors } from '../errors.ts'
import type { Rooms } from './rooms.ts'
import { leftToShip, mostToShip } from './shipment-rules.ts'
import { partsOf, readShipment, type ShipmentFilter, shipmentPage } from './shipment-store.ts'
import { shipmentView } from './shipment-view.ts'

export const listShipments = ({ db }: Rooms, ctx: Context, filter: ShipmentFilter) => db.inTenant(ctx, (tx) => shipmentPage(tx, filter))

/** Errors: logistics.notFound. */
export const getShipment = ({ db }: Pick<Rooms, 'db'>, ctx: Context, id: ShipmentId): Promise<Shipment> =>
  db.inTenant(ctx, async (tx) => {
    const shipment = await readShipment(tx, id)
    if (!shipment) throw logisticsErrors.notFound({ id })
    return shipmentView(await partsOf(tx, shipment), ctx.orgId)
  })

interface Filter {
  buyerId?: OrgId | undefined
  orderId?: OrderId | undefined
  search?: string | undefined
  until?: string | undefined
}

export const listShippable = (rooms: Rooms, ctx: Context, filter: Filter): Promise<{ lines: Shippable[] }> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const found = await rooms.orders.shippable(opaque(tx), {
      supplier: ctx.orgId,
      ...(filter.buyerId ? { buyer: filter.buyerId } : {}),
      ...(filter.orderId ? { orderId: filter.orderId } : {}),
      ...(filter.search ? { search: filter.search } : {}),
      ...(filter.until ? { until: filter.until } : {}),
    })
    const names = await rooms.organisations.labels(opaque(tx), [...new Set(found.map((line) => line.buyer))])
    const lines = found.map((line): Shippable => {
      const buyer = names.get(line.buyer)
      return { ...agreedView(line), buyer: { orgId: line.buyer, name: buyer?.name ?? '', nameEn: buyer?.nameEn ?? null } }
    })
    return { lines }
  })

export const agreedView = (line: AgreedScheduleLine): Omit<Shippable, 'buyer'> => ({
  scheduleLineId: line.id,
  orderId: line.orderId,
  orderNumber: line.orderNumber,
  orderLineNo: line.lineNo,
  scheduleNo: line.scheduleNo,
  materialId: line.materialId,
  materialCode: line.materialCode,
  materialName: line.materialName,
  supplierCode: line.supplierCode,
  specification: line.specification,
  unit: line.unit,
  agreedDay: line.agreedDay,
  consigned: line.consigned,
  agreed: writeDecimal(line.agreedQuantity),
  left: writeDecimal(leftToShip(line)),
  most: writeDecimal(mostToShip(line)),
  deliverTo: line.deliverTo,
})
