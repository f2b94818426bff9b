import { sql } from 'kysely'
import type { Loop } from '#kernel/background.ts'
import { backgroundContext } from '#kernel/context.ts'
import { publishAll } from '#kernel/outbox.ts'
import { opaque } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import { type AlarmId, alarmsEvents } from '../contract.ts'
import { priorityOf } from '../priority.ts'
import { actOnAlarms } from './act-on-alarms.ts'
import { tellOfFlood } from './evaluation/tell-people.ts'
import type { Rooms } from './rooms.ts'

const DUE_MS = 2_000
const AT_ONCE = 500

/** Ends what is shelved when its time is over, and tells of what nobody has acknowledged for too long. */
export const dueLoop = (rooms: Rooms): Loop => ({ name: 'alarms.due', intervalMs: DUE_MS, run: () => dueAlarms(rooms) })

export async function dueAlarms(rooms: Rooms): Promise<void> {
  const now = rooms.clock.now()
  const [shelved, ignored] = await rooms.system.inSystem((tx) => Promise.all([overShelved(tx, now), unacknowledgedTooLong(tx, now)]))
  const due = new Set([...shelved, ...ignored].map((row) => row.org_id))
  if (due.size === 0) return
  for (const scope of await rooms.organisations.everyScope()) {
    if (!due.has(scope.orgId)) continue
    const ctx = backgroundContext(scope, { kind: 'job', id: 'alarms.due' }, '', now)
    const over = shelved.filter((row) => row.org_id === scope.orgId).map((row) => ({ id: row.id, version: undefined }))
    if (over.length > 0) await actOnAlarms(rooms, ctx, { action: 'unshelve', alarms: over, comment: '' })
    const late = ignored.filter((row) => row.org_id === scope.orgId).map((row) => row.id)
    if (late.length > 0) await escalate(rooms, ctx, late)
  }
}

type SystemSql = Parameters<Parameters<Rooms['system']['inSystem']>[0]>[0]
interface Due {
  org_id: OrgId
  id: AlarmId
}

async function overShelved(tx: SystemSql, now: Date): Promise<Due[]> {
  return tx
    .selectFrom('alarms.alarm')
    .select(['org_id', 'id'])
    .where('state', '=', 'shelved')
    .where('shelved_until', '<=', now)
    .limit(AT_ONCE)
    .execute()
}

const tooLong = (now: Date) => sql<boolean>`a.escalated_at is null and a.raised_at + make_interval(mins => r.escalate_minutes) <= ${now}`

async function unacknowledgedTooLong(tx: SystemSql, now: Date): Promise<Due[]> {
  return tx
    .selectFrom('alarms.alarm as a')
    .innerJoin('alarms.rule as r', (join) => join.onRef('r.org_id', '=', 'a.org_id').onRef('r.id', '=', 'a.rule_id'))
    .select(['a.org_id', 'a.id'])
    .where('a.state', '=', 'unacknowledged')
    .where(tooLong(now))
    .limit(AT_ONCE)
    .execute()
}

async function escalate({ db, devices }: Rooms, ctx: ReturnType<typeof backgroundContext>, ids: readonly AlarmId[]): Promise<void> {
  await db.inTenant(ctx, async (tx) => {
    const rows = await tx.sql
      .selectFrom('alarms.alarm as a')
      .innerJoin('alarms.rule as r', (join) => join.onRef('r.org_id', '=', 'a.org_id').onRef('r.id', '=', 'a.rule_id'))
      .select(['a.id', 'a.device_id', 'a.site_id', 'a.state', 'a.rank', 'a.flood_id', 'r.name', 'r.escalate_minutes'])
      .where('a.org_id', '=', tx.orgId)
      .where(sql<boolean>`a.id = any(${[...ids]}::uuid[])`)
      .where('a.state', '=', 'unacknowledged')
      .where(tooLong(ctx.now))
      .forUpdate('a')
      .execute()
    if (rows.length === 0) return
    await tx.sql
      .updateTable('alarms.alarm')
      .set({ escalated_at: ctx.now })
      .where('org_id', '=', tx.orgId)
      .where(sql<boolean>`id = any(${rows.map(({ id }) => id)}::uuid[])`)
      .execute()
    await tx.sql
      .insertInto('alarms.event')
      .values(
        rows.map((row) => ({
          org_id: tx.orgId,
          alarm_id: row.id,
          device_id: row.device_id,
          site_id: row.site_id,
          kind: 'escalated' as const,
          at: ctx.now,
          recorded_at: ctx.now,
          late: false,
          from_state: row.state,
          to_state: row.state,
          told: true,
          rank: row.rank,
          value: null,
          actor_id: null,
          actor_name: null,
          until: null,
        })),
      )
      .execute()
    const named = await devices.devices(opaque(tx), [...new Set(rows.map((row) => row.device_id))])
    const news = rows.map((row) => ({
      key: row.id as string,
      payload: {
        orgId: tx.orgId,
        alarmId: row.id,
        deviceId: row.device_id,
        priority: priorityOf(row.rank),
        name: row.name,
        device: named.get(row.device_id)?.name ?? '',
        minutes: row.escalate_minutes ?? 0,
        floodId: row.flood_id,
      },
    }))
    await publishAll(tx, ctx, alarmsEvents.escalated, news)
    for (const { flood_id, rank, escalate_minutes } of rows)
      if (flood_id && priorityOf(rank) !== 'critical')
        await tellOfFlood(devices, tx, ctx, flood_id, { escalatedAfter: escalate_minutes ?? 0 })
  })
}
