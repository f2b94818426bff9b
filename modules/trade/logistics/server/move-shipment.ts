import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { opaque } from '#kernel/postgres.ts'
import { decimal } from '#values/decimal.ts'
import { logisticsEvents, type Shipment, type ShipmentId, type Timed } from '../contract.ts'
import { logisticsErrors } from '../errors.ts'
import { newsOf } from './issue-shipment.ts'
import type { Rooms } from './rooms.ts'
import { settleTransit } from './settle-transit.ts'
import { type ShipmentAction, step, type Times, timeFault } from './shipment-rules.ts'
import { changeShipment, linesOf, lockShipment, partsOf, type ShipmentRow, sideOf } from './shipment-store.ts'
import { arrivalOf, departureOf, shipmentView } from './shipment-view.ts'
import type { LogisticsTx } from './tables.ts'

function timesOf(row: ShipmentRow): Times {
  const departure = departureOf(row)
  // What came without a notice has ended before anybody could change its times.
  if (!departure) throw logisticsErrors.notAllowedNow({ state: row.state })
  return { departure, arrival: arrivalOf(row) }
}

/** The shipment, locked, where the action is allowed now and to this side, and nobody has changed it since `version`. */
export async function lockFor(tx: LogisticsTx, id: ShipmentId, action: ShipmentAction, version?: number): Promise<ShipmentRow> {
  const shipment = await lockShipment(tx, id)
  if (!shipment) throw logisticsErrors.notFound({ id })
  allowed(tx, shipment, action)
  if (version !== undefined && shipment.version !== version) throw logisticsErrors.changedMeanwhile({ id, version: shipment.version })
  return shipment
}

/** The locked shipment, where the action is allowed now and to this side. */
export function allowed(tx: LogisticsTx, shipment: ShipmentRow, action: ShipmentAction): ShipmentRow {
  const next = step(shipment.state, action, sideOf(tx, shipment))
  if (next.kind === 'notNow') throw logisticsErrors.notAllowedNow({ state: shipment.state })
  if (next.kind === 'notYourSide') throw logisticsErrors.notYourSide({ state: shipment.state })
  return shipment
}

interface NewTimes {
  version: number
  departure?: Timed | undefined
  arrival?: Timed | undefined
}

/** What a change of times is as an action: each needs its own right. */
function actionsOf(before: ShipmentRow, { departure, arrival }: NewTimes): ShipmentAction[] {
  const departs = departure?.kind === 'actual' && before.departure_kind === 'estimated'
  const arrives = arrival?.kind === 'actual' && before.arrival_kind === 'estimated'
  const actions: ShipmentAction[] = [...(departs ? ['depart' as const] : []), ...(arrives ? ['arrive' as const] : [])]
  return actions.length === 0 ? ['foresee'] : actions
}

/** Errors: see the contract. */
export const setTimes = (rooms: Rooms, ctx: Context, id: ShipmentId, given: NewTimes): Promise<Shipment> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const before = await lockShipment(tx, id)
    if (!before) throw logisticsErrors.notFound({ id })
    if (before.version !== given.version) throw logisticsErrors.changedMeanwhile({ id, version: before.version })
    let { state } = before
    const actions = actionsOf(before, given)
    for (const action of actions) {
      const next = step(state, action, sideOf(tx, before))
      if (next.kind === 'notNow') throw logisticsErrors.notAllowedNow({ state: before.state })
      if (next.kind === 'notYourSide') throw logisticsErrors.notYourSide({ state: before.state })
      state = next.state
    }
    // The buyer says when it arrived, not when it left.
    if (given.departure && sideOf(tx, before) === 'buyer') throw logisticsErrors.notYourSide({ state: before.state })
    const times = {
      ...timesOf(before),
      ...(given.departure ? { departure: given.departure } : {}),
      ...(given.arrival ? { arrival: given.arrival } : {}),
    }
    const wrong = timeFault(times, timesOf(before), ctx.now)
    if (wrong) throw logisticsErrors.timeRule({ reasons: [wrong] })
    const changed = await changeShipment(tx, id, {
      state,
      departure_kind: times.departure.kind,
      departure_at: new Date(times.departure.at),
      arrival_kind: times.arrival.kind,
      arrival_at: new Date(times.arrival.at),
    })
    if (actions.includes('depart'))
      await publish(tx, ctx, logisticsEvents.departed, id, { ...newsOf(changed), arrivalAt: changed.arrival_at.toISOString() })
    if (actions.includes('arrive')) await publish(tx, ctx, logisticsEvents.arrived, id, newsOf(changed))
    return shipmentView(await partsOf(tx, changed), ctx.orgId)
  })

/** The supplier takes it back before its arrival: the counters, his stock and the slot at the dock too. */
export const cancelShipment = (
  rooms: Rooms,
  ctx: Context,
  id: ShipmentId,
  { version, reason }: { version: number; reason: string },
): Promise<Shipment> =>
  rooms.db.inTenant(ctx, async (tx) => {
    await lockFor(tx, id, 'cancel', version)
    const lines = await linesOf(tx, id)
    await rooms.orders.lockScheduleLines(
      opaque(tx),
      lines.map((line) => line.schedule_line_id),
    )
    await rooms.orders.addShipped(
      opaque(tx),
      ctx,
      lines.map((line) => ({ id: line.schedule_line_id, quantity: -decimal(line.quantity) })),
    )
    await tx.sql.deleteFrom('logistics.appointment').where('shipment_id', '=', id).execute()
    const cancelled = await changeShipment(tx, id, { state: 'cancelled', cancel_reason: reason, driver_phone: '' })
    await settleTransit(rooms, tx, ctx, id)
    await publish(tx, ctx, logisticsEvents.cancelled, id, { ...newsOf(cancelled), reason })
    return shipmentView(await partsOf(tx, cancelled), ctx.orgId)
  })
