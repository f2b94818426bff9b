import { sql } from 'kysely'
import { narrow } from '#kernel/postgres.ts'
import type { TodoKind } from '#kernel/todos.ts'
import { chinaDay, shiftDate } from '#values/instant.ts'
import type { LogisticsTables, LogisticsTx } from './tables.ts'

/** Nothing says for how long a container may stay: empty within a month, as one-way packaging would long be gone. */
const OWED_DAYS = 30

/**
 * As the buyer, by partner and kind: containers that came 30 days ago or earlier and have not gone back, the first to come being the first to
 * go. What is on its way back is not owed, whether or not the supplier has said so.
 */
export const owedContainers = (tx: LogisticsTx, today: string) => {
  const stays = sql<number>`coalesce(sum(quantity) filter (where quantity > 0 and state = 'agreed' and day <= ${shiftDate(today, -OWED_DAYS)}), 0)
    + coalesce(sum(quantity) filter (where quantity < 0 and state <> 'refused'), 0)`
  return tx.sql
    .selectFrom('logistics.container_move')
    .select(['supplier_org', 'code'])
    .select((eb) => [eb.fn.max('supplier_name').as('partner'), eb.fn.max('name').as('name')])
    .select(sql<number>`(${stays})::int`.as('owed'))
    .select(sql<number>`count(*) over ()::int`.as('total'))
    .where('buyer_org', '=', tx.orgId)
    .groupBy(['supplier_org', 'code'])
    .having(sql<boolean>`${stays} > 0`)
}

/** As the supplier: counts and returns of the buyer that wait for his word. */
export const reportedContainers = (tx: LogisticsTx) =>
  tx.sql.selectFrom('logistics.container_move').where('supplier_org', '=', tx.orgId).where('state', '=', sql.lit('reported'))

const path = '/logistics/containers'

export const containerTodos: readonly TodoKind[] = [
  {
    name: 'containersOwed',
    permission: 'logistics.receive',
    list: async (ctx, opaqueTx, limit) => {
      const rows = await owedContainers(narrow<LogisticsTables>(opaqueTx), chinaDay(ctx.now))
        .orderBy('supplier_org')
        .orderBy('code')
        .limit(limit)
        .execute()
      return {
        total: rows[0]?.total ?? 0,
        items: rows.map((row) => ({ label: `${row.name} × ${row.owed} · ${row.partner}`, path, due: null })),
      }
    },
  },
  {
    name: 'containersReported',
    permission: 'logistics.ship',
    list: async (_, opaqueTx, limit) => {
      const waiting = reportedContainers(narrow<LogisticsTables>(opaqueTx))
      const rows = await waiting.select(['name', 'quantity', 'buyer_name']).orderBy('day').orderBy('id').limit(limit).execute()
      const { total } = await waiting.select(sql<number>`count(*)::int`.as('total')).executeTakeFirstOrThrow()
      return {
        total,
        items: rows.map((row) => ({ label: `${row.name} × ${Math.abs(row.quantity)} · ${row.buyer_name}`, path, due: null })),
      }
    },
  },
]
