import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { FileAnswer } from '#kernel/file-answer.ts'
import { exportList } from '#kernel/list-export.ts'
import type { Translate } from '#kernel/words.ts'
import { unitName } from '#values/units.ts'
import type { materialsApi } from '../contract.ts'
import { listMaterials } from './list-materials.ts'
import type { Rooms } from './rooms.ts'

/** The catalogue as it is filtered; the import's own columns are another file (export-materials.ts). */
export function exportMaterialList(
  rooms: Rooms,
  ctx: Context,
  asked: z.output<typeof materialsApi.exportList.query>,
  translate: Translate,
): Promise<FileAnswer> {
  const word = (key: string) => translate(ctx.locale, `materials.${key}`) ?? key
  const english = ctx.locale === 'en-US'
  return exportList(rooms.db, ctx, translate, {
    entity: 'materials.material',
    asked,
    sheet: word('name'),
    page: (at) => listMaterials(rooms, ctx, { ...asked, ...at }),
    columns: [
      { title: word('code'), width: 18, cell: (row) => row.code },
      { title: word('materialName'), width: 28, cell: (row) => (english ? (row.nameEn ?? row.name) : row.name) },
      { title: word('specification'), width: 28, cell: (row) => row.specification },
      { title: word('category'), width: 18, cell: (row) => (english ? (row.categoryNameEn ?? row.categoryName) : row.categoryName) },
      { title: word('kind'), width: 12, cell: (row) => word(`kinds.${row.kind}`) },
      { title: word('baseUnit'), width: 10, cell: (row) => unitName(row.baseUnit, english) },
      { title: word('control'), width: 14, cell: (row) => word(`controls.${row.control}`) },
      { title: word('state'), width: 10, cell: (row) => word(`states.${row.retired ? 'retired' : 'inUse'}`) },
    ],
  })
}
