import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { publish, publishAll } from '#kernel/outbox.ts'
import { opaque } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { type AlarmFloodId, type AlarmId, alarmsEvents } from '../../contract.ts'
import { priorityOf } from '../../priority.ts'
import type { Rooms } from '../rooms.ts'
import type { AlarmsTx } from '../tables.ts'

interface Raised {
  id: AlarmId
  device_id: DeviceId
  rank: number
  name: string
  flood_id: AlarmFloodId | null
}

/** News of raises whose rules tell people; of a flood one more, the first time. */
export async function tellPeople(devices: Rooms['devices'], tx: AlarmsTx, ctx: Context, raised: readonly Raised[]): Promise<void> {
  if (raised.length === 0) return
  const named = await devices.devices(opaque(tx), [...new Set(raised.map((row) => row.device_id))])
  const news = raised.map((row) => ({
    key: row.id as string,
    payload: {
      orgId: tx.orgId,
      alarmId: row.id,
      deviceId: row.device_id,
      priority: priorityOf(row.rank),
      name: row.name,
      device: named.get(row.device_id)?.name ?? '',
      floodId: row.flood_id,
    },
  }))
  await publishAll(tx, ctx, alarmsEvents.raised, news)
  const quieted = new Set(raised.flatMap((row) => (row.flood_id && priorityOf(row.rank) !== 'critical' ? [row.flood_id] : [])))
  for (const floodId of quieted) await tellOfFlood(devices, tx, ctx, floodId)
}

/** Once that it is one, once that nobody has acknowledged one of its alarms for so many minutes. */
export async function tellOfFlood(
  devices: Rooms['devices'],
  tx: AlarmsTx,
  ctx: Context,
  floodId: AlarmFloodId,
  what?: { escalatedAfter: number },
): Promise<void> {
  const done = sql.ref(what ? 'escalated_at' : 'told_at')
  const { rows } = await sql<{ raised: number; name: string; device_id: DeviceId }>`
    update alarms.flood f set ${done} = ${ctx.now}
    from alarms.alarm a join alarms.rule r on r.org_id = a.org_id and r.id = a.rule_id
    where f.org_id = ${tx.orgId} and f.id = ${floodId} and f.${done} is null and a.org_id = f.org_id and a.id = f.first_alarm_id
    returning f.raised, r.name, a.device_id`.execute(tx.sql)
  const [flood] = rows
  if (!flood) return
  const device = (await devices.device(opaque(tx), flood.device_id))?.name ?? ''
  const payload = { orgId: tx.orgId, floodId, raised: flood.raised, name: flood.name, device }
  if (what) await publish(tx, ctx, alarmsEvents.floodEscalated, floodId, { ...payload, minutes: what.escalatedAfter })
  else await publish(tx, ctx, alarmsEvents.flooded, floodId, payload)
}
