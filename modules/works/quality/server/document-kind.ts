import { sql } from 'kysely'
import type { z } from 'zod'
import type { DocumentKind } from '#kernel/documents.ts'
import { narrow } from '#kernel/postgres.ts'
import type { TodoKind } from '#kernel/todos.ts'
import { chinaDay } from '#values/instant.ts'
import { type InspectionId, qualityEvents } from '../contract.ts'
import { inspectionsOf } from './inspection-store.ts'
import type { QualityTables } from './tables.ts'

/** An inspection takes comments and photos of its own organisation. */
export const inspectionDocument: DocumentKind = {
  entity: 'quality.inspection',
  read: 'quality.read',
  answer: 'quality.decide',
  path: (id) => `/quality/${id}`,
  describe: async (_, opaqueTx, ids) => {
    const tx = narrow<QualityTables>(opaqueTx)
    const rows = await inspectionsOf(tx)
      .where('i.id', 'in', ids as InspectionId[])
      .execute()
    return new Map(
      rows.map((row) => [row.id, { number: row.number, name: `${row.material_name} ${row.supplier_name}`, parties: [tx.orgId] }]),
    )
  },
  events: [{ event: qualityEvents.decided.name, id: (news: z.infer<typeof qualityEvents.decided.payload>) => news.inspectionId }],
}

/** 待检. */
export const qualityTodos: readonly TodoKind[] = [
  {
    name: 'waiting',
    permission: 'quality.decide',
    list: async (_, opaqueTx, limit) => {
      const rows = await inspectionsOf(narrow<QualityTables>(opaqueTx))
        .select(sql<number>`count(*) over ()::int`.as('n'))
        .where('i.result', 'is', null)
        .orderBy('i.received_at')
        .limit(limit)
        .execute()
      const items = rows.map((row) => ({
        label: `${row.number} ${row.material_name} ${row.supplier_name}`,
        path: `/quality/${row.id}`,
        due: chinaDay(row.received_at),
      }))
      return { total: rows[0]?.n ?? 0, items }
    },
  },
]
