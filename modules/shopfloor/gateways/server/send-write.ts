import { protocols } from '#edge/drivers/protocols.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { CommandId } from '../contract.ts'
import { isUnfilled } from '../point-rows.ts'
import type { WriteTarget } from '../public.ts'
import { findConnection, findLink, findRevision, gatewayQuery } from './configuration-store.ts'
import { activeFor } from './pair-store.ts'
import { stateOf } from './read-gateways.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaysTx } from './tables.ts'

export async function writeTarget({ clock }: Pick<Rooms, 'clock'>, tx: GatewaysTx, deviceId: DeviceId): Promise<WriteTarget | undefined> {
  const connection = await findConnection(tx, deviceId)
  const link = connection && (await findLink(tx, connection.link_id))
  const table = connection && (await findRevision(tx, connection.point_table_id, connection.table_version))
  const gatewayId = link && (await activeFor(tx, link.gateway_id))
  const gateway = gatewayId && (await gatewayQuery(tx).where('g.device_id', '=', gatewayId).executeTakeFirst())
  if (!connection || !link || !table || !gateway) return undefined
  return {
    gatewayId: gateway.device_id,
    online: stateOf(gateway.received_at, clock.nowMs()) === 'online',
    linkId: link.id,
    protocol: link.protocol,
    writes: protocols[link.protocol]?.can.write ?? false,
    calls: protocols[link.protocol]?.can.call ?? false,
    enabled: link.enabled && connection.enabled,
    unit: connection.unit,
    rows: table.rows.filter((row) => !isUnfilled(row)),
  }
}

/** The gateway's poll locks what it takes: either it has it or it never will. */
export async function withdrawWrite(tx: GatewaysTx, id: CommandId): Promise<boolean> {
  const { numDeletedRows } = await tx.sql
    .deleteFrom('gateways.command')
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .where('taken_at', 'is', null)
    .executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}
