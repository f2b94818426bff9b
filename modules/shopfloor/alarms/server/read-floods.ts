import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { AlarmFloodId, AlarmId, alarmsApi } from '../contract.ts'
import { priorityOf } from '../priority.ts'
import { ENDS_BELOW, type FloodFigures, floodFigures } from './flood-rules.ts'
import type { Rooms } from './rooms.ts'
import type { AlarmsTx } from './tables.ts'

const SHOWN = 20
const DEVICES_NAMED = 3

interface Shown {
  id: AlarmFloodId
  begun_at: Date
  ends_at: Date
  raised: number
  first_alarm_id: AlarmId
  standing: number
  unacknowledged: number
}

const mineOf = ({ scopes: { sites } }: Context) =>
  sites === 'all' ? sql<boolean>`true` : sql<boolean>`f.site_id = any(${[...sites]}::uuid[])`
// As literals: only so does the planner see that the partial index holds.
const STANDING = sql<boolean>`a.flood_id is not null and a.state not in ('normal', 'shelved', 'suppressed', 'outOfService')`

/** Floods that the console folds: running ones, and those that leave as many standing as make a flood go on. */
export async function foldedFloods(tx: AlarmsTx, ctx: Context): Promise<Shown[]> {
  const { rows } = await sql<Shown>`
    with standing as (
      select a.flood_id, count(*)::int as n,
        (count(*) filter (where a.state in ('unacknowledged', 'returnedUnacknowledged', 'latchedUnacknowledged')))::int as unacknowledged
      from alarms.alarm a where a.org_id = ${tx.orgId} and ${STANDING} group by 1)
    select f.id, f.begun_at, f.ends_at, f.raised, f.first_alarm_id,
      coalesce(s.n, 0) as standing, coalesce(s.unacknowledged, 0) as unacknowledged
    from alarms.flood f left join standing s on s.flood_id = f.id
    where f.org_id = ${tx.orgId} and ${mineOf(ctx)} and (f.ends_at > ${ctx.now} or s.n >= ${ENDS_BELOW})
    order by f.begun_at desc, f.id desc limit ${SHOWN}`.execute(tx.sql)
  return rows
}

export function listFloods(rooms: Pick<Rooms, 'db' | 'devices'>, ctx: Context): Promise<z.input<typeof alarmsApi.floods.response>> {
  return rooms.db.inTenant(ctx, async (tx) => {
    const floods = await foldedFloods(tx, ctx)
    if (floods.length === 0) return { items: [] }
    const firsts = await firstAlarms(tx, floods)
    const perDevice = await standingPerDevice(tx, floods)
    const ids = new Set([...firsts.values(), ...perDevice].map((row) => row.device_id))
    const named = await rooms.devices.devices(opaque(tx), [...ids])
    const nameOf = (id: DeviceId) => ({ name: named.get(id)?.name ?? '', nameEn: named.get(id)?.nameEn ?? null })
    return {
      items: floods.flatMap((flood) => {
        const first = firsts.get(flood.first_alarm_id)
        if (!first) return []
        const devices = perDevice.filter((row) => row.flood_id === flood.id)
        const { name, nameEn } = nameOf(first.device_id)
        return [
          {
            id: flood.id,
            begunAt: flood.begun_at.toISOString(),
            endsAt: flood.ends_at.toISOString(),
            raised: flood.raised,
            standing: flood.standing,
            unacknowledged: flood.unacknowledged,
            first: {
              id: first.id,
              name: first.name,
              nameEn: first.name_en,
              deviceId: first.device_id,
              deviceName: name,
              deviceNameEn: nameEn,
              priority: priorityOf(first.rank),
            },
            deviceCount: devices.length,
            devices: devices.slice(0, DEVICES_NAMED).map((row) => ({ ...nameOf(row.device_id), standing: row.n })),
          },
        ]
      }),
    }
  })
}

async function firstAlarms(tx: AlarmsTx, floods: readonly Shown[]) {
  const rows = await tx.sql
    .selectFrom('alarms.alarm as a')
    .innerJoin('alarms.rule as r', (join) => join.onRef('r.org_id', '=', 'a.org_id').onRef('r.id', '=', 'a.rule_id'))
    .select(['a.id', 'a.device_id', 'a.rank', 'r.name', 'r.name_en'])
    .where('a.org_id', '=', tx.orgId)
    .where(sql<boolean>`a.id = any(${floods.map((flood) => flood.first_alarm_id)}::uuid[])`)
    .execute()
  return new Map(rows.map((row) => [row.id, row]))
}

/** The devices with the most first. */
async function standingPerDevice(tx: AlarmsTx, floods: readonly Shown[]) {
  const { rows } = await sql<{ flood_id: AlarmFloodId; device_id: DeviceId; n: number }>`
    select a.flood_id, a.device_id, count(*)::int as n from alarms.alarm a
    where a.org_id = ${tx.orgId} and ${STANDING} and a.flood_id = any(${floods.map(({ id }) => id)}::uuid[])
    group by 1, 2 order by n desc, a.device_id`.execute(tx.sql)
  return rows
}

/** Of the floods of a period. */
export async function floodsIn(tx: AlarmsTx, ctx: Context, from: Date, until: Date): Promise<FloodFigures> {
  const { rows } = await sql<{ begun_at: Date; ends_at: Date }>`
    select f.begun_at, f.ends_at from alarms.flood f
    where f.org_id = ${tx.orgId} and ${mineOf(ctx)} and f.ends_at > ${from} and f.begun_at < ${until}`.execute(tx.sql)
  const floods = rows.map((row) => ({ begunMs: row.begun_at.getTime(), endsMs: row.ends_at.getTime() }))
  return floodFigures(floods, from.getTime(), until.getTime())
}
