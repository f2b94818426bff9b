import { type RawBuilder, sql } from 'kysely'
import type { Context } from './context.ts'
import type { OpaqueTx, Tx } from './postgres.ts'

export interface SearchFound {
  label: string
  path: string
}

/** Rows that the one search box finds; its words stand at `<module>.searches.<name>`. It is asked while people type: it must answer at once. */
export interface SearchKind {
  name: string
  permission: string
  find(ctx: Context, tx: OpaqueTx, text: string, limit: number): Promise<SearchFound[]>
}

/** From which side documents are looked for: all of its columns are written in SQL, none of it by people. */
export interface DocumentSide {
  table: string
  /** The column that must be the acting organisation. */
  own: string
  /** The index that begins with `own` leads on with it. */
  time: string
  number: string
  /** Where it has none yet. */
  orNumber?: string
  /** What else people know it by: the partner, a title. */
  name: string
  /** Of a partial index. */
  where?: string
}

const MAX_WORDS = 5
/** So many of the newest are looked through, whatever is kept: what is older is found in its own list. */
export const LOOKED_THROUGH = 20_000

export const searchWords = (text: string): string[] => text.toLowerCase().split(/\s+/).filter(Boolean).slice(0, MAX_WORDS)

/** The newest documents with all words in number or name, of whatever side. */
export async function newestDocuments<Tables>(
  tx: Tx<Tables>,
  sides: readonly DocumentSide[],
  text: string,
  limit: number,
): Promise<{ id: string; number: string; name: string }[]> {
  const words = searchWords(text)
  if (words.length === 0) return []
  const of = ({ table, own, time, number, orNumber, name, where }: DocumentSide): RawBuilder<unknown> => sql`(
    select id, ${orNumber === undefined ? sql.ref(number) : sql`coalesce(${sql.ref(number)}, ${sql.ref(orNumber)})`} as number, ${sql.ref(name)} as name, ${sql.ref(time)}::timestamptz as at from ${sql.table(table)}
    where ${sql.ref(own)} = ${tx.orgId} ${where === undefined ? sql`` : sql`and ${sql.raw(where)}`}
    order by ${sql.ref(time)} desc limit ${LOOKED_THROUGH})`
  const has = words.map((word) => sql`strpos(lower(coalesce(number, '') || ' ' || name), ${word}) > 0`)
  const { rows } = await sql<{ id: string; number: string; name: string }>`
    select id, coalesce(number, '') as number, name from (${sql.join(sides.map(of), sql` union all `)}) as newest
    where ${sql.join(has, sql` and `)} order by at desc, id limit ${limit}`.execute(tx.sql)
  return rows
}

/** A kind of document with a page of its own. */
export const documentSearch = (
  name: string,
  permission: string,
  path: (id: string) => string,
  sides: readonly DocumentSide[],
): SearchKind => ({
  name,
  permission,
  find: async (_, tx, text, limit) =>
    (await newestDocuments(tx, sides, text, limit)).map((row) => ({
      label: [row.number, row.name].filter(Boolean).join(' · '),
      path: path(row.id),
    })),
})
