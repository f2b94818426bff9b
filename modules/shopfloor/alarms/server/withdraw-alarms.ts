import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import type { AlarmRow } from './rule-store.ts'
import type { AlarmsTx } from './tables.ts'

/** Their rule or their device is no more: what stood stands no longer, its history stays. Returns how many. */
export async function withdrawAlarms(tx: AlarmsTx, ctx: Context, alarms: readonly AlarmRow[]): Promise<number> {
  const open = alarms.filter((alarm) => alarm.state !== 'normal' || alarm.active)
  if (open.length === 0) return 0
  await tx.sql
    .updateTable('alarms.alarm')
    .set((eb) => ({ state: 'normal', active: false, since: ctx.now, shelved_until: null, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where(sql<boolean>`id = any(${open.map(({ id }) => id)}::uuid[])`)
    .execute()
  const isPerson = ctx.actor.kind === 'user'
  await tx.sql
    .insertInto('alarms.event')
    .values(
      open.map((alarm) => ({
        org_id: tx.orgId,
        alarm_id: alarm.id,
        device_id: alarm.device_id,
        site_id: alarm.site_id,
        kind: 'withdrawn' as const,
        at: ctx.now,
        recorded_at: ctx.now,
        late: false,
        from_state: alarm.state,
        to_state: 'normal' as const,
        told: false,
        rank: alarm.rank,
        value: null,
        actor_id: isPerson ? ctx.actor.id : null,
        actor_name: isPerson ? (ctx.actor.name ?? null) : null,
        until: null,
      })),
    )
    .execute()
  return open.length
}
