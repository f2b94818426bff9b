import { sql } from 'kysely'
import type { z } from 'zod'
import { type Context, inScope } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import { opaque } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { deviceErrors } from '#modules/shopfloor/devices/errors.ts'
import type { DeviceInfo } from '#modules/shopfloor/devices/public.ts'
import type { ListQuery, Page } from '#values/list.ts'
import type { Connection, configurationApi, Gateway, GatewayState, GatewaySummary } from '../configuration-contract.ts'
import { wireLimits } from '../contract.ts'
import {
  type ConnectionRow,
  connectionsOf,
  findConnection,
  findLink,
  type GatewayRow,
  gatewayQuery,
  linksOf,
} from './configuration-store.ts'
import { ownGateway } from './gateway-access.ts'
import { activeFor, heardOf } from './pair-store.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaysTx } from './tables.ts'

const LIST_MAX = 1_000

/** By code; a gateway of another's site is not there. */
export const listGateways = (rooms: Rooms, ctx: Context, list: ListQuery): Promise<Page<GatewaySummary>> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const rows = await gatewayQuery(tx).orderBy('g.code').limit(LIST_MAX).execute()
    const known = await rooms.devices.devices(
      opaque(tx),
      rows.map((row) => row.device_id),
    )
    const words = list.search?.toLowerCase().split(/\s+/) ?? []
    const visible = rows.flatMap((row) => {
      const device = known.get(row.device_id)
      if (!device || !inScope(ctx, device.siteId)) return []
      const text = `${device.code} ${device.name} ${device.nameEn ?? ''}`.toLowerCase()
      return words.every((word) => text.includes(word)) ? [row] : []
    })
    const query = gatewayQuery(tx).where(sql<boolean>`g.device_id = any(${visible.map((row) => row.device_id)}::uuid[])`)
    const order = { sorts: { code: { by: 'g.code', type: 'text' } }, id: 'g.device_id' } as const
    const page = await readPage(tx, query, list, order, (row) => row)
    return { ...page, items: page.items.map((row) => summaryOf(row, known.get(row.device_id) as DeviceInfo, ctx.now.getTime())) }
  })

export const readGateway = (rooms: Rooms, ctx: Context, id: DeviceId): Promise<Gateway> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { row, device } = await ownGateway(rooms, tx, ctx, id)
    const links = await linksOf(tx, id)
    const readBy = row.owner_id === id && row.active_id ? row.active_id : id
    const heard = (await heardOf(tx, [readBy])).get(readBy)
    return {
      ...summaryOf(row, device, ctx.now.getTime()),
      version: row.version,
      backfillSamplesPerSecond: row.backfill_samples_per_second,
      revision: row.revision,
      appliedRevision: row.status?.revision ?? null,
      status: row.status && { ...row.status, links: row.links_read ?? row.status.links },
      linksKnown: stateOf(heard ? new Date(heard.lastMs) : null, ctx.now.getTime()) === 'online',
      linkList: links.map(linkView),
      connections: await connectionViews(rooms, tx, await connectionsOf(tx, id)),
    }
  })

/** Where a device's values come from; null: from no gateway. Errors: devices.notFound. */
export const readConnection = (
  rooms: Rooms,
  ctx: Context,
  deviceId: DeviceId,
): Promise<z.input<typeof configurationApi.connection.response>> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const device = await rooms.devices.device(opaque(tx), deviceId)
    if (!device || !inScope(ctx, device.siteId)) throw deviceErrors.notFound({ id: deviceId })
    const row = await findConnection(tx, deviceId)
    if (!row) return { connection: null }
    const [connection] = await connectionViews(rooms, tx, [row])
    const link = await findLink(tx, row.link_id)
    const readBy = await activeFor(tx, row.gateway_id)
    const gatewayRow = await gatewayQuery(tx).where('g.device_id', '=', readBy).executeTakeFirst()
    const gateway = await rooms.devices.device(opaque(tx), readBy)
    if (!connection || !link || !gatewayRow || !gateway) return { connection: null }
    const summary = summaryOf(gatewayRow, gateway, ctx.now.getTime())
    const linkStatus = gatewayRow.status?.links.find((one) => one.id === link.id)
    const { units = [], ...status } = linkStatus ?? {}
    return {
      connection: {
        ...connection,
        gateway: summary,
        link: linkView(link),
        linkStatus: linkStatus ? { ...linkStatus, ...status } : null,
        unitStatus: units.find((unit) => unit.device === connection.code) ?? null,
      },
    }
  })

const linkView = (link: Awaited<ReturnType<typeof linksOf>>[number]) => ({
  id: link.id,
  name: link.name,
  protocol: link.protocol,
  connection: link.connection,
  secretsKept: Object.keys(link.secrets),
  enabled: link.enabled,
  version: link.version,
})

async function connectionViews(rooms: Rooms, tx: GatewaysTx, rows: readonly ConnectionRow[]): Promise<Connection[]> {
  const known = await rooms.devices.devices(
    opaque(tx),
    rows.map((row) => row.device_id),
  )
  return rows.map((row) => ({
    deviceId: row.device_id,
    code: row.code,
    name: known.get(row.device_id)?.name ?? row.code,
    nameEn: known.get(row.device_id)?.nameEn ?? null,
    linkId: row.link_id,
    unit: row.unit,
    pointTableId: row.point_table_id,
    pointTableName: row.table_name,
    tableVersion: row.table_version,
    points: row.points,
    sourceTime: row.source_time,
    sequence: row.sequence,
    enabled: row.enabled,
    version: row.version,
  }))
}

export const stateOf = (receivedAt: Date | null, nowMs: number): GatewayState =>
  receivedAt === null ? 'never' : nowMs - receivedAt.getTime() < wireLimits.offlineAfterMs ? 'online' : 'offline'

function summaryOf(row: GatewayRow, device: DeviceInfo, nowMs: number): GatewaySummary {
  const { status } = row
  const isStandby = row.owner_id !== null && row.owner_id !== row.device_id
  const links = isStandby ? [] : (row.links_read ?? status?.links ?? [])
  return {
    id: row.device_id,
    code: row.code,
    name: device.name,
    nameEn: device.nameEn,
    deviceStatus: device.status,
    state: stateOf(row.received_at, nowMs),
    lastSeenAt: row.received_at?.toISOString() ?? null,
    links: row.links ?? 0,
    linksDown: links.filter((link) => link.state === 'failed' || link.state === 'connecting').length,
    devices: row.devices ?? 0,
    queueBatches: status?.queue.batches ?? null,
    queueOldestAt: status?.queue.oldestMs == null ? null : new Date(status.queue.oldestMs).toISOString(),
    softwareVersion: status?.version ?? null,
    pair: row.owner_id === null ? null : { isStandby, reads: row.active_id === row.device_id },
  }
}
