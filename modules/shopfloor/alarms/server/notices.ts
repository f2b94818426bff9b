import { sql } from 'kysely'
import type { z } from 'zod'
import type { Notice } from '#kernel/notices.ts'
import { narrow } from '#kernel/postgres.ts'
import type { TodoKind } from '#kernel/todos.ts'
import { alarmsEvents } from '../contract.ts'
import type { AlarmsTables } from './tables.ts'

type Raised = z.infer<typeof alarmsEvents.raised.payload>
type Escalated = z.infer<typeof alarmsEvents.escalated.payload>

type Flooded = z.infer<typeof alarmsEvents.flooded.payload>
type FloodEscalated = z.infer<typeof alarmsEvents.floodEscalated.payload>

/** Of a flood people get one message, and one each of what is critical. */
const toldAlone = ({ orgId, floodId, priority }: Pick<Raised, 'orgId' | 'floodId' | 'priority'>) =>
  floodId && priority !== 'critical' ? undefined : orgId

/** Whom an alarm calls: first those who acknowledge, then those who answer for alarms. */
export const alarmsNotices: readonly Notice[] = [
  {
    event: alarmsEvents.raised.name,
    kind: 'alarms.raised',
    recipient: toldAlone,
    permission: 'alarms.acknowledge',
    path: (news: Raised) => `/alarms/${news.alarmId}`,
    values: (news: Raised) => ({ name: news.name, device: news.device }),
  },
  {
    event: alarmsEvents.escalated.name,
    kind: 'alarms.escalated',
    recipient: toldAlone,
    permission: 'alarms.manage',
    path: (news: Escalated) => `/alarms/${news.alarmId}`,
    values: (news: Escalated) => ({ name: news.name, device: news.device, minutes: String(news.minutes) }),
  },
  {
    event: alarmsEvents.flooded.name,
    kind: 'alarms.flooded',
    recipient: (news: Flooded) => news.orgId,
    permission: 'alarms.acknowledge',
    path: () => '/alarms',
    values: (news: Flooded) => ({ name: news.name, device: news.device, n: String(news.raised) }),
  },
  {
    event: alarmsEvents.floodEscalated.name,
    kind: 'alarms.floodEscalated',
    recipient: (news: FloodEscalated) => news.orgId,
    permission: 'alarms.manage',
    path: () => '/alarms',
    values: (news: FloodEscalated) => ({ name: news.name, device: news.device, n: String(news.raised), minutes: String(news.minutes) }),
  },
]

/** 待确认的告警: the two highest priorities, the highest first. */
export const alarmsTodos: readonly TodoKind[] = [
  {
    name: 'unacknowledged',
    permission: 'alarms.acknowledge',
    list: async ({ scopes: { sites } }, opaqueTx, limit) => {
      const tx = narrow<AlarmsTables>(opaqueTx)
      const rows = await tx.sql
        .selectFrom('alarms.alarm as a')
        .innerJoin('alarms.rule as r', (join) => join.onRef('r.org_id', '=', 'a.org_id').onRef('r.id', '=', 'a.rule_id'))
        .select(['a.id', 'r.name', sql<number>`count(*) over ()::int`.as('n')])
        .where('a.org_id', '=', tx.orgId)
        .where('a.state', 'in', ['unacknowledged', 'returnedUnacknowledged', 'latchedUnacknowledged'])
        .where(sql<boolean>`a.state not in ('normal', 'shelved', 'suppressed', 'outOfService')`)
        .where('a.rank', '<=', 2)
        .where(sites === 'all' ? sql<boolean>`true` : sql<boolean>`a.site_id = any(${[...sites]}::uuid[])`)
        .orderBy('a.rank')
        .orderBy('a.raised_at', 'desc')
        .limit(limit)
        .execute()
      const items = rows.map((row) => ({ label: row.name, path: `/alarms/${row.id}`, due: null }))
      return { total: rows[0]?.n ?? 0, items }
    },
  },
]
