import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { rankOf } from '../priority.ts'
import type { Rooms } from './rooms.ts'
import { type AlarmRow, alarmsOf, type RuleRow } from './rule-store.ts'
import type { AlarmsTx } from './tables.ts'
import { withdrawAlarms } from './withdraw-alarms.ts'

/** One alarm for each device that a rule watches now, with where it stands; those of devices that it watches no more are withdrawn. */
export async function makeAlarms(
  { devices }: Pick<Rooms, 'devices'>,
  tx: AlarmsTx,
  rules: readonly RuleRow[],
  ctx: Context,
): Promise<AlarmRow[]> {
  const inUse = await devices.inUse(opaque(tx))
  const byId = new Map(inUse.map((device) => [device.id, device]))
  const byModel = Map.groupBy(inUse, (device) => device.modelCode)
  const wanted = rules.flatMap((rule) => {
    const of = rule.device_id ? [byId.get(rule.device_id)] : (byModel.get(rule.model_code ?? '') ?? [])
    return of.flatMap((device) => (device ? [{ rule, device }] : []))
  })
  const rows = wanted.map(({ rule, device }) => ({
    rule_id: rule.id,
    device_id: device.id,
    site_id: device.siteId,
    rank: rankOf(rule.priority),
  }))
  const ids = rules.map((rule) => rule.id)
  const before = await alarmsOf(tx, ids)
  const known = new Map(before.map((alarm) => [keyOf(alarm), alarm]))
  // An upsert of what is there already would lock every row of it.
  const changed = rows.filter((row) => {
    const alarm = known.get(keyOf(row))
    return alarm?.rank !== row.rank || alarm.site_id !== row.site_id
  })
  if (changed.length > 0)
    await sql`insert into alarms.alarm (org_id, rule_id, device_id, site_id, rank, since)
      select ${tx.orgId}, n.rule_id, n.device_id, n.site_id, n.rank, ${ctx.now}
      from jsonb_to_recordset(${JSON.stringify(changed)}::jsonb) as n(rule_id uuid, device_id uuid, site_id uuid, rank smallint)
      order by n.rule_id, n.device_id
      on conflict (org_id, rule_id, device_id) do update set site_id = excluded.site_id, rank = excluded.rank`.execute(tx.sql)
  const alarms = changed.length > 0 ? await alarmsOf(tx, ids) : before
  const watched = new Set(rows.map(keyOf))
  const [now, gone] = [true, false].map((is) => alarms.filter((alarm) => watched.has(keyOf(alarm)) === is))
  await withdrawAlarms(tx, ctx, gone ?? [])
  return now ?? []
}

const keyOf = ({ rule_id, device_id }: Pick<AlarmRow, 'rule_id' | 'device_id'>) => `${rule_id} ${device_id}`
