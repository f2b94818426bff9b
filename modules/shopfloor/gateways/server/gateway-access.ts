import { type Context, inScope } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { opaque } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { DeviceInfo } from '#modules/shopfloor/devices/public.ts'
import { AppError } from '#values/errors.ts'
import { gatewaysEvents, type LinkId } from '../contract.ts'
import { gatewayErrors } from '../errors.ts'
import { findLink, type GatewayRow, gatewayQuery, lockGateway, raiseRevision } from './configuration-store.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaysTx } from './tables.ts'

/** A gateway within one's sites. Errors: gateways.notFound. */
export async function ownGateway(
  rooms: Rooms,
  tx: GatewaysTx,
  ctx: Context,
  id: DeviceId,
): Promise<{ row: GatewayRow; device: DeviceInfo }> {
  const row = await gatewayQuery(tx).where('g.device_id', '=', id).executeTakeFirst()
  const device = row && (await rooms.devices.device(opaque(tx), id))
  if (!row || !device || !inScope(ctx, device.siteId)) throw gatewayErrors.notFound({ id })
  return { row, device }
}

/** As above, locked for a change. Errors: gateways.notFound, gateways.changedMeanwhile where a version is given. */
export async function lockOwnGateway(rooms: Rooms, tx: GatewaysTx, ctx: Context, id: DeviceId, version?: number) {
  const gateway = await lockGateway(tx, id)
  const { device } = await ownGateway(rooms, tx, ctx, id)
  if (!gateway) throw gatewayErrors.notFound({ id })
  if (version !== undefined && gateway.version !== version) throw gatewayErrors.changedMeanwhile({ id, version: gateway.version })
  return { gateway, device }
}

/** A link of a gateway within one's sites. Errors: gateways.linkNotFound. */
export async function ownLink(rooms: Rooms, tx: GatewaysTx, ctx: Context, id: LinkId) {
  const link = await findLink(tx, id)
  const device = link && (await rooms.devices.device(opaque(tx), link.gateway_id))
  if (!link || !device || !inScope(ctx, device.siteId)) throw gatewayErrors.linkNotFound({ id })
  return link
}

/** A link of a gateway within one's sites, both locked. Errors: gateways.linkNotFound. */
export async function lockOwnLink(rooms: Rooms, tx: GatewaysTx, ctx: Context, id: LinkId) {
  const link = await findLink(tx, id)
  if (!link) throw gatewayErrors.linkNotFound({ id })
  const { gateway, device } = await lockOwnGateway(rooms, tx, ctx, link.gateway_id).catch((error: unknown) => {
    throw error instanceof AppError ? gatewayErrors.linkNotFound({ id }) : error
  })
  const locked = await findLink(tx, id)
  if (!locked) throw gatewayErrors.linkNotFound({ id })
  return { link: locked, gateway, device }
}

/** What the gateway reads or speaks for has changed: its revision rises, and that of its standby; they and the ingest are told. */
export async function announce(rooms: Rooms, tx: GatewaysTx, ctx: Context, gateway: { device_id: DeviceId }): Promise<void> {
  const label = (await rooms.organisations.labels(opaque(tx), [tx.orgId])).get(tx.orgId)
  if (!label) throw new Error(`organisation ${tx.orgId} has no label`)
  for (const { device_id, code } of await raiseRevision(tx, gateway.device_id))
    await publish(tx, ctx, gatewaysEvents.changed, device_id, { deviceId: device_id, orgCode: label.code, gatewayCode: code })
}
