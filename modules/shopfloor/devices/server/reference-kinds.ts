import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { narrow } from '#kernel/postgres.ts'
import type { RecordLabel, ReferenceKind } from '#kernel/references.ts'
import type { DevicesTables, DevicesTx } from './tables.ts'

type Row = RecordLabel & { id: string }

const rights = { read: 'devices.read', manage: 'devices.manage' }
const named = (rows: readonly Row[]) => new Map(rows.map(({ id, ...label }) => [id, label]))

export const deviceReferences: ReferenceKind[] = [
  { entity: 'devices.device', ...rights, describe: async (ctx, tx, ids) => named(await devices(narrow<DevicesTables>(tx), ctx, ids)) },
  {
    entity: 'devices.measuring_point',
    ...rights,
    describe: async (ctx, tx, ids) => named(await measuringPoints(narrow<DevicesTables>(tx), ctx, ids)),
  },
  { entity: 'devices.thing_model', ...rights, describe: async (_ctx, tx, ids) => named(await models(narrow<DevicesTables>(tx), ids)) },
]

/** Where the device stands or stood last; null: within any site's reach only of those who are confined to none. */
const within = ({ scopes: { sites } }: Context, deviceId: string) =>
  sites === 'all'
    ? sql`true`
    : sql`(select p.site_id from devices.placement p where p.org_id = x.org_id and p.device_id = ${sql.raw(deviceId)}
        order by p.valid_from desc limit 1) = any(${[...sites]}::uuid[])`

async function devices(tx: DevicesTx, ctx: Context, ids: readonly string[]): Promise<Row[]> {
  const { rows } = await sql<Row>`select x.id, x.code, x.name, x.name_en as "nameEn" from devices.device x
    where x.org_id = ${tx.orgId} and x.id = any(${[...ids]}::uuid[]) and ${within(ctx, 'x.id')}`.execute(tx.sql)
  return rows
}

async function measuringPoints(tx: DevicesTx, ctx: Context, ids: readonly string[]): Promise<Row[]> {
  const { rows } = await sql<Row>`select x.id, x.code, x.label as name, x.label_en as "nameEn" from devices.measuring_point x
    left join lateral (select b.device_id from devices.binding b where b.org_id = x.org_id and b.measuring_point_id = x.id
      order by b.valid_from desc limit 1) last on true
    where x.org_id = ${tx.orgId} and x.id = any(${[...ids]}::uuid[]) and ${within(ctx, 'last.device_id')}`.execute(tx.sql)
  return rows
}

async function models(tx: DevicesTx, ids: readonly string[]): Promise<Row[]> {
  const { rows } = await sql<Row>`select x.id, x.code, x.name, x.name_en as "nameEn" from devices.thing_model x
    where x.org_id = ${tx.orgId} and x.id = any(${[...ids]}::uuid[])`.execute(tx.sql)
  return rows
}
