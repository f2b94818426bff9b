import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { AlarmId, alarmsApi, Kpis } from '../contract.ts'
import { alarmsErrors } from '../errors.ts'
import { priorityOf } from '../priority.ts'
import { floodsIn } from './read-floods.ts'
import type { Rooms } from './rooms.ts'
import type { AlarmsTx } from './tables.ts'

const DAY_MS = 24 * 3_600_000
const MAX_DAYS = 92
const SLOT_MS = 600_000
const SLOTS_SHOWN = 1_008
const TOP = 20
/** ISA-18.2 §16.5.4: three in a minute are chattering. */
const CHATTERING = 3

/**
 * ISA-18.2 §16 over raises that somebody was told of, in [from, until). Slots of ten minutes begin at whole ten minutes of UTC; one that the
 * period cuts counts as a slot. Errors: alarms.periodTooLong.
 */
export function readKpis(
  rooms: Pick<Rooms, 'db' | 'devices' | 'access'>,
  ctx: Context,
  period: z.output<typeof alarmsApi.kpis.query>,
): Promise<Kpis> {
  const from = new Date(period.from)
  const until = new Date(Math.min(Date.parse(period.until), ctx.now.getTime()))
  if (until.getTime() - from.getTime() > MAX_DAYS * DAY_MS) throw alarmsErrors.periodTooLong()
  const slots = Math.max(0, Math.ceil(until.getTime() / SLOT_MS) - Math.floor(from.getTime() / SLOT_MS))
  return rooms.db.inTenant(ctx, async (tx) => {
    const of = { from, until, mine: mineOf(ctx) }
    const perSlot = await raisesPerSlot(tx, of)
    const raised = perSlot.reduce((sum, slot) => sum + slot.n, 0)
    const peak = perSlot.reduce<(typeof perSlot)[number] | undefined>((most, slot) => (slot.n > (most?.n ?? 0) ? slot : most), undefined)
    const floods = await floodsIn(tx, ctx, from, until)
    const operators = Math.max(1, (await rooms.access.personsWith(opaque(tx), 'alarms.acknowledge')).length)
    const ranks = await raisesPerRank(tx, of)
    const answers = await acknowledgements(tx, of)
    const frequent = await raisesPerAlarm(tx, of)
    const names = await rooms.devices.devices(opaque(tx), [...new Set(frequent.map((row) => row.device_id))])
    const per10Min = slots > 0 ? raised / slots : null
    return {
      raised,
      operators,
      per10Min,
      perOperatorPer10Min: per10Min === null ? null : per10Min / operators,
      peakPer10Min: peak?.n ?? 0,
      peakAt: peak ? peak.at.toISOString() : null,
      floods,
      stale: await staleAt(tx, of),
      byPriority: { critical: ranks.get(1) ?? 0, high: ranks.get(2) ?? 0, medium: ranks.get(3) ?? 0, low: ranks.get(4) ?? 0 },
      medianAcknowledgeS: answers.median,
      acknowledged: answers.n,
      top: frequent.slice(0, TOP).map((row) => ({
        alarmId: row.alarm_id,
        name: row.name,
        nameEn: row.name_en,
        deviceId: row.device_id,
        deviceName: names.get(row.device_id)?.name ?? '',
        deviceNameEn: names.get(row.device_id)?.nameEn ?? null,
        priority: priorityOf(row.rank),
        raised: row.n,
        share: row.n / raised,
        chatteringMinutes: row.chattering,
      })),
      chattering: frequent[0]?.chattering_alarms ?? 0,
      slots: perSlot.slice(-SLOTS_SHOWN).map((slot) => ({ at: slot.at.toISOString(), raised: slot.n })),
    }
  })
}

interface Of {
  from: Date
  until: Date
  mine: ReturnType<typeof mineOf>
}

const mineOf = ({ scopes: { sites } }: Context) =>
  sites === 'all' ? sql<boolean>`true` : sql<boolean>`e.site_id = any(${[...sites]}::uuid[])`

