import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { configurationApi } from '../configuration-contract.ts'
import type { LinkId } from '../contract.ts'
import { gatewayErrors } from '../errors.ts'
import { checkedConnection, protocolOf } from './check-settings.ts'
import { linksOf } from './configuration-store.ts'
import { announce, lockOwnGateway, lockOwnLink } from './gateway-access.ts'
import { forgetLinkSecrets, keepLinkSecrets } from './link-secrets.ts'
import { pairOf } from './pair-store.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaysTx } from './tables.ts'

const MAX_LINKS = 500

export const createLink = (rooms: Rooms, ctx: Context, gatewayId: DeviceId, input: NewLink) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const owner = await lockOwnGateway(rooms, tx, ctx, gatewayId)
    const made = await insertLink(rooms, tx, ctx, owner, input)
    await announce(rooms, tx, ctx, owner.gateway)
    return made
  })

type NewLink = z.output<typeof configurationApi.createLink.body>

/** Of a gateway that is locked; the caller announces it. */
export async function insertLink(
  rooms: Rooms,
  tx: GatewaysTx,
  ctx: Context,
  { gateway, device }: Awaited<ReturnType<typeof lockOwnGateway>>,
  { name, enabled, ...input }: NewLink,
): Promise<{ id: LinkId }> {
  const pair = await pairOf(tx, gateway.device_id)
  if (pair?.standby_id === gateway.device_id) throw gatewayErrors.standbyHasLinks()
  if ((await linksOf(tx, gateway.device_id)).length >= MAX_LINKS) throw gatewayErrors.tooMany({ limit: MAX_LINKS })
  const protocol = protocolOf(input.protocol)
  const { settings, secrets } = await checkedConnection(rooms, tx, ctx, { protocol, connection: input.connection, siteId: device.siteId })
  const kept = await keepLinkSecrets(rooms, tx, ctx, { link: name, given: secrets, before: {} })
  return tx.sql
    .insertInto('gateways.link')
    .values({
      org_id: tx.orgId,
      gateway_id: gateway.device_id,
      name,
      protocol: protocol.name,
      connection: JSON.stringify(settings),
      secrets: JSON.stringify(kept),
      enabled,
      created_at: ctx.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
}

export const updateLink = (rooms: Rooms, ctx: Context, id: LinkId, input: z.output<typeof configurationApi.updateLink.body>) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { link, gateway, device } = await lockOwnLink(rooms, tx, ctx, id)
    if (link.version !== input.version) throw gatewayErrors.changedMeanwhile({ id, version: link.version })
    const protocol = protocolOf(link.protocol)
    const { settings, secrets } = await checkedConnection(rooms, tx, ctx, { protocol, connection: input.connection, siteId: device.siteId })
    const kept = await keepLinkSecrets(rooms, tx, ctx, { link: input.name, given: secrets, before: link.secrets })
    const changed = await tx.sql
      .updateTable('gateways.link')
      .set((eb) => ({
        name: input.name,
        connection: JSON.stringify(settings),
        secrets: JSON.stringify(kept),
        enabled: input.enabled,
        version: eb('version', '+', 1),
      }))
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id)
      .returning('version')
      .executeTakeFirstOrThrow()
    await announce(rooms, tx, ctx, gateway)
    return changed
  })

/** Errors: gateways.linkInUse. */
export const deleteLink = (rooms: Rooms, ctx: Context, id: LinkId): Promise<void> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { gateway, link } = await lockOwnLink(rooms, tx, ctx, id)
    const { n } = await tx.sql
      .selectFrom('gateways.connection')
      .where('org_id', '=', tx.orgId)
      .where('link_id', '=', id)
      .select(sql<number>`count(*)::int`.as('n'))
      .executeTakeFirstOrThrow()
    if (n > 0) throw gatewayErrors.linkInUse({ n })
    await forgetLinkSecrets(rooms, tx, link.secrets)
    await tx.sql.deleteFrom('gateways.link').where('org_id', '=', tx.orgId).where('id', '=', id).execute()
    await announce(rooms, tx, ctx, gateway)
  })
