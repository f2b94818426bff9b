import { z } from 'zod'

/** The total is exact up to here; above it a list says “over 10,000”. */
export const TOTAL_LIMIT = 10_000

/** A file of a whole list ends here, and says so. */
export const EXPORT_MAX_ROWS = 200_000

const PAGE_LIMIT = 200

/** What every list takes: a search text, a sort column (`-name` descends), a keyset cursor from the page before, a page size. */
export function listQuery<const Sorts extends readonly [string, ...string[]]>(sorts: Sorts) {
  const options = sorts.flatMap((s) => [s, `-${s}`]) as [Sorts[number] | `-${Sorts[number]}`]
  return z.object({
    search: z.string().trim().max(100).optional(),
    sort: z.enum(options).default(sorts[0] as never),
    cursor: z.string().max(500).optional().describe('`nextCursor` of the page before; of the same sort only.'),
    limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(50).describe('Items on a page.'),
  })
}

/** What an export of a list takes: the list's own question without its pages. */
export const wholeList = { cursor: true, limit: true } as const

const UUID_AND_COMMA = 37

/** `a,b,c` in an address. */
export const idList = <Id extends z.ZodType<unknown, string>>(id: Id, max: number) =>
  z
    .string()
    .max(max * UUID_AND_COMMA)
    .transform((text) => text.split(',').filter(Boolean))
    .pipe(z.array(id).min(1).max(max))

export interface ListQuery {
  search?: string | undefined
  sort: string
  cursor?: string | undefined
  limit: number
}

/** What every list answers: `total` counts up to TOTAL_LIMIT, `totalCapped` says that there are more. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable(), total: z.int(), totalCapped: z.boolean() })

export interface Page<Item> {
  items: Item[]
  nextCursor: string | null
  total: number
  totalCapped: boolean
}
