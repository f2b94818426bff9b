import { protocols } from '#edge/drivers/protocols.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { WireStatus } from '../contract.ts'
import type { Pace } from '../public.ts'
import { findConnection, findGateway, findLink, findReport, findRevision } from './configuration-store.ts'
import { activeFor } from './pair-store.ts'
import { stateOf } from './read-gateways.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaysTx } from './tables.ts'

/** As gateways repeat what holds, where an older one does not say. */
const HEARTBEAT_MS = 60_000

export async function paceOf({ clock }: Pick<Rooms, 'clock'>, tx: GatewaysTx, deviceId: DeviceId): Promise<Pace | undefined> {
  const connection = await findConnection(tx, deviceId)
  const link = connection && (await findLink(tx, connection.link_id))
  const gateway = connection && (await findGateway(tx, await activeFor(tx, connection.gateway_id)))
  if (!link || !gateway) return undefined
  const revision = await findRevision(tx, connection.point_table_id, connection.table_version)
  const report = await findReport(tx, gateway.device_id)
  const heartbeatMs = report?.status.heartbeatMs ?? HEARTBEAT_MS
  const rows = revision?.rows.filter(({ access }) => access !== 'call') ?? []
  const everyMs = rows.map(({ name, periodMs, deadband }) => [name, deadband > 0 ? Math.max(periodMs, heartbeatMs) : periodMs] as const)
  // Rows of a data logger are read whatever the protocol can.
  const sends = !connection.source_time && !connection.sequence && protocols[link.protocol]?.sends?.(link.connection)
  const online = stateOf(report?.received_at ?? null, clock.nowMs()) === 'online'
  return {
    everyMs: Object.fromEntries(everyMs),
    ...(sends ? { standing: online && report !== undefined && stands(report.status, link.id, connection.code) } : {}),
  }
}

function stands({ links }: WireStatus, linkId: string, code: string): boolean {
  const link = links.find(({ id }) => id === linkId)
  return link?.state === 'connected' && link.units.some(({ device, state }) => device === code && state === 'ok')
}
