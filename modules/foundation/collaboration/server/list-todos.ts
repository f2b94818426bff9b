import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { TodoGroup } from '../contract.ts'
import type { Parts } from './parts.ts'

const SHOWN = 50

/** Of the kinds whose permission the caller has; those without work are left out. */
export const listTodos = ({ db, todos }: Parts, ctx: Context, shown = SHOWN): Promise<TodoGroup[]> =>
  db.inTenant(ctx, async (tx) => {
    const groups: TodoGroup[] = []
    for (const kind of todos()) {
      if (!ctx.scopes.permissions.has(kind.permission)) continue
      const { total, items } = await kind.list(ctx, opaque(tx), shown)
      if (total > 0) groups.push({ module: kind.module, name: kind.name, total, items })
    }
    return groups
  })

export async function countTodos(parts: Parts, ctx: Context): Promise<number> {
  const groups = await listTodos(parts, ctx, 1)
  return groups.reduce((sum, { total }) => sum + total, 0)
}
