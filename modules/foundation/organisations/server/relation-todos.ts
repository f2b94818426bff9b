import { narrow } from '#kernel/postgres.ts'
import type { TodoKind } from '#kernel/todos.ts'
import { proposedTo } from './relation-store.ts'
import type { OrganisationsTables } from './tables.ts'

/** Relations that another organisation has proposed and that wait for the answer. */
export const relationTodos: TodoKind = {
  name: 'relationProposed',
  permission: 'organisations.manage',
  list: async (_ctx, tx, limit) => {
    const rows = await proposedTo(narrow<OrganisationsTables>(tx))
    const items = rows.slice(0, limit).map((row) => ({ label: row.buyer_name, path: `/organisations/relations/${row.id}`, due: null }))
    return { total: rows.length, items }
  },
}
