import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { type AlarmAction, nextAlarmState } from '../alarm-states.ts'
import type { AlarmId, EventKind } from '../contract.ts'
import { liveTopic } from './evaluation/apply-changes.ts'
import type { Rooms } from './rooms.ts'
import type { AlarmsTx } from './tables.ts'

const kinds: Record<AlarmAction, EventKind> = {
  acknowledge: 'acknowledged',
  reset: 'reset',
  shelve: 'shelved',
  unshelve: 'unshelved',
  removeFromService: 'removedFromService',
  returnToService: 'returnedToService',
}

export interface Wanted {
  action: AlarmAction
  /** As they were seen; undefined: however they are now. */
  alarms: readonly { id: AlarmId; version: number | undefined }[]
  comment: string
  shelvedUntil?: Date
}

export interface Outcome {
  done: number
  skipped: { id: AlarmId; reason: 'changed' | 'notNow' | 'missing' }[]
}

/** One action on many alarms in one transaction: each that is as it was seen and may take it takes it, the others are told. */
export async function actOnAlarms({ db, bus }: Pick<Rooms, 'db' | 'bus'>, ctx: Context, wanted: Wanted): Promise<Outcome> {
  const outcome = await db.inTenant(ctx, (tx) => act(tx, ctx, wanted))
  if (outcome.done > 0) bus.publish(liveTopic(ctx.orgNo), '')
  return outcome
}

async function act(tx: AlarmsTx, ctx: Context, { action, alarms, comment, shelvedUntil }: Wanted): Promise<Outcome> {
  const rows = await lockAlarms(
    tx,
    ctx,
    alarms.map(({ id }) => id),
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  const skipped: Outcome['skipped'] = []
  const taken: { row: (typeof rows)[number]; to: NonNullable<ReturnType<typeof nextAlarmState>> }[] = []
  for (const { id, version } of alarms) {
    const row = byId.get(id)
    const to = row && nextAlarmState(row.state, action, row)
    if (!row) skipped.push({ id, reason: 'missing' })
    else if (version !== undefined && row.version !== version) skipped.push({ id, reason: 'changed' })
    else if (!to) skipped.push({ id, reason: 'notNow' })
    else taken.push({ row, to })
  }
  if (taken.length === 0) return { done: 0, skipped }
  const quiets = action === 'shelve' || action === 'removeFromService'
  const set = taken.map(({ row, to }) => ({ id: row.id, state: to }))
  await sql`update alarms.alarm a set state = n.state, since = greatest(a.since, ${ctx.now}), version = a.version + 1,
      shelved_until = ${shelvedUntil ?? null}, reason = ${quiets ? comment : ''}
    from jsonb_to_recordset(${JSON.stringify(set)}::jsonb) as n(id uuid, state text)
    where a.org_id = ${tx.orgId} and a.id = n.id`.execute(tx.sql)
  const isPerson = ctx.actor.kind === 'user' || ctx.actor.kind === 'client'
  await tx.sql
    .insertInto('alarms.event')
    .values(
      taken.map(({ row, to }) => ({
        org_id: tx.orgId,
        alarm_id: row.id,
        device_id: row.device_id,
        site_id: row.site_id,
        kind: kinds[action],
        // A source's clock may go before ours: an answer never stands before what it answers.
        at: laterOf(ctx.now, row.since),
        recorded_at: ctx.now,
        late: false,
        from_state: row.state,
        to_state: to,
        told: to === 'unacknowledged',
        rank: row.rank,
        value: null,
        actor_id: isPerson ? ctx.actor.id : null,
        actor_name: isPerson ? (ctx.actor.name ?? null) : null,
        comment,
        until: shelvedUntil ?? null,
      })),
    )
    .execute()
  return { done: taken.length, skipped }
}

const laterOf = (a: Date, b: Date) => (a < b ? b : a)

function lockAlarms(tx: AlarmsTx, ctx: Context, ids: readonly AlarmId[]) {
  const query = tx.sql
    .selectFrom('alarms.alarm')
    .select(['id', 'device_id', 'site_id', 'state', 'since', 'rank', 'active', 'suppressed', 'version'])
    .where('org_id', '=', tx.orgId)
    .where(sql<boolean>`id = any(${[...ids]}::uuid[])`)
    .orderBy('id')
    .forUpdate()
  const { sites } = ctx.scopes
  return (sites === 'all' ? query : query.where(sql<boolean>`site_id = any(${[...sites]}::uuid[])`)).execute()
}
