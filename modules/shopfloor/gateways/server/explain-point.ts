import type { z } from 'zod'
import { type Context, inScope } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { deviceErrors } from '#modules/shopfloor/devices/errors.ts'
import type { PointExplanation } from '../explanation-contract.ts'
import { isUnfilled } from '../point-rows.ts'
import { findConnection, findGateway, findLink, findReport, findRevision } from './configuration-store.ts'
import { explainPoint } from './explain-rules.ts'
import { activeFor } from './pair-store.ts'
import { stateOf } from './read-gateways.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaysTx } from './tables.ts'

type Explanation = z.input<typeof PointExplanation>

const notByGateway: Explanation = { cause: 'notByGateway', reason: null, quality: null, since: null, reportedAt: null, source: null }

/** Errors: devices.notFound. */
export const readExplanation = (rooms: Rooms, ctx: Context, deviceId: DeviceId, point: string): Promise<Explanation> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const device = await rooms.devices.device(opaque(tx), deviceId)
    if (!device || !inScope(ctx, device.siteId)) throw deviceErrors.notFound({ id: deviceId })
    const found = await readBy(rooms, tx, deviceId)
    if (!found) return notByGateway
    const { connection, link, gateway, gatewayInfo, report, rows } = found
    const row = rows.find(({ name }) => name === point)
    const { sinceMs, ...cause } = explainPoint({
      deviceActive: device.status === 'active' || device.status === 'maintenance',
      enabled: link.enabled && connection.enabled,
      inTable: row !== undefined,
      filledIn: row !== undefined && !isUnfilled(row),
      gateway: {
        state: stateOf(report?.received_at ?? null, ctx.now.getTime()),
        lastSeenMs: report?.received_at.getTime() ?? null,
        revision: gateway.revision,
        status: report?.status ?? null,
      },
      link: link.id,
      device: connection.code,
      point,
    })
    return {
      ...cause,
      since: sinceMs === null ? null : new Date(sinceMs).toISOString(),
      reportedAt: report?.received_at.toISOString() ?? null,
      source: {
        gateway: { id: gateway.device_id, name: gatewayInfo?.name ?? gateway.code, nameEn: gatewayInfo?.nameEn ?? null },
        link: { id: link.id, name: link.name, protocol: link.protocol, connection: link.connection },
        unit: connection.unit,
        pointTableId: connection.point_table_id,
        pointTableName: connection.table_name,
        place: row?.place ?? null,
        periodMs: row?.periodMs ?? null,
      },
    }
  })

/** What a device is read by; undefined where no gateway reads it. */
async function readBy(rooms: Rooms, tx: GatewaysTx, deviceId: DeviceId) {
  const connection = await findConnection(tx, deviceId)
  if (!connection) return undefined
  const link = await findLink(tx, connection.link_id)
  const gateway = await findGateway(tx, await activeFor(tx, connection.gateway_id))
  if (!link || !gateway) return undefined
  const revision = await findRevision(tx, connection.point_table_id, connection.table_version)
  return {
    connection,
    link,
    gateway,
    gatewayInfo: await rooms.devices.device(opaque(tx), gateway.device_id),
    report: await findReport(tx, gateway.device_id),
    rows: revision?.rows ?? [],
  }
}
