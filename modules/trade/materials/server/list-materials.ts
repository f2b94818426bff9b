import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import { gramsOf, likePart } from '#kernel/searches.ts'
import { type Page, TOTAL_LIMIT } from '#values/list.ts'
import type { CategoryId, MaterialSummary, materialsApi } from '../contract.ts'
import { materialsErrors } from '../errors.ts'
import { subtree } from './category-rules.ts'
import { readTree } from './category-store.ts'
import { findByCodes } from './find-codes.ts'
import { materialQuery } from './material-store.ts'
import { summaryOf } from './material-view.ts'
import type { Rooms } from './rooms.ts'
import { searchWords } from './search-text.ts'
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

/** The first of those in use, for the one search box: whose code it is, then by code. */
export async function findMaterials(tx: MaterialsTx, search: string, limit: number) {
  const list = { search, state: 'inUse', kind: undefined, ids: undefined } as const
  const coded = await findByCodes(tx, search, 'inUse')
  const ids = coded.filter((one) => one.exact).map(({ id }) => id)
  const own = filtered(tx, list, undefined).where('m.code_key', '=', search.trim().toLowerCase())
  const exact = await own.union(filtered(tx, { ...list, ids }, undefined)).execute()
  const query = searched(filtered(tx, list, undefined), await wayOf(tx, list, { most: GIVEN, coded }))
  const found = await query.orderBy('m.code').orderBy('m.id').limit(limit).execute()
  return [...exact, ...found.filter(({ id }) => !exact.some((one) => one.id === id))].slice(0, limit)
}

type Query = ReturnType<typeof materialQuery>

export function filtered(
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

/** So many are read by their ids; with more, a walk along the list fills its page sooner (of 200,000, at most 20,000 steps unless they stand together). */
const GIVEN = 1_000

/**
 * `given`: it has been looked up which they are; a list with few of them would be walked to its end. `walk`: along the list, until a page
 * is full; right where many have the words. `all`: nothing is searched.
 */
type Way =
  | { kind: 'all'; counted?: undefined }
  | { kind: 'walk'; words: string[]; counted?: number }
  | { kind: 'given'; ids: string[]; counted: number }

/** `most`: more are not counted; `coded`: what the codes say, where it was asked for already. */
async function wayOf(
  tx: MaterialsTx,
  { search, state }: Pick<List, 'search' | 'state'>,
  { most = TOTAL_LIMIT, coded }: { most?: number; coded?: Awaited<ReturnType<typeof findByCodes>> } = {},
): Promise<Way> {
  const parts = searchWords(search)
  if (parts.length === 0) return { kind: 'all' }
  const inUse = state === 'all' ? null : state === 'inUse'
  const grams = parts.flatMap(gramsOf)
  if (grams.length === 0) return { kind: 'walk', words: parts }
  const { rows } = await sql<{ n: number; ids: string[] | null }>`
    select n, ids from materials.search_counted(${grams}::text[], ${parts.map(likePart)}::text[], ${inUse}::boolean,
      ${most + 1}, ${GIVEN})`.execute(tx.sql)
  const { n: counted, ids } = rows[0] ?? { n: 0, ids: null }
  if (counted <= GIVEN) {
    const found = new Set([...(ids ?? []), ...(coded ?? (await findByCodes(tx, search, state))).map(({ id }) => id)])
    return { kind: 'given', ids: [...found], counted: found.size }
  }
  return { kind: 'walk', words: parts, counted }
}

function searched(query: Query, way: Way): Query {
  switch (way.kind) {
    case 'all':
      return query
    case 'walk':
      return walkedFor(query, way.words)
    case 'given':
      return query.where(sql<boolean>`m.id = any(${way.ids}::uuid[])`)
    default:
      return way satisfies never
  }
}

/** Not LIKE: PostgreSQL would guess that a handful has the word, and sort the whole table for it (75 ms of 200,000 instead of 1). */
export const walkedFor = (query: Query, words: readonly string[]): Query =>
  words.reduce((narrowed, word) => narrowed.where(sql<boolean>`strpos(m.search_text, ${word}) > 0`), query)
