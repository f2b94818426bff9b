import { sql } from 'kysely'
import type { z } from 'zod'
import { type Context, inScope } from '#kernel/context.ts'
import { opaque, violatedUnique } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { deviceErrors } from '#modules/shopfloor/devices/errors.ts'
import type { DeviceInfo } from '#modules/shopfloor/devices/public.ts'
import type { configurationApi } from '../configuration-contract.ts'
import type { LinkId, PointTableId, Settings } from '../contract.ts'
import { gatewayErrors } from '../errors.ts'
import { mayAddDevices } from './change-gateway.ts'
import { checkedSettings, protocolOf } from './check-settings.ts'
import { findConnection, findTable } from './configuration-store.ts'
import { announce, lockOwnLink } from './gateway-access.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaysTx } from './tables.ts'

type NewConnection = z.output<typeof configurationApi.connect.body>

/** A gateway of the smallest kind keeps the configuration of so many devices in its memory. */
const MAX_DEVICES = 2_000

export const connectDevice = (rooms: Rooms, ctx: Context, input: NewConnection): Promise<{ deviceId: DeviceId }> =>
  rooms.db
    .inTenant(ctx, async (tx) => {
      const { deviceId, gateway } = await connectIn(rooms, tx, ctx, input)
      await announce(rooms, tx, ctx, gateway)
      return { deviceId }
    })
    .catch((error: unknown) => {
      if (violatedUnique(error) === 'device_code' && 'code' in input.device) throw deviceErrors.codeTaken({ code: input.device.code })
      throw violatedUnique(error) === 'connection_unit' ? gatewayErrors.unitTaken() : error
    })

/** In the caller's transaction; the caller announces the gateway. */
export async function connectIn(rooms: Rooms, tx: GatewaysTx, ctx: Context, input: NewConnection) {
  const where = await checkedWhere(rooms, tx, ctx, input)
  const { n } = await tx.sql
    .selectFrom('gateways.connection as c')
    .innerJoin('gateways.link as l', (join) => join.onRef('l.org_id', '=', 'c.org_id').onRef('l.id', '=', 'c.link_id'))
    .where('c.org_id', '=', tx.orgId)
    .where('l.gateway_id', '=', where.gateway.device_id)
    .select(sql<number>`count(*)::int`.as('n'))
    .executeTakeFirstOrThrow()
  if (n >= MAX_DEVICES) throw gatewayErrors.tooMany({ limit: MAX_DEVICES })
  const device =
    'id' in input.device
      ? await ownDevice(rooms, tx, ctx, input.device.id)
      : await newDevice(rooms, tx, ctx, where.table.model_code, input.device)
  if (device.modelCode !== where.table.model_code) throw gatewayErrors.otherModel({ model: where.table.model_code })
  if (await isGateway(tx, device.id)) throw gatewayErrors.gatewayItself({ code: device.code })
  if (await findConnection(tx, device.id)) throw gatewayErrors.connectedAlready({ code: device.code })
  await rooms.devices.takeNewestModel(opaque(tx), ctx, device.id)
  await tx.sql
    .insertInto('gateways.connection')
    .values({
      org_id: tx.orgId,
      device_id: device.id,
      code: device.code,
      link_id: input.linkId,
      point_table_id: input.pointTableId,
      table_version: where.table.version,
      ...where.columns,
      enabled: true,
      created_at: ctx.now,
    })
    .execute()
  return { deviceId: device.id, gateway: where.gateway }
}

export const updateConnection = (
  rooms: Rooms,
  ctx: Context,
  deviceId: DeviceId,
  input: z.output<typeof configurationApi.updateConnection.body>,
) =>
  rooms.db
    .inTenant(ctx, async (tx) => {
      const before = await ownConnection(rooms, tx, ctx, deviceId)
      const where = await checkedWhere(rooms, tx, ctx, input)
      const now = await findConnection(tx, deviceId)
      if (now?.version !== input.version) throw gatewayErrors.changedMeanwhile({ version: now?.version ?? 0 })
      const device = await ownDevice(rooms, tx, ctx, deviceId)
      if (device.modelCode !== where.table.model_code) throw gatewayErrors.otherModel({ model: where.table.model_code })
      await rooms.devices.takeNewestModel(opaque(tx), ctx, deviceId)
      const changed = await tx.sql
        .updateTable('gateways.connection')
        .set((eb) => ({
          link_id: input.linkId,
          point_table_id: input.pointTableId,
          // Of the same table it keeps the revision it has: that changes by a roll-out alone.
          table_version: before.point_table_id === input.pointTableId ? before.table_version : where.table.version,
          ...where.columns,
          enabled: input.enabled,
          version: eb('version', '+', 1),
        }))
        .where('org_id', '=', tx.orgId)
        .where('device_id', '=', deviceId)
        .returning('version')
        .executeTakeFirstOrThrow()
      if (before.gateway_id !== where.gateway.device_id) {
        const { gateway } = await lockOwnLink(rooms, tx, ctx, before.link_id)
        await announce(rooms, tx, ctx, gateway)
      }
      await announce(rooms, tx, ctx, where.gateway)
      return changed
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'connection_unit' ? gatewayErrors.unitTaken() : error
    })

