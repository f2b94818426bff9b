import { type Context, inScope } from '#kernel/context.ts'
import { publish, publishAll } from '#kernel/outbox.ts'
import { opaque } from '#kernel/postgres.ts'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import { type DeviceId, devicesEvents } from '../contract.ts'
import { deviceErrors } from '../errors.ts'
import { type DeviceRow, lockDevice } from './device-store.ts'
import type { Rooms } from './rooms.ts'
import type { DevicesTx } from './tables.ts'

/**
 * A device of one's own, within one's sites. A device that stands nowhere is seen by those who are confined to no site.
 * Errors: devices.notFound, devices.changedMeanwhile where a version is given, devices.retired unless `retired` is allowed.
 */
export async function lockOwn(
  tx: DevicesTx,
  ctx: Context,
  id: DeviceId,
  { version, retired = false }: { version?: number; retired?: boolean } = {},
): Promise<DeviceRow> {
  const device = await lockDevice(tx, id)
  if (!device || !(await isInScope(tx, ctx, id))) throw deviceErrors.notFound({ id })
  if (version !== undefined && device.version !== version) throw deviceErrors.changedMeanwhile({ id, version: device.version })
  if (!retired && device.status === 'retired') throw deviceErrors.retired({ id })
  return device
}

/** By its present place; a device that was taken away or retired belongs to the site it stood in last. */
export async function isInScope(tx: DevicesTx, ctx: Context, id: DeviceId): Promise<boolean> {
  if (ctx.scopes.sites === 'all') return true
  const last = await tx.sql
    .selectFrom('devices.placement')
    .select('site_id')
    .where('org_id', '=', tx.orgId)
    .where('device_id', '=', id)
    .orderBy('valid_from', 'desc')
    .limit(1)
    .executeTakeFirst()
  return inScope(ctx, last?.site_id)
}

/** The site of a place in use within one's sites. Errors: devices.placeNotFound, devices.placeRetired. */
export async function siteOfPlace(rooms: Rooms, tx: DevicesTx, ctx: Context, nodeId: PlantNodeId): Promise<PlantNodeId> {
  const node = (await rooms.plant.nodes(opaque(tx), [nodeId])).get(nodeId)
  // The enterprise is no place to stand in.
  if (!node?.siteId || !inScope(ctx, node.siteId)) throw deviceErrors.placeNotFound({ id: nodeId })
  if (node.retired) throw deviceErrors.placeRetired({ id: nodeId })
  return node.siteId
}

export async function orgCodeOf(rooms: Rooms, tx: DevicesTx): Promise<string> {
  const label = (await rooms.organisations.labels(opaque(tx), [tx.orgId])).get(tx.orgId)
  if (!label) throw new Error(`organisation ${tx.orgId} has no label`)
  return label.code
}

/** As `announce`, of many. */
export async function announceAll(
  rooms: Rooms,
  tx: DevicesTx,
  ctx: Context,
  devices: readonly { id: DeviceId; code: string }[],
): Promise<void> {
  const orgCode = await orgCodeOf(rooms, tx)
  const news = devices.map(({ id, code }) => ({ key: id, payload: { deviceId: id, orgCode, deviceCode: code } }))
  await publishAll(tx, ctx, devicesEvents.changed, news)
}

/** Tells those who keep a copy of the device's identity that it has changed. */
export async function announce(rooms: Rooms, tx: DevicesTx, ctx: Context, device: { id: DeviceId; code: string }): Promise<void> {
  const orgCode = await orgCodeOf(rooms, tx)
  await publish(tx, ctx, devicesEvents.changed, device.id, { deviceId: device.id, orgCode, deviceCode: device.code })
}