const told = (tx: AlarmsTx, { from, until, mine }: Of) =>
  sql`alarms.event e where e.org_id = ${tx.orgId} and e.kind = 'raised' and e.told and e.at >= ${from} and e.at < ${until} and ${mine}`

async function raisesPerSlot(tx: AlarmsTx, of: Of) {
  const { rows } = await sql<{ at: Date; n: number }>`
    select date_bin('10 minutes', e.at, '2000-01-01T00:00Z') as at, count(*)::int as n from ${told(tx, of)} group by 1 order by 1`.execute(
    tx.sql,
  )
  return rows
}

async function raisesPerRank(tx: AlarmsTx, of: Of): Promise<Map<number, number>> {
  const { rows } = await sql<{ rank: number; n: number }>`select e.rank, count(*)::int as n from ${told(tx, of)} group by 1`.execute(tx.sql)
  return new Map(rows.map((row) => [row.rank, row.n]))
}

/** From a raise to the acknowledgement of that very occurrence: before the alarm is raised again. */
async function acknowledgements(tx: AlarmsTx, of: Of): Promise<{ median: number | null; n: number }> {
  const { rows } = await sql<{ median: number | null; n: number }>`
    select percentile_cont(0.5) within group (order by extract(epoch from answer.at - raised.at))::float8 as median, count(*)::int as n
    from (select e.alarm_id, e.at, lead(e.at) over (partition by e.alarm_id order by e.at, e.id) as again from ${told(tx, of)}) raised
    cross join lateral (select a.at from alarms.event a where a.org_id = ${tx.orgId} and a.alarm_id = raised.alarm_id and a.kind = 'acknowledged'
      and a.at >= raised.at and (raised.again is null or a.at < raised.again) order by a.at limit 1) answer`.execute(tx.sql)
  return rows[0] ?? { median: null, n: 0 }
}

interface Frequent {
  alarm_id: AlarmId
  device_id: DeviceId
  rank: number
  name: string
  name_en: string | null
  n: number
  chattering: number
  chattering_alarms: number
}

/** The most frequent; each with its minutes of chattering, and how many alarms have any. */
async function raisesPerAlarm(tx: AlarmsTx, of: Of): Promise<Frequent[]> {
  const { rows } = await sql<Frequent>`
    select f.*, r.name, r.name_en, a.device_id, a.rank from (
      select alarm_id, n, chattering, (count(*) filter (where chattering > 0) over ())::int as chattering_alarms from (
        select alarm_id, sum(n)::int as n, (count(*) filter (where n >= ${CHATTERING}))::int as chattering
        from (select e.alarm_id, count(*) as n from ${told(tx, of)} group by e.alarm_id, date_trunc('minute', e.at)) by_minute
        group by alarm_id) by_alarm
      order by n desc, alarm_id limit ${TOP}) f
    join alarms.alarm a on a.org_id = ${tx.orgId} and a.id = f.alarm_id
    join alarms.rule r on r.org_id = ${tx.orgId} and r.id = a.rule_id
    order by f.n desc, f.alarm_id`.execute(tx.sql)
  return rows
}

/** Alarms whose last event before the end left them standing with their cause, more than a day before it. */
async function staleAt(tx: AlarmsTx, { until, mine }: Of): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from (
      select distinct on (e.alarm_id) e.alarm_id, e.to_state from alarms.event e
      where e.org_id = ${tx.orgId} and e.at < ${until} and e.kind <> 'escalated' and ${mine}
      order by e.alarm_id, e.at desc, e.id desc) last
    where to_state in ('unacknowledged', 'acknowledged') and (
      select max(e.at) from alarms.event e where e.org_id = ${tx.orgId} and e.alarm_id = last.alarm_id and e.kind = 'raised' and e.at < ${until}
    ) < ${new Date(until.getTime() - DAY_MS)}`.execute(tx.sql)
  return rows[0]?.n ?? 0
}
