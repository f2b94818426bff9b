import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { DeviceId, devicesApi, MeasuringPointId } from '../contract.ts'
import { deviceErrors } from '../errors.ts'
import { checkHappened, makeRoom, matchPoints } from './binding-rules.ts'
import { endOfLife } from './change-device.ts'
import { announce, lockOwn } from './device-access.ts'
import { placementsOf } from './device-store.ts'
import { moveTo } from './place-device.ts'
import { endBindings, insertBindings, isOverlap, lastBoundTo, lastOfPoints, pointsOfDevice, retireUnbound } from './point-store.ts'
import type { Rooms } from './rooms.ts'
import type { DevicesTx } from './tables.ts'

/**
 * From an instant on the measuring points of one device get their values from another one's points of the same names. What the new device
 * had measuring points of its own for ends there; these are retired. Samples the new device sent since that instant count at once, since a
 * stream belongs to the device point.
 */
export const exchangeDevice = (rooms: Rooms, ctx: Context, id: DeviceId, input: z.output<typeof devicesApi.exchange.body>) =>
  rooms.db
    .inTenant(ctx, async (tx) => {
      const from = new Date(input.from)
      checkHappened(from, ctx.now)
      if (id === input.toDeviceId) throw deviceErrors.sameDevice({ id })
      const { old, successor } = await lockBoth(tx, ctx, id, input.toDeviceId)
      const bound = await lastBoundTo(tx, id)
      if (bound.length === 0) throw deviceErrors.nothingBound({ id })
      const points = (await pointsOfDevice(tx, successor.id)).map((p) => ({
        id: p.id,
        name: p.name,
        valueType: p.value_type,
        unit: p.unit,
        kind: p.kind,
      }))
      const { pairs, differing } = matchPoints(bound, points)
      if (differing.length > 0) throw deviceErrors.pointsDiffer({ names: differing.join('、') })

      await endAt(tx, bound, from)
      const displaced = await lastOfPoints(
        tx,
        pairs.map(([, point]) => point.id),
      )
      await endAt(tx, displaced, from)
      await insertBindings(
        tx,
        pairs.map(([was, point]) => ({
          measuring_point_id: was.measuringPointId,
          device_id: successor.id,
          point_id: point.id,
          valid_from: from,
        })),
      )
      await retireUnbound(
        tx,
        displaced.map((d): MeasuringPointId => d.measuring_point_id),
        ctx.now,
      )
      if (input.takePlace) await takePlace(tx, ctx, id, successor.id, from)
      if (input.retireOld && old.status !== 'retired') await endOfLife(rooms, tx, ctx, old)
      else await announce(rooms, tx, ctx, old)
      await announce(rooms, tx, ctx, successor)
      return { rebound: pairs.length }
    })
    .catch((error: unknown) => {
      throw isOverlap(error) ? deviceErrors.bindingOverlap() : error
    })

/** In the order of their ids, so that two exchanges at once wait for each other instead of for ever. */
async function lockBoth(tx: DevicesTx, ctx: Context, oldId: DeviceId, newId: DeviceId) {
  const lockOld = () => lockOwn(tx, ctx, oldId, { retired: true })
  const lockNew = () => lockOwn(tx, ctx, newId)
  if (oldId < newId) {
    const old = await lockOld()
    return { old, successor: await lockNew() }
  }
  const successor = await lockNew()
  return { old: await lockOld(), successor }
}

async function endAt(tx: DevicesTx, bindings: readonly { id: string; from: Date; until: Date | null }[], at: Date): Promise<void> {
  const overlapping = bindings.find((b) => makeRoom(b, at) === 'overlap')
  if (overlapping) throw deviceErrors.bindingOverlap({ since: overlapping.from.toISOString() })
  await endBindings(
    tx,
    bindings.filter((b) => makeRoom(b, at) === 'end').map((b) => b.id),
    at,
  )
}

/** The successor stands where the old one stood. */
async function takePlace(tx: DevicesTx, ctx: Context, oldId: DeviceId, newId: DeviceId, from: Date): Promise<void> {
  const last = (await placementsOf(tx, oldId))[0]
  if (!last) return
  const there = (await placementsOf(tx, newId))[0]
  if (there?.valid_until === null && there.node_id === last.node_id) return
  if (last.valid_until === null) await moveTo(tx, ctx, oldId, null, from)
  await moveTo(tx, ctx, newId, { nodeId: last.node_id, siteId: last.site_id }, from)
}
