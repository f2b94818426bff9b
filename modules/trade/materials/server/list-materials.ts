import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import type { Page } from '#values/list.ts'
import type { MaterialSummary, materialsApi } from '../contract.ts'
import { materialsErrors } from '../errors.ts'
import { subtree } from './category-rules.ts'
import { readTree } from './category-store.ts'
import { materialQuery } from './material-store.ts'
import { summaryOf } from './material-view.ts'
import type { Rooms } from './rooms.ts'
import { likePart, searchWords } from './search-text.ts'
import type { MaterialsTx } from './tables.ts'

type List = z.output<typeof materialsApi.list.query>

export const listMaterials = ({ db }: Rooms, ctx: Context, list: List): Promise<Page<MaterialSummary>> =>
  db.inTenant(ctx, async (tx) => {
    const tree = await readTree(tx)
    const below = list.categoryId === undefined ? undefined : subtree(tree, list.categoryId)
    if (below?.length === 0) throw materialsErrors.categoryNotFound({ id: list.categoryId })
    const order = {
      sorts: {
        code: { by: 'm.code', type: 'text' },
        name: { by: 'm.name collate "zh-x-icu"', type: 'text' },
        createdAt: { by: 'm.created_at', type: 'timestamptz' },
      },
      id: 'm.id',
    } as const
    return readPage(tx, filtered(tx, list, below), list, order, (row) => summaryOf(row, tree))
  })

export function filtered(tx: MaterialsTx, { search, kind, state, ids }: List, categories: readonly string[] | undefined) {
  let query = materialQuery(tx)
  for (const word of searchWords(search)) query = query.where('m.search_text', 'like', likePart(word))
  if (kind !== undefined) query = query.where('m.kind', '=', kind)
  if (state !== 'all') query = query.where('m.retired_at', state === 'retired' ? 'is not' : 'is', null)
  if (categories !== undefined) query = query.where(sql<boolean>`m.category_id = any(${[...categories]}::uuid[])`)
  if (ids !== undefined) query = query.where(sql<boolean>`m.id = any(${ids}::uuid[])`)
  return query
}
