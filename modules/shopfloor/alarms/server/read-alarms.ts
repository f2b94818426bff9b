import { sql } from 'kysely'
import type { z } from 'zod'
import { type Context, inScope } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import { opaque } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { DeviceInfo, PointInfo } from '#modules/shopfloor/devices/public.ts'
import type { Page } from '#values/list.ts'
import { actionsIn, quiet, standing, unseen } from '../alarm-states.ts'
import type { Alarm, AlarmDetail, AlarmId, alarmsApi, PointFacts } from '../contract.ts'
import { alarmsErrors } from '../errors.ts'
import { priorityOf, rankOf } from '../priority.ts'
import { foldedFloods } from './read-floods.ts'
import type { Rooms } from './rooms.ts'
import { inputOf } from './rule-store.ts'
import type { AlarmsTx } from './tables.ts'

type Reading = Pick<Rooms, 'db' | 'devices'>

const COLUMNS = [
  'a.id',
  'a.rule_id',
  'a.device_id',
  'a.site_id',
  'a.state',
  'a.rank',
  'a.active',
  'a.raised_at',
  'a.since',
  'a.value',
  'a.first_out',
  'a.shelved_until',
  'a.reason',
  'a.version',
  'r.name',
  'r.name_en',
  'r.point_name',
  'r.condition',
  'r.response',
] as const

const alarmRows = (tx: AlarmsTx, ctx: Context) => {
  const rows = tx.sql
    .selectFrom('alarms.alarm as a')
    .innerJoin('alarms.rule as r', (join) => join.onRef('r.org_id', '=', 'a.org_id').onRef('r.id', '=', 'a.rule_id'))
    .select([...COLUMNS])
    .where('a.org_id', '=', tx.orgId)
  const { sites } = ctx.scopes
  return sites === 'all' ? rows : rows.where(sql<boolean>`a.site_id = any(${[...sites]}::uuid[])`)
}
type Row = Awaited<ReturnType<ReturnType<typeof alarmRows>['executeTakeFirstOrThrow']>>

/** Alarms of one view, by priority and age. */
export function listAlarms(rooms: Reading, ctx: Context, list: z.output<typeof alarmsApi.list.query>): Promise<Page<Alarm>> {
  return rooms.db.inTenant(ctx, async (tx) => {
    let rows = alarmRows(tx, ctx)
    // As literals: only so does the planner see that the partial index of the view holds.
    if (list.view === 'standing') rows = rows.where(sql<boolean>`a.state not in ('normal', 'shelved', 'suppressed', 'outOfService')`)
    if (list.view === 'quiet') rows = rows.where(sql<boolean>`a.state in ('shelved', 'suppressed', 'outOfService')`)
    if (list.state) rows = rows.where('a.state', '=', list.state)
    if (list.priority) rows = rows.where('a.rank', '=', rankOf(list.priority))
    if (list.deviceId) rows = rows.where('a.device_id', '=', list.deviceId)
    if (list.search) rows = rows.where('r.search_text', 'like', likePart(list.search))
    if (list.floodId) rows = rows.where('a.flood_id', '=', list.floodId)
    if (list.folded) {
      const folded = (await foldedFloods(tx, ctx)).map(({ id }) => id)
      rows = rows.where(sql<boolean>`(a.flood_id is null or a.rank = 1 or a.flood_id <> all(${folded}::uuid[]))`)
    }
    const order = {
      sorts: {
        // Within a priority the newest first.
        priority: { by: "a.rank * 1e11 - extract(epoch from coalesce(a.raised_at, 'epoch'))", type: 'numeric' },
        raisedAt: { by: "coalesce(a.raised_at, 'epoch')", type: 'timestamptz' },
        since: { by: 'a.since', type: 'timestamptz' },
      },
      id: 'a.id',
    } as const
    const page = await readPage(tx, rows, list, order, (row) => row)
    const facts = await factsOf(rooms, tx, page.items)
    return { ...page, items: page.items.map((row) => alarmOf(row, facts)) }
  })
}

export const likePart = (text: string) => `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`

export interface Facts {
  devices: Map<DeviceId, DeviceInfo>
  points: Map<string, PointInfo>
}

/** Names of devices and points, at once for a page. */
export async function factsOf({ devices }: Pick<Rooms, 'devices'>, tx: AlarmsTx, rows: readonly { device_id: DeviceId }[]): Promise<Facts> {
  const deviceIds = [...new Set(rows.map((row) => row.device_id))]
  const [named, points] = [await devices.devices(opaque(tx), deviceIds), await devices.points(opaque(tx), { deviceIds })]
  return { devices: named, points: new Map(points.map((point) => [`${point.deviceId} ${point.name}`, point])) }
}

