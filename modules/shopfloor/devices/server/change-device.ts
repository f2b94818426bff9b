import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { DeviceId, devicesApi, ThingModelId } from '../contract.ts'
import { deviceErrors } from '../errors.ts'
import { changedQuantities, sameQuantity } from '../thing-model.ts'
import { HISTORY_BEGINS } from './binding-rules.ts'
import { disableCredentials } from './credentials.ts'
import { announce, lockOwn } from './device-access.ts'
import { changeDevice, endPlacement } from './device-store.ts'
import { endBindingsOfDevice, followPoint, insertMeasuringPoints, insertPoints, pointsOfDevice, updatePoint } from './point-store.ts'
import type { Rooms } from './rooms.ts'
import type { DevicesTx } from './tables.ts'
import { findModel } from './thing-model-store.ts'

export const updateDevice = (rooms: Rooms, ctx: Context, id: DeviceId, input: z.output<typeof devicesApi.update.body>) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const device = await lockOwn(tx, ctx, id, { version: input.version })
    const { name, nameEn, maker, model, serial, note, status } = input
    const version = await changeDevice(tx, id, { name, name_en: nameEn, maker, model, serial, note, status })
    if (status !== device.status) await announce(rooms, tx, ctx, device)
    return { version }
  })

export const retireDevice = (rooms: Rooms, ctx: Context, id: DeviceId, version: number) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const device = await lockOwn(tx, ctx, id, { version })
    await endBindingsOfDevice(tx, id, ctx.now)
    return { version: await endOfLife(rooms, tx, ctx, device) }
  })

/** All that ends with a device but its bindings, which its successor may take over from another instant on. */
export async function endOfLife(rooms: Rooms, tx: DevicesTx, ctx: Context, device: { id: DeviceId; code: string }): Promise<number> {
  await disableCredentials(tx, device.id, ctx.now)
  await endPlacement(tx, device.id, ctx.now)
  const version = await changeDevice(tx, device.id, { status: 'retired', retired_at: ctx.now })
  await announce(rooms, tx, ctx, device)
  return version
}

/** Points of properties that the newer version added, with their measuring points; labels, ranges and states of the others follow it. */
export const takeModel = (rooms: Rooms, ctx: Context, id: DeviceId, input: z.output<typeof devicesApi.takeModel.body>) =>
  rooms.db.inTenant(ctx, (tx) => takeModelIn(rooms, tx, ctx, id, input))

/** In the caller's transaction. */
export async function takeModelIn(
  rooms: Rooms,
  tx: DevicesTx,
  ctx: Context,
  id: DeviceId,
  input: { version?: number; thingModelId: ThingModelId },
): Promise<{ version: number; added: number }> {
  const device = await lockOwn(tx, ctx, id, input.version === undefined ? {} : { version: input.version })
  const [before, after] = [await findModel(tx, device.model_id), await findModel(tx, input.thingModelId)]
  if (!before || !after) throw deviceErrors.modelNotFound({ id: input.thingModelId })
  if (before.code !== after.code) throw deviceErrors.otherModel({ code: after.code })
  const changed = changedQuantities(before.definition, after.definition)
  if (changed.length > 0) throw deviceErrors.propertyChanged({ names: changed.join('、') })
  const points = new Map((await pointsOfDevice(tx, id)).map((p) => [p.name, p]))
  for (const property of after.definition.properties) {
    const point = points.get(property.name)
    if (!point) continue
    if (!sameQuantity(property, { valueType: point.value_type, unit: point.unit, kind: point.kind }))
      throw deviceErrors.propertyChanged({ names: property.name })
    await updatePoint(tx, point.id, property)
    if (point.measuring_point_id) await followPoint(tx, point.measuring_point_id, property)
  }
  const missing = after.definition.properties.filter((p) => !points.has(p.name))
  const added = await insertPoints(tx, [{ deviceId: id, properties: missing, firstPosition: points.size }])
  await insertMeasuringPoints(tx, new Map([[id, device.code]]), added, { from: HISTORY_BEGINS, now: ctx.now })
  const version = await changeDevice(tx, id, { model_id: after.id })
  await announce(rooms, tx, ctx, device)
  return { version, added: added.length }
}
