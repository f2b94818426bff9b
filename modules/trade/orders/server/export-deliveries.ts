import type { Context } from '#kernel/context.ts'
import type { FileAnswer } from '#kernel/file-answer.ts'
import { exportList } from '#kernel/list-export.ts'
import { readPage } from '#kernel/page.ts'
import type { WrittenCell } from '#kernel/spreadsheet-writer.ts'
import type { Translate } from '#kernel/words.ts'
import { unitName } from '#values/units.ts'
import type { OpenDelivery } from '../contract.ts'
import { byDay, type DeliveryFilter, described, dueLines } from './open-deliveries.ts'
import type { ScheduleRow } from './projection-store.ts'
import type { Rooms } from './rooms.ts'

const columns = [
  ['orderNumber', 20],
  ['partner', 28],
  ['line', 8],
  ['delivery', 8],
  ['materialCode', 18],
  ['materialName', 24],
  ['supplierCode', 16],
  ['specification', 24],
  ['unit', 8],
  ['dueQuantity', 14],
  ['dueDay', 12],
  ['shipped', 12],
  ['accepted', 12],
  ['left', 12],
  ['netPrice', 12],
  ['currency', 8],
  ['state', 10],
] as const

type Column = (typeof columns)[number][0]

/** Schedule lines of one side, the first to be due first. Quantities and prices are texts: a float would not keep them. */
export function exportDeliveries(
  rooms: Pick<Rooms, 'db'>,
  ctx: Context,
  filter: DeliveryFilter,
  translate: Translate,
): Promise<FileAnswer> {
  const word = (key: string) => translate(ctx.locale, `orders.${key}`) ?? key
  const english = ctx.locale === 'en-US'
  const cellsOf = (row: OpenDelivery): Record<Column, WrittenCell> => ({
    orderNumber: row.orderNumber,
    partner: row.partner.name,
    line: row.lineNo,
    delivery: row.scheduleNo,
    materialCode: row.materialCode,
    materialName: row.materialName,
    supplierCode: row.supplierCode,
    specification: row.specification,
    unit: unitName(row.unit, english),
    dueQuantity: row.dueQuantity,
    dueDay: row.dueDay,
    shipped: row.shipped,
    accepted: row.accepted,
    left: row.left,
    netPrice: row.netPrice,
    currency: row.currency,
    state: word(`scheduleStates.${row.state}`),
  })
  return exportList(rooms.db, ctx, translate, {
    entity: 'orders.schedule_line',
    asked: { sort: 'dueDay', ...filter },
    sheet: word('export.sheet'),
    page: (at) =>
      rooms.db.inTenant(ctx, async (tx) => {
        const page = await readPage(tx, dueLines(tx, ctx, filter), { sort: 'dueDay', ...at }, byDay, (row) => row as ScheduleRow)
        return { nextCursor: page.nextCursor, items: (await described(tx, ctx, page.items)).map(cellsOf) }
      }),
    columns: columns.map(([key, width]) => ({ title: word(`export.${key}`), width, cell: (row: Record<Column, WrittenCell>) => row[key] })),
  })
}
