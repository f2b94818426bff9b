import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { SEARCH_HITS, type SearchGroup } from '../contract.ts'
import type { Parts } from './parts.ts'

/** All kinds whose permission the caller has are asked at once, over one connection; those without a hit are left out. */
export const searchRows = ({ db, searches }: Parts, ctx: Context, text: string): Promise<SearchGroup[]> =>
  db.inTenant(ctx, async (tx) => {
    const kinds = searches().filter(({ permission }) => ctx.scopes.permissions.has(permission))
    const groups = await Promise.all(
      kinds.map(async ({ module, name, find }) => ({ module, name, items: await find(ctx, opaque(tx), text, SEARCH_HITS) })),
    )
    return groups.filter(({ items }) => items.length > 0)
  })
