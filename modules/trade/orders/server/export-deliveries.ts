import type { Context } from '#kernel/context.ts'
import type { FileAnswer } from '#kernel/file-answer.ts'
import { streamWorkbook, type WrittenColumn } from '#kernel/spreadsheet-writer.ts'
import type { Translate } from '#kernel/words.ts'
import { chinaDay } from '#values/instant.ts'
import { unitName } from '#values/units.ts'
import type { OpenDelivery } from '../contract.ts'
import { type DeliveryFilter, described, dueLines } from './open-deliveries.ts'
import type { ScheduleRow } from './projection-store.ts'
import type { Rooms } from './rooms.ts'

const MAX_ROWS = 50_000
const CHUNK = 1_000

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

/** Schedule lines of one side, the first to be due first. Quantities and prices are texts: a float would not keep them. */
export async function exportDeliveries(
  rooms: Pick<Rooms, 'db'>,
  ctx: Context,
  filter: DeliveryFilter,
  translate: Translate,
): Promise<FileAnswer> {
  const word = (key: string) => translate(ctx.locale, `orders.${key}`) ?? key
  const rows = await rooms.db.inTenant(ctx, async (tx) => {
    const found = (await dueLines(tx, ctx, filter).orderBy('s.due_day').orderBy('s.id').limit(MAX_ROWS).execute()) as ScheduleRow[]
    const all: OpenDelivery[] = []
    for (let i = 0; i < found.length; i += CHUNK) all.push(...(await described(tx, ctx, found.slice(i, i + CHUNK))))
    return all
  })
  const english = ctx.locale === 'en-US'
  const heads = columns.map(([key, width]): WrittenColumn => ({ title: word(`export.${key}`), width }))
  return {
    fileName: `${word('export.fileName')}-${chinaDay(ctx.now)}.xlsx`,
    bytes: streamWorkbook(
      word('export.sheet'),
      heads,
      rows.map((row) => [
        row.orderNumber,
        row.partner.name,
        row.lineNo,
        row.scheduleNo,
        row.materialCode,
        row.materialName,
        row.supplierCode,
        row.specification,
        unitName(row.unit, english),
        row.dueQuantity,
        row.dueDay,
        row.shipped,
        row.accepted,
        row.left,
        row.netPrice,
        row.currency,
        word(`scheduleStates.${row.state}`),
      ]),
    ),
  }
}
