import { readSpreadsheet } from '#kernel/spreadsheet.ts'
import type { Upload } from '#kernel/upload.ts'
import { gatewayErrors } from '../errors.ts'
import { MAX_ROWS } from '../point-rows.ts'

/** Head and rows of a point table's file as texts; nothing is written: the page shows them for correction first. */
export async function readSheet(upload: Upload): Promise<{ rows: { rowNo: number; cells: string[] }[] }> {
  const rows: { rowNo: number; cells: string[] }[] = []
  for await (const batch of readSpreadsheet(await upload.whole())) {
    for (const { rowNo, cells } of batch) rows.push({ rowNo, cells })
    if (rows.length > MAX_ROWS + 1) throw gatewayErrors.tooMany({ limit: MAX_ROWS })
  }
  return { rows }
}