const pointOf = ({ points }: Facts, row: { device_id: DeviceId; point_name: string }) => points.get(`${row.device_id} ${row.point_name}`)

export function pointFacts(facts: Facts, row: { device_id: DeviceId; point_name: string }): PointFacts | null {
  const point = pointOf(facts, row)
  return point ? { label: point.label, labelEn: point.labelEn, unit: point.unit, valueType: point.valueType, states: point.states } : null
}

function alarmOf(row: Row, facts: Facts): Alarm {
  const device = facts.devices.get(row.device_id)
  return {
    id: row.id,
    ruleId: row.rule_id,
    name: row.name,
    nameEn: row.name_en,
    deviceId: row.device_id,
    deviceName: device?.name ?? '',
    deviceNameEn: device?.nameEn ?? null,
    pointName: row.point_name,
    condition: row.condition,
    priority: priorityOf(row.rank),
    state: row.state,
    may: actionsIn(row.state),
    raisedAt: row.raised_at?.toISOString() ?? null,
    since: row.since.toISOString(),
    value: row.value,
    point: pointFacts(facts, row),
    firstOut: row.first_out && standing.includes(row.state),
    shelvedUntil: row.shelved_until?.toISOString() ?? null,
    reason: row.reason,
    response: row.response,
    version: row.version,
  }
}

/** Errors: alarms.notFound. */
export function readAlarm(rooms: Reading, ctx: Context, id: AlarmId): Promise<AlarmDetail> {
  return rooms.db.inTenant(ctx, async (tx) => {
    const row = await alarmRows(tx, ctx)
      .select(['r.device_id as of_device', 'r.model_code', 'r.on_delay_s', 'r.off_delay_s', 'r.bad_quality', 'r.suppression', 'r.priority'])
      .select(['r.latched', 'r.cause', 'r.consequence', 'r.response_minutes', 'r.notify', 'r.escalate_minutes', 'r.retired_at'])
      .select('r.version as rule_version')
      .where('a.id', '=', id)
      .executeTakeFirst()
    if (!row || !inScope(ctx, row.site_id)) throw alarmsErrors.notFound({ id })
    const facts = await factsOf(rooms, tx, [row])
    return {
      ...alarmOf(row, facts),
      active: row.active,
      measuringPointId: pointOf(facts, row)?.id ?? null,
      rule: { ...inputOf({ ...row, device_id: row.of_device }), version: row.rule_version, retired: row.retired_at !== null },
    }
  })
}

const TEN_MINUTES_MS = 600_000

export function summarise({ db }: Pick<Rooms, 'db'>, ctx: Context): Promise<z.input<typeof alarmsApi.summary.response>> {
  return db.inTenant(ctx, async (tx) => {
    const { sites } = ctx.scopes
    const mine = sites === 'all' ? sql<boolean>`true` : sql<boolean>`site_id = any(${[...sites]}::uuid[])`
    const states = await tx.sql
      .selectFrom('alarms.alarm')
      .select(['state', 'rank', sql<number>`count(*)::int`.as('n')])
      .where('org_id', '=', tx.orgId)
      .where('state', '<>', 'normal')
      .where(mine)
      .groupBy(['state', 'rank'])
      .execute()
    const raised = await tx.sql
      .selectFrom('alarms.event')
      .select(sql<number>`count(*)::int`.as('n'))
      .where('org_id', '=', tx.orgId)
      .where('kind', '=', 'raised')
      .where('told', '=', true)
      .where('at', '>', new Date(ctx.now.getTime() - TEN_MINUTES_MS))
      .where(mine)
      .executeTakeFirstOrThrow()
    const sum = (of: typeof states) => of.reduce((n, row) => n + row.n, 0)
    const up = states.filter((row) => standing.includes(row.state))
    const ofRank = (rank: number) => sum(up.filter((row) => row.rank === rank))
    return {
      standing: { critical: ofRank(1), high: ofRank(2), medium: ofRank(3), low: ofRank(4) },
      unacknowledged: sum(states.filter((row) => unseen.includes(row.state))),
      quiet: sum(states.filter((row) => quiet.includes(row.state))),
      lastTenMinutes: raised.n,
    }
  })
}