export const disconnectDevice = (rooms: Rooms, ctx: Context, deviceId: DeviceId): Promise<void> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const connection = await ownConnection(rooms, tx, ctx, deviceId)
    const { gateway } = await lockOwnLink(rooms, tx, ctx, connection.link_id)
    await tx.sql.deleteFrom('gateways.connection').where('org_id', '=', tx.orgId).where('device_id', '=', deviceId).execute()
    await announce(rooms, tx, ctx, gateway)
  })

interface Where {
  linkId: LinkId
  unit: Settings
  pointTableId: PointTableId
  sourceTime: NewConnection['sourceTime']
  sequence: NewConnection['sequence']
}

/** Link, point table and the settings of the unit, checked against each other; the gateway is locked. */
async function checkedWhere(rooms: Rooms, tx: GatewaysTx, ctx: Context, { linkId, unit, pointTableId, sourceTime, sequence }: Where) {
  const { link, gateway } = await lockOwnLink(rooms, tx, ctx, linkId)
  const table = await findTable(tx, pointTableId)
  if (!table) throw gatewayErrors.pointTableNotFound({ id: pointTableId })
  if (table.protocol !== link.protocol) throw gatewayErrors.otherProtocol({ protocol: table.protocol })
  const protocol = protocolOf(link.protocol)
  const placed = <Setting extends { place: Settings }>(setting: Setting | null) =>
    setting && JSON.stringify({ ...setting, place: checkedSettings(protocol.place, setting.place) })
  return {
    gateway,
    table,
    columns: {
      unit: JSON.stringify(checkedSettings(protocol.unit, unit)),
      source_time: placed(sourceTime),
      sequence: placed(sequence),
    },
  }
}

async function ownConnection(rooms: Rooms, tx: GatewaysTx, ctx: Context, deviceId: DeviceId) {
  const connection = await findConnection(tx, deviceId)
  const device = connection && (await rooms.devices.device(opaque(tx), deviceId))
  if (!connection || !device || !inScope(ctx, device.siteId)) throw gatewayErrors.connectionNotFound({ deviceId })
  return connection
}

async function ownDevice(rooms: Rooms, tx: GatewaysTx, ctx: Context, id: DeviceId): Promise<DeviceInfo> {
  const device = await rooms.devices.device(opaque(tx), id)
  if (!device || !inScope(ctx, device.siteId)) throw deviceErrors.notFound({ id })
  if (device.status === 'retired') throw deviceErrors.retired({ id })
  return device
}

async function newDevice(
  rooms: Rooms,
  tx: GatewaysTx,
  ctx: Context,
  modelCode: string,
  plate: Exclude<NewConnection['device'], { id: DeviceId }>,
): Promise<DeviceInfo> {
  mayAddDevices(ctx)
  const model = await rooms.devices.newestModel(opaque(tx), modelCode)
  if (!model) throw deviceErrors.modelNotFound({ code: modelCode })
  const { id } = await rooms.devices.addDevice(opaque(tx), ctx, {
    ...plate,
    note: '',
    thingModelId: model.id,
    status: 'active',
    withCredential: false,
  })
  return ownDevice(rooms, tx, { ...ctx, scopes: { ...ctx.scopes, sites: 'all' } }, id)
}

const isGateway = async (tx: GatewaysTx, id: DeviceId): Promise<boolean> =>
  (await tx.sql
    .selectFrom('gateways.gateway')
    .select('device_id')
    .where('org_id', '=', tx.orgId)
    .where('device_id', '=', id)
    .executeTakeFirst()) !== undefined
