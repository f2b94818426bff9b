import { type SelectQueryBuilder, sql, type Transaction } from 'kysely'
import { requestErrors } from '#values/errors.ts'
import { type ListQuery, type Page, TOTAL_LIMIT } from '#values/list.ts'

export interface ListOrder {
  /** Sort name → its SQL expression, never null, and the type that the cursor's text is cast to. */
  sorts: Record<string, { by: string; type: 'text' | 'int' | 'bigint' | 'timestamptz' | 'date' | 'numeric' }>
  /** The uuid expression that breaks ties. */
  id: string
}

/**
 * One page of a list by keyset, and its total counted up to TOTAL_LIMIT; `total` where the caller has counted already. A list that was
 * longer than TOTAL_LIMIT is called so for half a minute without another count: to count to ten thousand costs more than any page.
 * Errors: request.invalid for an unknown sort or the cursor of another list.
 */
export async function readPage<Row, Item>(
  // biome-ignore lint/suspicious/noExplicitAny: which tables the query reads is its caller's business
  tx: { sql: Transaction<any>; orgId?: string },
  // biome-ignore lint/suspicious/noExplicitAny: see above
  query: SelectQueryBuilder<any, any, Row>,
  list: ListQuery,
  order: ListOrder,
  toItem: (row: Row) => Item,
  total?: number,
): Promise<Page<Item>> {
  const sort = order.sorts[list.sort.replace(/^-/, '')]
  if (!sort) throw requestErrors.invalid({ sort: list.sort })
  const descending = list.sort.startsWith('-')
  const direction = sql.raw(descending ? 'desc' : 'asc')
  const by = sql.raw(sort.by)
  const id = sql.raw(order.id)
  let page = query
    .select([sql<string>`(${by})::text`.as('sort_text'), sql<string>`(${id})::text`.as('id_text')])
    .orderBy(sql`${by} ${direction}, ${id} ${direction}`)
    .limit(sql.lit(list.limit + 1))
  if (list.cursor !== undefined) {
    const after = readCursor(list.cursor, list.sort)
    const comparison = sql.raw(descending ? '<' : '>')
    page = page.where(sql<boolean>`(${by}, ${id}) ${comparison} (${after.value}::${sql.raw(sort.type)}, ${after.id}::uuid)`)
  }
  const rows = (await page.execute()) as (Row & { sort_text: string; id_text: string })[]
  // A first page that holds everything is its own count: a search that finds little would else walk the whole list twice.
  const n = total ?? (list.cursor === undefined && rows.length <= list.limit ? rows.length : await countUpToLimit(tx, query))
  const shown = rows.slice(0, list.limit)
  const last = shown.at(-1)
  return {
    items: shown.map(toItem),
    nextCursor: rows.length > list.limit && last ? writeCursor([list.sort, last.sort_text, last.id_text]) : null,
    total: Math.min(n, TOTAL_LIMIT),
    totalCapped: n > TOTAL_LIMIT,
  }
}

/** Organisation and question of lists longer than TOTAL_LIMIT → when that is asked again, by `performance.now()`. */
const long = new Map<string, number>()
const LONG_MS = 30_000
const LONG_KEPT = 1_000

async function countUpToLimit<Row>(
  // biome-ignore lint/suspicious/noExplicitAny: which tables the query reads is its caller's business
  tx: { sql: Transaction<any>; orgId?: string },
  // biome-ignore lint/suspicious/noExplicitAny: see above
  query: SelectQueryBuilder<any, any, Row>,
): Promise<number> {
  const counted = query
    .clearSelect()
    .select(sql`1`.as('one'))
    .limit(sql.lit(TOTAL_LIMIT + 1))
    .as('counted')
  const question = tx.sql.selectFrom(counted).select(sql<number>`count(*)::int`.as('n')).compile()
  const key = JSON.stringify([tx.orgId ?? '', question.sql, question.parameters])
  const nowMs = performance.now()
  if ((long.get(key) ?? 0) > nowMs) return TOTAL_LIMIT + 1
  const n = (await tx.sql.executeQuery(question)).rows[0]!.n
  long.delete(key)
  if (n > TOTAL_LIMIT) long.set(key, nowMs + LONG_MS)
  // The oldest stand first.
  if (long.size > LONG_KEPT) long.delete(long.keys().next().value!)
  return n
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/

const writeCursor = (parts: [string, string, string]) => Buffer.from(JSON.stringify(parts)).toString('base64url')

function readCursor(cursor: string, sort: string): { value: string; id: string } {
  try {
    const [of, value, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    if (of === sort && typeof value === 'string' && typeof id === 'string' && UUID.test(id)) return { value, id }
  } catch {
    // Falls through to the refusal below: whatever is wrong with it, the cursor is not one of ours.
  }
  throw requestErrors.invalid({ cursor: 'foreign' })
}
