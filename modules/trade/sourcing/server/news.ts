import { sql } from 'kysely'
import type { z } from 'zod'
import type { Notice } from '#kernel/notices.ts'
import { narrow } from '#kernel/postgres.ts'
import type { TodoKind } from '#kernel/todos.ts'
import { chinaDay } from '#values/instant.ts'
import { sourcingEvents } from '../contract.ts'
import { deadlineEvents } from '../deadline-contract.ts'
import type { SourcingTables } from './tables.ts'

type News = z.infer<typeof sourcingEvents.invited.payload>

const toSupplier = (name: 'invited' | 'extended' | 'answered' | 'cancelled' | 'decided'): Notice<News> => ({
  event: sourcingEvents[name].name,
  kind: sourcingEvents[name].name,
  recipient: (news) => news.supplierOrg,
  partner: (news) => news.buyerOrg,
  permission: 'sourcing.bid',
  path: (news) => `/sourcing/invitations/${news.invitationId}`,
  values: (news) => ({ number: news.number }),
})

const toBuyer = (name: 'quoted' | 'asked'): Notice<News> => ({
  event: sourcingEvents[name].name,
  kind: sourcingEvents[name].name,
  recipient: (news) => news.buyerOrg,
  partner: (news) => news.supplierOrg,
  permission: 'sourcing.manage',
  path: (news) => `/sourcing/requests/${news.requestId}`,
  values: (news) => ({ number: news.number }),
})

const deadlineNear: Notice<z.infer<typeof deadlineEvents.near.payload>> = {
  ...toSupplier('invited'),
  event: deadlineEvents.near.name,
  kind: deadlineEvents.near.name,
  values: ({ number, deadline }) => ({ number, day: chinaDay(new Date(deadline)) }),
}

const deadlinePassed: Notice<z.infer<typeof deadlineEvents.passed.payload>> = {
  event: deadlineEvents.passed.name,
  kind: deadlineEvents.passed.name,
  recipient: (news) => news.buyerOrg,
  permission: 'sourcing.manage',
  path: (news) => `/sourcing/requests/${news.requestId}`,
  values: (news) => ({ number: news.number, bids: String(news.bids) }),
}

export const sourcingNotices: readonly Notice[] = [
  ...(['invited', 'extended', 'answered', 'cancelled', 'decided'] as const).map(toSupplier),
  ...(['quoted', 'asked'] as const).map(toBuyer),
  deadlineNear,
  deadlinePassed,
]

const total = sql<number>`count(*) over ()::int`

/** Bids that are open and wait for the award; invitations that wait for a bid. */
export const sourcingTodos: readonly TodoKind[] = [
  {
    name: 'award',
    permission: 'sourcing.manage',
    list: async (ctx, opaqueTx, limit) => {
      const tx = narrow<SourcingTables>(opaqueTx)
      const rows = await tx.sql
        .selectFrom('sourcing.request')
        .select(['id', 'number', 'title', total.as('n')])
        .where('org_id', '=', tx.orgId)
        .where('state', '=', 'published')
        .where('deadline', '<=', ctx.now)
        .orderBy('deadline')
        .limit(limit)
        .execute()
      const items = rows.map((row) => ({ label: `${row.number} ${row.title}`, path: `/sourcing/requests/${row.id}`, due: null }))
      return { total: rows[0]?.n ?? 0, items }
    },
  },
  {
    name: 'bid',
    permission: 'sourcing.bid',
    list: async (ctx, opaqueTx, limit) => {
      const tx = narrow<SourcingTables>(opaqueTx)
      const rows = await tx.sql
        .selectFrom('sourcing.invitation')
        .select(['id', 'number', 'title', 'deadline', total.as('n')])
        .where('supplier_org', '=', tx.orgId)
        .where('request_state', '=', 'published')
        .where('state', '=', 'invited')
        .where('deadline', '>', ctx.now)
        .orderBy('deadline')
        .limit(limit)
        .execute()
      const items = rows.map((row) => ({
        label: `${row.number} ${row.title}`,
        path: `/sourcing/invitations/${row.id}`,
        due: chinaDay(row.deadline),
      }))
      return { total: rows[0]?.n ?? 0, items }
    },
  },
]
