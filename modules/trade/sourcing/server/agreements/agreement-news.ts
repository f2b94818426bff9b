import { sql } from 'kysely'
import type { z } from 'zod'
import type { DocumentKind } from '#kernel/documents.ts'
import type { Notice } from '#kernel/notices.ts'
import { narrow } from '#kernel/postgres.ts'
import type { TodoKind } from '#kernel/todos.ts'
import { chinaDay } from '#values/instant.ts'
import { type AgreementId, agreementEvents } from '../../agreement-contract.ts'
import type { Side } from '../../agreement-states.ts'
import type { SourcingTables } from '../tables.ts'

type News = z.infer<typeof agreementEvents.proposed.payload>
type Terminated = z.infer<typeof agreementEvents.terminated.payload>
const path = (id: string) => `/sourcing/agreements/${id}`

/** Events from before either side could propose name none: the buyer proposed, the supplier answered. */
const sideOf = (name: keyof typeof actors, { bySide }: News): Side => bySide ?? actors[name]
const actors = { proposed: 'buyer', withdrawn: 'buyer', signed: 'supplier', refused: 'supplier' } as const

/** What one side did, told to the other. */
const told = (name: keyof typeof actors): Notice<News> => ({
  event: agreementEvents[name].name,
  kind: agreementEvents[name].name,
  recipient: (news) => (sideOf(name, news) === 'supplier' ? news.buyerOrg : news.supplierOrg),
  partner: (news) => (sideOf(name, news) === 'supplier' ? news.supplierOrg : news.buyerOrg),
  permission: 'sourcing.agree',
  path: (news) => path(news.agreementId),
  values: (news) => ({ number: news.number }),
})

const terminated: Notice<Terminated> = {
  event: agreementEvents.terminated.name,
  kind: agreementEvents.terminated.name,
  recipient: (news) => (news.bySide === 'buyer' ? news.supplierOrg : news.buyerOrg),
  partner: (news) => (news.bySide === 'buyer' ? news.buyerOrg : news.supplierOrg),
  permission: 'sourcing.agree',
  path: (news) => path(news.agreementId),
  values: (news) => ({ number: news.number, day: news.endsOn }),
}

/** A call-off is told by the order that it becomes. */
export const agreementNotices: readonly Notice[] = [...(Object.keys(actors) as (keyof typeof actors)[]).map(told), terminated]

export const agreementDocument: DocumentKind = {
  entity: 'sourcing.agreement',
  read: 'sourcing.read',
  answer: 'sourcing.agree',
  path,
  describe: async (_, opaqueTx, ids) => {
    if (ids.length === 0) return new Map()
    const tx = narrow<SourcingTables>(opaqueTx)
    const rows = await tx.sql
      .selectFrom('sourcing.agreement')
      .select(['id', 'number', 'title', 'buyer_org', 'supplier_org'])
      .where('id', 'in', ids as readonly AgreementId[] as AgreementId[])
      .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
      .execute()
    return new Map(
      rows.map((row) => [row.id as string, { number: row.number, name: row.title, parties: [row.buyer_org, row.supplier_org] }]),
    )
  },
  events: Object.values(agreementEvents).map(({ name }) => ({ event: name, id: (news: News) => news.agreementId })),
}

/** Agreements that wait for the own signature. */
export const agreementTodos: readonly TodoKind[] = [
  {
    name: 'sign',
    permission: 'sourcing.agree',
    list: async (ctx, opaqueTx, limit) => {
      const tx = narrow<SourcingTables>(opaqueTx)
      const rows = await tx.sql
        .selectFrom('sourcing.agreement')
        .select(['id', 'number', 'title', sql<number>`count(*) over ()::int`.as('n')])
        .where((eb) =>
          eb.or([
            eb.and([eb('supplier_org', '=', tx.orgId), eb('proposer', '=', 'buyer')]),
            eb.and([eb('buyer_org', '=', tx.orgId), eb('proposer', '=', 'supplier')]),
          ]),
        )
        // As the partial indexes say it.
        .where('open_revision', 'is not', null)
        // What has run out is amended no more.
        .where((eb) => eb.or([eb('state', '=', 'proposed'), eb('valid_until', '>=', chinaDay(ctx.now))]))
        .orderBy('created_at')
        .limit(limit)
        .execute()
      const items = rows.map((row) => ({ label: `${row.number} ${row.title}`, path: path(row.id), due: null }))
      return { total: rows[0]?.n ?? 0, items }
    },
  },
]
