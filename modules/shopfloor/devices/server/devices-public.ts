import { sql } from 'kysely'
import { narrow } from '#kernel/postgres.ts'
import { devicesApi } from '../contract.ts'
import type { DevicesPublic, PointInfo } from '../public.ts'
import { createDevice } from './create-device.ts'
import { deviceLogIn } from './device-log-in.ts'
import { findDevice } from './device-store.ts'
import { identify } from './identify.ts'
import type { Rooms } from './rooms.ts'
import type { DevicesTables, DevicesTx } from './tables.ts'
import { createThingModel } from './thing-models.ts'

export const devicesPublic = (rooms: Rooms): DevicesPublic => ({
  logIn: deviceLogIn(rooms.clock),
  identify: (orgCode, deviceCode) => identify(rooms, orgCode, deviceCode),
  points: (tx, of) => pointInfos(narrow<DevicesTables>(tx), of),
  device: async (tx, id) => {
    const row = await findDevice(narrow<DevicesTables>(tx), id)
    return (
      row && {
        id: row.id,
        code: row.code,
        name: row.name,
        nameEn: row.name_en,
        typeName: row.type_name,
        typeNameEn: row.type_name_en,
        status: row.status,
        siteId: row.place?.siteId ?? null,
      }
    )
  },
  createModel: async (ctx, input) => (await createThingModel(rooms.db, ctx, devicesApi.createThingModel.body.parse(input))).id,
  createDevice: async (ctx, input) => {
    const { id, credential } = await createDevice(rooms, ctx, devicesApi.create.body.parse(input))
    return { deviceId: id, secret: credential?.secret ?? null }
  },
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
