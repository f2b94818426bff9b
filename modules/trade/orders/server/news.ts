import { type SqlBool, sql } from 'kysely'
import type { z } from 'zod'
import type { DocumentKind } from '#kernel/documents.ts'
import type { Notice } from '#kernel/notices.ts'
import { narrow } from '#kernel/postgres.ts'
import type { TodoKind } from '#kernel/todos.ts'
import type { EventType } from '#values/event.ts'
import { chinaDay } from '#values/instant.ts'
import { type OrderId, ordersEvents } from '../contract.ts'
import { dueEvents } from '../due-contract.ts'
import { expediteEvents } from '../expedite-contract.ts'
import { otherSide } from '../order-states.ts'
import { awaited } from './open-deliveries.ts'
import type { OrdersTables } from './tables.ts'

const ENTITY = 'orders.order'
const path = (id: string) => `/orders/${id}`

interface News {
  orderId: string
  number: string
  buyerOrg: z.infer<typeof ordersEvents.proposed.payload>['buyerOrg']
  supplierOrg: z.infer<typeof ordersEvents.proposed.payload>['supplierOrg']
}
type Step = News & { bySide: 'buyer' | 'supplier' }

const otherOrg = (step: Step) => (step.bySide === 'buyer' ? step.supplierOrg : step.buyerOrg)
const ownOrg = (step: Step) => (step.bySide === 'buyer' ? step.buyerOrg : step.supplierOrg)

/** What one side did, told to the other. */
const toOtherSide = ({ name }: EventType): Notice<Step> => ({
  event: name,
  kind: name,
  recipient: otherOrg,
  partner: ownOrg,
  permission: 'orders.manage',
  path: (step) => path(step.orderId),
  values: (step) => ({ number: step.number }),
})

/** With what was typed with it. */
const reminded: Notice<Step & { note: string }> = {
  ...toOtherSide(ordersEvents.reminded),
  values: ({ number, note }) => ({ number, note: note && ` “${note}”` }),
}

const toSupplier: Notice<News> = {
  event: ordersEvents.completed.name,
  kind: ordersEvents.completed.name,
  recipient: (news) => news.supplierOrg,
  partner: (news) => news.buyerOrg,
  permission: 'orders.manage',
  path: (news) => path(news.orderId),
  values: (news) => ({ number: news.number }),
}

const toApprovers: Notice<News> = {
  event: ordersEvents.awaitsApproval.name,
  kind: ordersEvents.awaitsApproval.name,
  recipient: (news) => news.buyerOrg,
  partner: (news) => news.supplierOrg,
  permission: 'orders.approve',
  path: (news) => path(news.orderId),
  values: (news) => ({ number: news.number }),
}

type Deliveries = z.infer<typeof dueEvents.deliveryOverdue.payload>
const toldOfDeliveries = ({ name }: EventType, to: 'buyer' | 'supplier'): Notice<Deliveries> => ({
  event: name,
  kind: name,
  recipient: (news) => news[`${to}Org`],
  partner: (news) => news[`${otherSide(to)}Org`],
  permission: 'orders.manage',
  path: (news) => path(news.orderId),
  values: ({ number, day, deliveries }) => ({ number, day, deliveries: String(deliveries) }),
})

/** A day comes for both sides; each is told what is his to do. */
const dueNotices: readonly Notice[] = [
  { ...toOtherSide(dueEvents.answerOverdue), recipient: ownOrg, partner: otherOrg },
  { ...toOtherSide(dueEvents.answerOverdue), kind: 'orders.answerMissing' },
  toldOfDeliveries(dueEvents.deliveryDueSoon, 'supplier'),
  toldOfDeliveries(dueEvents.deliveryOverdue, 'supplier'),
  toldOfDeliveries(dueEvents.deliveryOverdue, 'buyer'),
]

export const orderNotices: readonly Notice[] = [
  toApprovers,
  ...(['proposed', 'agreed', 'rejected', 'withdrawn', 'cancelled', 'closed'] as const).map((name) => toOtherSide(ordersEvents[name])),
  reminded,
  ...Object.values(expediteEvents).map(toOtherSide),
  ...dueNotices,
  toSupplier,
]

export const orderDocument: DocumentKind = {
  entity: ENTITY,
  read: 'orders.read',
  answer: 'orders.manage',
  path,
  describe: async (_, opaqueTx, ids) => {
    if (ids.length === 0) return new Map()
    const tx = narrow<OrdersTables>(opaqueTx)
    const rows = await tx.sql
      .selectFrom('orders.order')
      .select(['id', 'number', 'buyer_org', 'supplier_org', 'buyer_name', 'supplier_name', 'proposed_at'])
      .where('id', 'in', ids as readonly OrderId[] as OrderId[])
      .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
      .execute()
    return new Map(
      rows.map((row) => [
        row.id as string,
        {
          number: row.number,
          name: row.buyer_org === tx.orgId ? row.supplier_name : row.buyer_name,
          parties: row.proposed_at === null ? [row.buyer_org] : [row.buyer_org, row.supplier_org],
        },
      ]),
    )
  },
  events: [...Object.values(ordersEvents), ...Object.values(expediteEvents)].map(({ name }) => ({
    event: name,
    id: (news: News) => news.orderId,
  })),
}

/** Orders whose next step is the own side's, the first to expire first. */
const waiting = (name: string, permission: string, side: 'buyer' | 'supplier', condition: string): TodoKind => ({
  name,
  permission,
  list: async (_, opaqueTx, limit) => {
    const tx = narrow<OrdersTables>(opaqueTx)
    const other = side === 'buyer' ? 'supplier' : 'buyer'
    const own = tx.sql.selectFrom('orders.order').where(`${side}_org`, '=', tx.orgId).where(sql.raw<SqlBool>(condition))
    const rows = await own
      .select(['id', 'number', `${other}_name as partner`, 'respond_by'])
      .orderBy('answer_order')
      .orderBy('id')
      .limit(limit)
      .execute()
    const { total } = await own.select(sql<number>`count(*)::int`.as('total')).executeTakeFirstOrThrow()
    return {
      total,
      items: rows.map(({ id, number, partner, respond_by }) => ({
        label: `${number} · ${partner}`,
        path: path(id),
        due: respond_by && chinaDay(respond_by),
      })),
    }
  },
})

export const orderTodos: readonly TodoKind[] = [
  waiting('answerAsBuyer', 'orders.manage', 'buyer', "turn = 'buyer'"),
  waiting('answerAsSupplier', 'orders.manage', 'supplier', "turn = 'supplier'"),
  waiting('approve', 'orders.approve', 'buyer', "state = 'awaitingApproval'"),
  {
    name: 'answerExpedite',
    permission: 'orders.manage',
    list: async (_, opaqueTx, limit) => {
      const tx = narrow<OrdersTables>(opaqueTx)
      const own = tx.sql.selectFrom('orders.expedite as expedite').where('expedite.supplier_org', '=', tx.orgId).where(awaited)
      const rows = await own
        .innerJoin('orders.order as o', 'o.id', 'expedite.order_id')
        .select(['o.number', 'o.buyer_name', 'expedite.wanted_day'])
        .orderBy('expedite.wanted_day')
        .orderBy('expedite.id')
        .limit(limit)
        .execute()
      const { total } = await own.select(sql<number>`count(*)::int`.as('total')).executeTakeFirstOrThrow()
      const items = rows.map((row) => ({
        label: `${row.number} · ${row.buyer_name}`,
        path: '/orders/follow-up?side=supplier&tab=expedite',
        due: row.wanted_day,
      }))
      return { total, items }
    },
  },
]
