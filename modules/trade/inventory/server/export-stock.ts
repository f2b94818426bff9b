import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { FileAnswer } from '#kernel/file-answer.ts'
import { exportList, numberCell } from '#kernel/list-export.ts'
import type { Translate } from '#kernel/words.ts'
import { unitName } from '#values/units.ts'
import type { StockItem, stockApi } from '../stock-contract.ts'
import { listItems, seesValue } from './list-items.ts'
import { listStock } from './list-stock.ts'
import type { Rooms } from './rooms.ts'

/** Stock by material, whole; its value for those who may read it. */
export function exportItems(
  { db }: Pick<Rooms, 'db'>,
  ctx: Context,
  asked: z.output<typeof stockApi.exportItems.query>,
  translate: Translate,
) {
  const word = (key: string) => translate(ctx.locale, `inventory.${key}`) ?? key
  const english = ctx.locale === 'en-US'
  return exportList(db, ctx, translate, {
    entity: 'inventory.item',
    asked,
    sheet: word('menu.stock'),
    page: (at) => listItems(db, ctx, { ...asked, ...at }),
    columns: [
      { title: word('code'), width: 18, cell: (row) => row.code },
      { title: word('material'), width: 28, cell: (row) => row.name },
      { title: word('specification'), width: 28, cell: (row) => row.specification },
      { title: word('export.unit'), width: 8, cell: (row) => unitName(row.unit, english) },
      ...(['onHand', 'reserved', 'available', 'consigned'] as const).map((key) => ({
        title: word(`items.${key}`),
        width: 14,
        cell: (row: StockItem) => numberCell(row[key]),
      })),
      ...(seesValue(ctx) ? [{ title: word('value'), width: 16, cell: (row: StockItem) => numberCell(row.value?.amount ?? null) }] : []),
      { title: word('items.lastOut'), width: 12, cell: (row) => row.lastOut },
      { title: word('items.idleDays'), width: 10, cell: (row) => row.idleDays },
    ],
  })
}

/** What lies where, whole. */
export function exportStock(
  rooms: Rooms,
  ctx: Context,
  asked: z.output<typeof stockApi.exportStock.query>,
  translate: Translate,
): Promise<FileAnswer> {
  const word = (key: string) => translate(ctx.locale, `inventory.${key}`) ?? key
  const english = ctx.locale === 'en-US'
  return exportList(rooms.db, ctx, translate, {
    entity: 'inventory.balance',
    asked,
    sheet: word('stock.title'),
    page: (at) => listStock(rooms, ctx, { ...asked, ...at }),
    columns: [
      { title: word('code'), width: 18, cell: (row) => row.code },
      { title: word('material'), width: 28, cell: (row) => row.name },
      { title: word('specification'), width: 28, cell: (row) => row.specification },
      { title: word('export.unit'), width: 8, cell: (row) => unitName(row.unit, english) },
      { title: word('export.warehouse'), width: 16, cell: (row) => (row.warehouse ?? row.location).code },
      { title: word('place'), width: 20, cell: (row) => `${row.location.code} ${row.location.name}` },
      { title: word('quantity'), width: 14, cell: (row) => numberCell(row.quantity) },
      { title: word('lot'), width: 18, cell: (row) => row.lot },
      { title: word('serial'), width: 18, cell: (row) => row.serial },
      { title: word('expires'), width: 12, cell: (row) => row.expires },
      { title: word('owner'), width: 24, cell: (row) => row.owner?.name ?? '' },
      { title: word('since'), width: 12, cell: (row) => row.since },
    ],
  })
}
