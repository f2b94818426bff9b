import type { Context } from '#kernel/context.ts'
import type { FileAnswer } from '#kernel/file-answer.ts'
import { opaque } from '#kernel/postgres.ts'
import type { PrintedDocument, Printing } from '#kernel/printer.ts'
import { chinaMinute } from '#values/instant.ts'
import { unitName } from '#values/units.ts'
import type { LocationLabel, StockDocumentId } from '../contract.ts'
import type { StockDocument } from '../document-contract.ts'
import type { Stocktake, StocktakeId, StocktakeLine } from '../stocktake-contract.ts'
import { readDocument } from './read-document.ts'
import type { Rooms } from './rooms.ts'
import { readStocktake } from './stocktakes.ts'

/** In whose name and words a sheet is printed. */
export interface Sheet {
  issuer: string
  english: boolean
  word(key: string): string
}

async function sheetOf({ db, organisations }: Rooms, { translate }: Printing, ctx: Context): Promise<Sheet> {
  const names = await db.inTenant(ctx, (tx) => organisations.labels(opaque(tx), [tx.orgId]))
  return {
    issuer: names.get(ctx.orgId)?.name ?? '',
    english: ctx.locale === 'en-US',
    word: (key) => translate(ctx.locale, `inventory.${key}`) ?? key,
  }
}

/** 盘点表: blind while it is counted. Errors: inventory.stocktakeNotFound. */
export async function printStocktake(rooms: Rooms, printing: Printing, ctx: Context, id: StocktakeId): Promise<FileAnswer> {
  const stocktake = await readStocktake(rooms, ctx, id)
  return printed(printing, stocktakeSheet(stocktake, await sheetOf(rooms, printing, ctx)))
}

/** 出入库单. Errors: inventory.documentNotFound. */
export async function printDocument(rooms: Rooms, printing: Printing, ctx: Context, id: StockDocumentId): Promise<FileAnswer> {
  const document = await readDocument(rooms, ctx, id)
  return printed(printing, documentSheet(document, await sheetOf(rooms, printing, ctx)))
}

const printed = async ({ printer }: Printing, document: PrintedDocument): Promise<FileAnswer> => ({
  fileName: `${document.number}.pdf`,
  as: 'pdf',
  bytes: await printer.print(document),
})

const shown = (...parts: (string | null)[]) => parts.filter(Boolean).join(' ')

function placeText({ kind, code, name }: LocationLabel, { word }: Sheet): string {
  if (kind !== 'warehouse' && kind !== 'bin') return word(`kinds.${kind}`)
  return code === name ? name : `${code} ${name}`
}

export function stocktakeSheet(stocktake: Stocktake & { rows: readonly StocktakeLine[] }, sheet: Sheet): PrintedDocument {
  const { word } = sheet
  const blind = stocktake.state === 'counting'
  return {
    paper: 'a4',
    issuer: sheet.issuer,
    title: word('count.sheet'),
    number: stocktake.number,
    qr: stocktake.number,
    facts: [
      [word('print.place'), placeText(stocktake.location, sheet)],
      [word('print.state'), word(`count.states.${stocktake.state}`)],
      [word('count.createdBy'), shown(stocktake.createdBy, chinaMinute(stocktake.createdAt))],
      ...(stocktake.decidedAt ? [[word('count.decidedBy'), shown(stocktake.decidedBy, chinaMinute(stocktake.decidedAt))] as const] : []),
    ],
    columns: [
      { title: word('print.no'), align: 'center' },
      { title: word('print.code') },
      { title: word('material'), width: '*' },
      { title: shown(word('lot'), '/', word('serial')) },
      { title: word('print.unit') },
      ...(blind ? [] : [{ title: word('print.expected'), align: 'right' as const }]),
      { title: word('count.counted'), align: 'right', ...(blind && { width: 70 }) },
      blind ? { title: word('print.note'), width: 70 } : { title: word('print.difference'), align: 'right' },
    ],
    rows: stocktake.rows.map((row, i) => [
      String(i + 1),
      row.code,
      shown(row.name, row.specification, row.owner && `（${row.owner}）`),
      row.serial || row.lot,
      unitName(row.unit, sheet.english),
      ...(blind ? ['', ''] : [row.expected ?? '', row.counted ?? '', row.difference ?? '']),
    ]),
    signatures: ['counts', 'watches', 'approves'].map((who) => word(`print.signs.${who}`)),
    pageWords: word('print.pageWords'),
  }
}

export function documentSheet(document: StockDocument, sheet: Sheet): PrintedDocument {
  const { word } = sheet
  return {
    paper: 'a4',
    issuer: sheet.issuer,
    title: word(`print.titles.${document.kind}`),
    number: document.number,
    qr: document.number,
    facts: [
      [word('card.day'), document.day],
      [word('card.by'), shown(document.createdBy, chinaMinute(document.createdAt))],
      ...(document.reason ? [[word('reason'), document.reason] as const] : []),
    ],
    columns: [
      { title: word('print.no'), align: 'center' },
      { title: word('print.code') },
      { title: word('material'), width: '*' },
      { title: shown(word('lot'), '/', word('serial')) },
      { title: word('print.from') },
      { title: word('print.to') },
      { title: word('print.quantity'), align: 'right' },
      { title: word('print.unit') },
    ],
    rows: document.lines.map((line, i) => [
      String(i + 1),
      line.code,
      shown(line.name, line.owner && `（${line.owner}）`),
      line.serial || line.lot,
      placeText(line.from, sheet),
      placeText(line.to, sheet),
      line.quantity,
      unitName(line.unit, sheet.english),
    ]),
    signatures: ['gives', 'takes', 'books'].map((who) => word(`print.signs.${who}`)),
    pageWords: word('print.pageWords'),
  }
}
