import type { Context } from '#kernel/context.ts'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import type { DeviceId, DeviceStatus, ThingModelId } from '../contract.ts'
import type { Definition } from '../thing-model.ts'
import { HISTORY_BEGINS } from './binding-rules.ts'
import { announceAll } from './device-access.ts'
import { insertDevices, insertPlacements } from './device-store.ts'
import { insertMeasuringPoints, insertPoints } from './point-store.ts'
import type { Rooms } from './rooms.ts'
import type { DevicesTx } from './tables.ts'

/** One statement writes no more: a thing model may have 500 properties, and a statement ends after 30 s. */
const MAX_POINTS = 5_000

/** A device to be made, its thing model and its place found and allowed. */
export interface NewDevice {
  code: string
  name: string
  nameEn: string | null
  maker: string
  model: string
  serial: string
  note: string
  status: DeviceStatus
  thingModel: { id: ThingModelId; definition: Definition }
  place: { nodeId: PlantNodeId; siteId: PlantNodeId } | null
}

/** Devices with the points of their thing models, their measuring points and places, and the news of it; ids in the same order. */
export async function makeDevices(rooms: Rooms, tx: DevicesTx, ctx: Context, devices: readonly NewDevice[]): Promise<DeviceId[]> {
  if (devices.length === 0) return []
  const rows = devices.map(({ nameEn, thingModel, place: _, ...plate }) => ({ ...plate, name_en: nameEn, model_id: thingModel.id }))
  const idOf = await insertDevices(tx, rows, ctx.now)
  const made = devices.map((device) => {
    const id = idOf.get(device.code)
    if (!id) throw new Error('a device was inserted without its id')
    return { ...device, id }
  })
  const placements = made.flatMap(({ id, place }) => (place ? [{ device_id: id, node_id: place.nodeId, site_id: place.siteId }] : []))
  await insertPlacements(tx, placements, ctx.now)
  const deviceCodes = new Map(made.map(({ id, code }) => [id, code]))
  for (const some of byPoints(made)) {
    const points = await insertPoints(
      tx,
      some.map(({ id, thingModel }) => ({ deviceId: id, properties: thingModel.definition.properties, firstPosition: 0 })),
    )
    await insertMeasuringPoints(tx, deviceCodes, points, { from: HISTORY_BEGINS, now: ctx.now })
  }
  await announceAll(rooms, tx, ctx, made)
  return made.map(({ id }) => id)
}

/** In groups that have few enough points together. */
function byPoints<Device extends NewDevice>(devices: readonly Device[]): Device[][] {
  const groups: Device[][] = []
  let room = 0
  for (const device of devices) {
    const points = device.thingModel.definition.properties.length
    if (points > room) {
      groups.push([])
      room = MAX_POINTS
    }
    groups.at(-1)?.push(device)
    room -= points
  }
  return groups
}
