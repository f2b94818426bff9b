import { sql } from 'kysely'
import { backgroundContext, type OrgScope } from '#kernel/context.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { type AlarmFinding, type AlarmState, nextAlarmState, standing } from '../../alarm-states.ts'
import type { AlarmId, EventKind } from '../../contract.ts'
import { type Change, keep } from '../condition-rules.ts'
import type { Rooms } from '../rooms.ts'
import { keptOfRow } from '../rule-store.ts'
import type { AlarmsTx } from '../tables.ts'
import { noteFloods, type Told } from './note-floods.ts'
import { tellPeople } from './tell-people.ts'

export interface Found {
  alarmId: AlarmId
  change: Change
  late: boolean
}

const kinds: Record<Exclude<AlarmFinding, 'withdraw'>, EventKind> = {
  raise: 'raised',
  return: 'returned',
  latch: 'returned',
  suppress: 'suppressed',
  unsuppress: 'unsuppressed',
}

export const liveTopic = (orgNo: number): string => `live/${orgNo}/alarms`

/** Writes what the evaluation found of one organisation, in one transaction: states, events, news. Done again it changes nothing. */
export async function applyChanges(
  { db, devices, bus, clock }: Pick<Rooms, 'db' | 'devices' | 'bus' | 'clock'>,
  scope: OrgScope,
  found: readonly Found[],
): Promise<void> {
  const ctx = backgroundContext(scope, { kind: 'job', id: 'alarms.evaluation' }, '', clock.now())
  const events = await db.inTenant(ctx, async (tx) => {
    const rows = await lockForChange(tx, [...new Set(found.map(({ alarmId }) => alarmId))])
    const activeOf = await activeAlarms(tx, [...new Set([...rows.values()].map((row) => row.device_id))])
    const written = found.flatMap((one) => applied(rows, activeOf, one, ctx.now))
    const announced = written.flatMap((event) => {
      const row = rows.get(event.alarm_id)
      return row && event.kind === 'raised' && event.told ? [{ row, id: row.id, site_id: row.site_id, flood_id: null }] : []
    }) as Announcement[]
    await noteFloods(tx, announced, ctx.now)
    for (const { row, flood_id } of announced) row.flood_id = flood_id
    await writeAlarms(tx, [...rows.values()])
    if (written.length === 0) return 0
    await tx.sql
      .insertInto('alarms.event')
      .values(written.map((event) => ({ org_id: tx.orgId, ...event })))
      .execute()
    await tellPeople(
      devices,
      tx,
      ctx,
      announced.filter(({ row }) => row.notify).map(({ row, flood_id }) => ({ ...row, flood_id })),
    )
    return written.length
  })
  if (events > 0) bus.publish(liveTopic(scope.orgNo), '')
}

interface Announcement extends Told {
  row: Row
}

type Row = Awaited<ReturnType<typeof lockForChange>> extends Map<AlarmId, infer R> ? R : never

async function lockForChange(tx: AlarmsTx, ids: readonly AlarmId[]) {
  const rows = await tx.sql
    .selectFrom('alarms.alarm as a')
    .innerJoin('alarms.rule as r', (join) => join.onRef('r.org_id', '=', 'a.org_id').onRef('r.id', '=', 'a.rule_id'))
    .selectAll('a')
    .select(['r.latched', 'r.notify', 'r.name'])
    .where('a.org_id', '=', tx.orgId)
    .where(sql<boolean>`a.id = any(${[...ids]}::uuid[])`)
    .where('r.retired_at', 'is', null)
    .orderBy('a.id')
    .forUpdate('a')
    .execute()
  return new Map(rows.map((row) => [row.id, row]))
}

/** How many alarms of each device stand with their cause. */
async function activeAlarms(tx: AlarmsTx, devices: readonly DeviceId[]): Promise<Map<DeviceId, Set<AlarmId>>> {
  if (devices.length === 0) return new Map()
  const rows = await tx.sql
    .selectFrom('alarms.alarm')
    .select(['device_id', 'id'])
    .where('org_id', '=', tx.orgId)
    .where(sql<boolean>`device_id = any(${[...devices]}::uuid[])`)
    .where('active', '=', true)
    .where('state', 'in', [...standing])
    .execute()
  const of = new Map<DeviceId, Set<AlarmId>>(devices.map((id) => [id, new Set()]))
  for (const row of rows) of.get(row.device_id)?.add(row.id)
  return of
}

/** The row takes what was found; returns its event, if it is one. */
function applied(rows: Map<AlarmId, Row>, activeOf: Map<DeviceId, Set<AlarmId>>, { alarmId, change, late }: Found, now: Date) {
  const row = rows.get(alarmId)
  if (!row) return []
  const before = keptOfRow(row)
  const { finding } = change
  if ((finding === 'raise' || finding === 'return') && change.atMs < before.changedMs) return []
  const kept = keep(before, change)
  row.active = kept.active
  row.changed_ms = kept.changedMs
  row.seen_received_ms = kept.seenReceivedMs
  row.seen_at_ms = kept.seenAtMs
  row.suppressed = kept.suppressed
  row.suppressed_received_ms = kept.suppressedReceivedMs
  row.suppressed_at_ms = kept.suppressedAtMs
  const step = finding === 'return' && row.latched ? 'latch' : finding
  const from: AlarmState = row.state
  const to = nextAlarmState(from, step, kept)
  if (!to) return []
  const at = new Date(change.atMs)
  const value = Number.isNaN(change.value) ? null : change.value
  const actives = activeOf.get(row.device_id)
  const told = to === 'unacknowledged' && from !== to
  if (finding === 'raise') {
    row.raised_at = at
    row.value = value
    row.escalated_at = null
    row.first_out = told && actives?.size === 0
  }
  if (row.active && standing.includes(to)) actives?.add(row.id)
  else actives?.delete(row.id)
  if (to !== from) {
    row.state = to
    row.since = at
  }
  row.version++
  return [
    {
      alarm_id: row.id,
      device_id: row.device_id,
      site_id: row.site_id,
      kind: kinds[step],
      at,
      recorded_at: now,
      late,
      from_state: from,
      to_state: to,
      told,
      rank: row.rank,
      value,
      first_out: finding === 'raise' && row.first_out,
    },
  ]
}

async function writeAlarms(tx: AlarmsTx, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return
  const columns = [
    ['state', 'text'],
    ['active', 'boolean'],
    ['changed_ms', 'bigint'],
    ['seen_received_ms', 'bigint'],
    ['seen_at_ms', 'bigint'],
    ['suppressed', 'boolean'],
    ['suppressed_received_ms', 'bigint'],
    ['suppressed_at_ms', 'bigint'],
    ['raised_at', 'timestamptz'],
    ['since', 'timestamptz'],
    ['value', 'double precision'],
    ['first_out', 'boolean'],
    ['escalated_at', 'timestamptz'],
    ['flood_id', 'uuid'],
    ['version', 'int'],
  ] as const
  const set = sql.raw(columns.map(([name]) => `${name} = n.${name}`).join(', '))
  const types = sql.raw(columns.map(([name, type]) => `${name} ${type}`).join(', '))
  await sql`update alarms.alarm a set ${set} from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(id uuid, ${types})
    where a.org_id = ${tx.orgId} and a.id = n.id`.execute(tx.sql)
}
