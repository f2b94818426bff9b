import { sql } from 'kysely'
import type { UsageSource } from '#kernel/usages.ts'
import type { AccessSystem } from './tables.ts'

export const userCount = (system: AccessSystem): UsageSource => ({
  name: 'users',
  read: async (orgIds) => {
    const rows = await system.inSystem((tx) =>
      tx
        .selectFrom('access.membership')
        .select(['org_id', sql<number>`count(*)::int`.as('n')])
        .where('org_id', 'in', [...orgIds])
        .where('active', '=', true)
        .groupBy('org_id')
        .execute(),
    )
    return new Map(rows.map((row) => [row.org_id, row.n]))
  },
})
