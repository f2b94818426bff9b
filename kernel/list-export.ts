import { chinaDay } from '#values/instant.ts'
import { EXPORT_MAX_ROWS, type ListQuery, type Page } from '#values/list.ts'
import type { Context } from './context.ts'
import type { FileAnswer } from './file-answer.ts'
import { auditEvent, type ModuleDatabase } from './postgres.ts'
import { streamWorkbook, type WrittenCell, type WrittenColumn } from './spreadsheet-writer.ts'
import type { Translate } from './words.ts'

// Each page is a transaction of its own, so that a slow reader of the file holds none open.
const PAGE = 2_000

export interface ListExport<Row> {
  /** What is exported, as the audit names records: `inventory.item`. */
  entity: string
  /** What the list was narrowed to: written into the audit. */
  asked: Omit<ListQuery, 'limit' | 'cursor'>
  sheet: string
  /** Default: EXPORT_MAX_ROWS. */
  most?: number
  columns: readonly (WrittenColumn & { cell: (row: Row) => WrittenCell })[]
  page(at: { cursor: string | undefined; limit: number }): Promise<Pick<Page<Row>, 'nextCursor'> & { items: readonly Row[] }>
}

/**
 * A list whole, as it is filtered and sorted, up to EXPORT_MAX_ROWS rows; where there are more a last row says so. It is read page by page as
 * the file is fetched: what changes meanwhile is there or not, and no row is there twice. Who exported what is audited before the first row.
 */
export async function exportList<Tables, Row>(
  db: Pick<ModuleDatabase<Tables>, 'inTenant'>,
  ctx: Context,
  translate: Translate,
  { entity, asked, sheet, columns, page, most = EXPORT_MAX_ROWS }: ListExport<Row>,
): Promise<FileAnswer> {
  await db.inTenant(ctx, (tx) => auditEvent(tx, { action: 'lists.exported', entity, entityId: null, details: asked }))
  const cut = (translate(ctx.locale, 'request.exportCut') ?? '').replace('{{n}}', String(most))
  // What is refused is refused before the file begins: after that an answer can only break off.
  let ahead: Awaited<ReturnType<typeof page>> | undefined = await page({ cursor: undefined, limit: PAGE })
  async function* rows(): AsyncGenerator<WrittenCell[]> {
    let cursor: string | undefined
    for (let left = most; ; ) {
      const { items, nextCursor } = ahead ?? (await page({ cursor, limit: PAGE }))
      ahead = undefined
      for (const row of items) {
        if (left-- === 0) return yield [cut]
        yield columns.map(({ cell }) => cell(row))
      }
      if (nextCursor === null) return
      cursor = nextCursor
    }
  }
  return { fileName: `${sheet}-${chinaDay(ctx.now)}.xlsx`, bytes: streamWorkbook(sheet, columns, rows()) }
}

/** A number that a spreadsheet keeps to its last digit is one, so that it can be added up; a longer one stays text. */
export const numberCell = (text: string | null): WrittenCell =>
  text === null ? null : text.replace(/[^\d]/g, '').replace(/^0+/, '').length <= 15 ? Number(text) : text
