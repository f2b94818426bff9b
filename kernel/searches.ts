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

/** From which side documents are looked for; a migration has said so to `kernel.findable`. All of it is written in SQL, none by people. */
export interface DocumentSide {
  table: string
  /** The column that must be the acting organisation. */
  own: string
  /** The index that begins with `own` leads on with it. */
  time: string
  number: string
  /** Where it has none yet. */
  orNumber?: string
  /** What else is shown of it: the partner, a title. */
  name: string
  /** By which it has a page, where that is another document's. */
  page?: string
  /** What it is found by beside those. */
  also?: string
  /** Of a partial index. */
  where?: string
}

const MAX_WORDS = 5
/** So many that have the words are looked at; where there are more, the newest of them are walked for. */
export const CANDIDATES = 1_000
/** What nearly all have is found among so many of the newest: no look-up of all. */
const GLANCED_AT = 300
/** A single letter is in no index, and says little: it is looked for among so many of the newest. */
export const LETTER_LOOKED_THROUGH = 2_000
/** A walk ends here, whatever is kept. */
export const LOOKED_THROUGH = 20_000

export const searchWords = (text: string): string[] => text.toLowerCase().split(/\s+/).filter(Boolean).slice(0, MAX_WORDS)

/** What `LIKE` would take for a wildcard is meant as it stands. */
export const likePart = (word: string): string => `%${word.replace(/[\\%_]/g, (c) => `\\${c}`)}%`

/** What of a word stands in an index of pairs (`kernel.grams`): nothing of a single letter or digit. */
export function gramsOf(word: string): string[] {
  const characters = [...word]
  if (characters.length === 1) return characters.filter((one) => one > '~')
  return [...new Set(characters.slice(1).map((next, i) => `${characters[i]}${next}`))]
}

/** The arguments of a look-up; undefined where no word has a pair. */
export function lookedUp(words: readonly string[]): RawBuilder<unknown> | undefined {
  const grams = [...new Set(words.flatMap(gramsOf))]
  return grams.length === 0 ? undefined : sql`${grams}::text[], ${words.map(likePart)}::text[], ${CANDIDATES}::int`
}

interface FoundDocument {
  id: string
  page: string
  number: string
  name: string
}

/**
 * Documents with all words, of whatever side: whose number it is first, then the newest. Whatever has a rare word is found, however old;
 * of a frequent one the newest are, and `CANDIDATES` of all.
 */
export async function findDocuments<Tables>(
  tx: Tx<Tables>,
  sides: readonly DocumentSide[],
  text: string,
  limit: number,
): Promise<FoundDocument[]> {
  const words = searchWords(text)
  if (words.length === 0) return []
  const wanted = lookedUp(words)
  if (!wanted) return newest(tx, sides, words, limit, LETTER_LOOKED_THROUGH)
  const glanced = await newest(tx, sides, words, limit, GLANCED_AT)
  if (glanced.length === limit) return glanced
  const of = (side: DocumentSide): RawBuilder<unknown> => sql`(
    select ${shown(side)}, count(*) over () as found from ${sql.table(side.table)}
    where id = any(array(select ${sql.raw(finder(side))}(${wanted}))) and ${seen(tx, side)})`
  const typed = words.join(' ')
  const { rows } = await sql<FoundDocument & { most: number }>`
    select id, page, number, name, max(found) over () as most from (${sql.join(sides.map(of), sql` union all `)}) as looked_up
    order by lower(number) = ${typed} desc, at desc, id limit ${limit}`.execute(tx.sql)
  if ((rows[0]?.most ?? 0) < CANDIDATES) return rows
  const exact = rows.filter(({ number }) => number.toLowerCase() === typed)
  const walked = await newest(tx, sides, words, limit)
  return [...new Map([...exact, ...walked, ...rows].map((row) => [row.id, row])).values()].slice(0, limit)
}

const finder = ({ table, own }: DocumentSide): string => {
  const [schema, name] = table.split('.')
  return `${schema}.find_${name}_by_${own}`
}

const shown = ({ number, orNumber, name, time, page = 'id' }: DocumentSide) =>
  sql`id, ${sql.ref(page)} as page, ${orNumber === undefined ? sql.ref(number) : sql`coalesce(${sql.ref(number)}, ${sql.ref(orNumber)}, '')`} as number, ${sql.ref(name)} as name, ${sql.ref(time)}::timestamptz as at`

const seen = <Tables>(tx: Tx<Tables>, { own, where }: DocumentSide) =>
  sql`${sql.ref(own)} = ${tx.orgId} and ${where === undefined ? sql`true` : sql.raw(where)}`

/** Each side is walked from its newest on, until it has enough. */
async function newest<Tables>(
  tx: Tx<Tables>,
  sides: readonly DocumentSide[],
  words: readonly string[],
  limit: number,
  most = LOOKED_THROUGH,
): Promise<FoundDocument[]> {
  const of = (side: DocumentSide): RawBuilder<unknown> => {
    const texts = [side.number, side.orNumber, side.name, side.also].filter((column) => column !== undefined)
    const all = sql.join(
      texts.map((column) => sql`coalesce(${sql.ref(column)}, '')`),
      sql` || ' ' || `,
    )
    const has = words.map((word) => sql`strpos(lower(texts), ${word}) > 0`)
    return sql`(select id, page, number, name, at from (
        select ${shown(side)}, ${all} as texts from ${sql.table(side.table)} where ${seen(tx, side)}
        order by ${sql.ref(side.time)} desc limit ${most}) as walked
      where ${sql.join(has, sql` and `)} limit ${limit})`
  }
  const { rows } = await sql<FoundDocument>`
    select id, page, number, name from (${sql.join(sides.map(of), sql` union all `)}) as newest
    order by at desc, id limit ${limit}`.execute(tx.sql)
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
    (await findDocuments(tx, sides, text, limit)).map((row) => ({
      label: [row.number, row.name].filter(Boolean).join(' · '),
      path: path(row.page),
    })),
})
