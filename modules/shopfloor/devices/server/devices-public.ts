import { sql } from 'kysely'
import { narrow } from '#kernel/postgres.ts'
import { devicesApi } from '../contract.ts'
import { deviceErrors } from '../errors.ts'
import type { DeviceInfo, DevicesPublic, PointInfo } from '../public.ts'
import { takeModelIn } from './change-device.ts'
import { addDevice, createDevice } from './create-device.ts'
import { replaceCredential } from './credentials.ts'
import { deviceLogIn } from './device-log-in.ts'
import { deviceQuery, findDevice, type ListedDevice } from './device-store.ts'
import { identify } from './identify.ts'
import type { Rooms } from './rooms.ts'
import type { DevicesTables, DevicesTx } from './tables.ts'
import { findNewest } from './thing-model-store.ts'
import { createThingModel, saveThingModel } from './thing-models.ts'

export const devicesPublic = (rooms: Rooms): DevicesPublic => ({
  logIn: deviceLogIn(rooms.clock),
  identify: (orgCode, deviceCode) => identify(rooms, orgCode, deviceCode),
  points: (tx, of) => pointInfos(narrow<DevicesTables>(tx), of),
  device: async (tx, id) => {
    const row = await findDevice(narrow<DevicesTables>(tx), id)
    return row && infoOf(row)
  },
  devices: async (tx, ids) => {
    if (ids.length === 0) return new Map()
    const rows = await deviceQuery(narrow<DevicesTables>(tx))
      .where(sql<boolean>`d.id = any(${[...ids]}::uuid[])`)
      .execute()
    return new Map(rows.map((row) => [row.id, infoOf(row)]))
  },
  inUse: async (tx, modelCode) => {
    const all = deviceQuery(narrow<DevicesTables>(tx)).where('d.retired_at', 'is', null)
    return (await (modelCode === undefined ? all : all.where('t.code', '=', modelCode)).orderBy('d.code').execute()).map(infoOf)
  },
  newestModel: async (tx, code) => {
    const row = await findNewest(narrow<DevicesTables>(tx), code)
    return (
      row && {
        id: row.id,
        code: row.code,
        name: row.name,
        nameEn: row.name_en,
        description: row.description,
        definition: row.definition,
        retired: row.retired_at !== null,
      }
    )
  },
  saveModel: async (tx, ctx, input) =>
    (await saveThingModel(narrow<DevicesTables>(tx), ctx, devicesApi.createThingModel.body.parse(input))).id,
  addDevice: (tx, ctx, input) => addDevice(rooms, narrow<DevicesTables>(tx), ctx, devicesApi.create.body.parse(input)),
  replaceCredential: (tx, ctx, id) => replaceCredential(rooms, narrow<DevicesTables>(tx), ctx, id),
  takeNewestModel: async (opaqueTx, ctx, id) => {
    const tx = narrow<DevicesTables>(opaqueTx)
    const device = await findDevice(tx, id)
    if (!device) throw deviceErrors.notFound({ id })
    const newest = await findNewest(tx, device.model_code)
    if (newest && newest.id !== device.model_id) await takeModelIn(rooms, tx, ctx, id, { thingModelId: newest.id })
  },
  createModel: async (ctx, input) => (await createThingModel(rooms.db, ctx, devicesApi.createThingModel.body.parse(input))).id,
  createDevice: async (ctx, input) => {
    const { id, credential } = await createDevice(rooms, ctx, devicesApi.create.body.parse(input))
    return { deviceId: id, secret: credential?.secret ?? null }
  },
})

const infoOf = (row: ListedDevice): DeviceInfo => ({
  id: row.id,
  code: row.code,
  name: row.name,
  nameEn: row.name_en,
  typeName: row.type_name,
  typeNameEn: row.type_name_en,
  modelCode: row.model_code,
  modelId: row.model_id,
  status: row.status,
  siteId: row.place?.siteId ?? null,
})

/** In the order of the thing model's properties. A device that was exchanged has none: its measuring points went on. */
async function pointInfos(
  tx: DevicesTx,
  { deviceIds = [], measuringPointIds = [] }: Parameters<DevicesPublic['points']>[1],
): Promise<PointInfo[]> {
  if (deviceIds.length === 0 && measuringPointIds.length === 0) return []
  const { rows } = await sql<PointInfo>`
    select m.id, m.name, m.code, m.label, m.label_en as "labelEn", m.unit, m.kind, m.value_type as "valueType", m.decimals, m.states,
      last.device_id as "deviceId",
      (select p.site_id from devices.placement p where p.org_id = m.org_id and p.device_id = last.device_id order by p.valid_from desc limit 1) as "siteId",
      coalesce((
        select json_agg(json_build_object('series', p.series, 'deviceId', b.device_id,
          'fromMs', (extract(epoch from b.valid_from) * 1000)::bigint, 'untilMs', (extract(epoch from b.valid_until) * 1000)::bigint) order by b.valid_from)
        from devices.binding b join devices.point p on p.org_id = b.org_id and p.id = b.point_id
        where b.org_id = m.org_id and b.measuring_point_id = m.id), '[]') as bindings
    from devices.measuring_point m
    left join lateral (
      select b.device_id, p.position from devices.binding b join devices.point p on p.org_id = b.org_id and p.id = b.point_id
      where b.org_id = m.org_id and b.measuring_point_id = m.id order by b.valid_from desc limit 1) last on true
    where m.org_id = ${tx.orgId} and (
      m.id = any(${[...measuringPointIds]}::uuid[])
      or (m.retired_at is null and last.device_id = any(${[...deviceIds]}::uuid[])
        and m.id in (select b.measuring_point_id from devices.binding b where b.org_id = ${tx.orgId} and b.device_id = any(${[...deviceIds]}::uuid[]))))
    order by last.device_id, last.position, m.code`.execute(tx.sql)
  return rows
}
