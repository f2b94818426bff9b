import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import { type Page, TOTAL_LIMIT } from '#values/list.ts'
import type { CategoryId, MaterialSummary, materialsApi } from '../contract.ts'
import { materialsErrors } from '../errors.ts'
import { subtree } from './category-rules.ts'
import { readTree } from './category-store.ts'
import { materialQuery } from './material-store.ts'
import { summaryOf } from './material-view.ts'
import type { Rooms } from './rooms.ts'
import { gramsOf, likePart, searchWords } from './search-text.ts'
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
    const way = await wayOf(tx, list)
    const query = searched(filtered(tx, list, below), way)
    // Without another filter the look-up has counted already.
    const counted = below || list.kind !== undefined || list.ids ? undefined : way.counted
    return readPage(tx, query, list, order, (row) => summaryOf(row, tree), counted)
  })

/** The first of those in use, for the one search box. */
export async function findMaterials(tx: MaterialsTx, search: string, limit: number) {
  const list = { search, state: 'inUse', kind: undefined, ids: undefined } as const
  const query = searched(filtered(tx, list, undefined), await wayOf(tx, list))
  return query.orderBy('m.code').orderBy('m.id').limit(limit).execute()
}

type Query = ReturnType<typeof materialQuery>

function filtered(
  tx: MaterialsTx,
  { kind, state, ids }: Pick<List, 'kind' | 'state' | 'ids'>,
  categories: readonly CategoryId[] | undefined,
): Query {
  let query = materialQuery(tx)
  if (kind !== undefined) query = query.where('m.kind', '=', kind)
  if (state !== 'all') query = query.where('m.retired_at', state === 'retired' ? 'is not' : 'is', null)
  if (categories !== undefined) query = query.where(sql<boolean>`m.category_id = any(${[...categories]}::uuid[])`)
  if (ids !== undefined) query = query.where(sql<boolean>`m.id = any(${ids}::uuid[])`)
  return query
}

interface Words {
  patterns: string[]
  grams: string[]
  inUse: boolean | null
}

/**
 * `walk`: along the list, until a page is full; right where many have the words. `look`: those that have them are looked up first; a list
 * with few of them would be walked to its end. `all`: nothing is searched.
 */
type Way = { kind: 'all'; counted?: undefined } | { kind: 'walk' | 'look'; words: Words; counted?: number }

async function wayOf(tx: MaterialsTx, { search, state }: Pick<List, 'search' | 'state'>): Promise<Way> {
  const parts = searchWords(search)
  if (parts.length === 0) return { kind: 'all' }
  const inUse = state === 'all' ? null : state === 'inUse'
  const words = { patterns: parts.map(likePart), grams: parts.flatMap(gramsOf), inUse }
  if (words.grams.length === 0) return { kind: 'walk', words }
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${lookUp(words, TOTAL_LIMIT + 1)}`.execute(tx.sql)
  const counted = rows[0]?.n ?? 0
  return { kind: counted > TOTAL_LIMIT ? 'walk' : 'look', words, counted }
}

const lookUp = ({ grams, patterns, inUse }: Words, most: number) =>
  sql`materials.search(${grams}::text[], ${patterns}::text[], ${inUse}::boolean, ${most})`

function searched(query: Query, way: Way): Query {
  switch (way.kind) {
    case 'all':
      return query
    case 'walk':
      return way.words.patterns.reduce((narrowed, pattern) => narrowed.where('m.search_text', 'like', pattern), query)
    case 'look':
      return query.where(sql<boolean>`m.id in (select ${lookUp(way.words, TOTAL_LIMIT)})`)
    default:
      return way satisfies never
  }
}
