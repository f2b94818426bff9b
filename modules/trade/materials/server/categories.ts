import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import type { Category, CategoryId, materialsApi, NewCategory } from '../contract.ts'
import { materialsErrors } from '../errors.ts'
import { misplaced } from './category-rules.ts'
import { changeCategory, hasMaterials, insertCategory, lockCategory, readTree } from './category-store.ts'
import type { Rooms } from './rooms.ts'
import type { MaterialsTx } from './tables.ts'

export const listCategories = ({ db }: Rooms, ctx: Context): Promise<{ categories: Category[] }> =>
  db.inTenant(ctx, async (tx) => ({ categories: [...(await readTree(tx)).values()] }))

export const createCategory = ({ db }: Rooms, ctx: Context, category: NewCategory): Promise<Category> =>
  db
    .inTenant(ctx, async (tx) => {
      await checkPlace(tx, undefined, category.parentId)
      return insertCategory(tx, {
        parent_id: category.parentId,
        code: category.code,
        name: category.name,
        name_en: category.nameEn,
        prefix: category.prefix,
        attributes: JSON.stringify(category.attributes),
        retired_at: null,
      })
    })
    .catch((error: unknown) => refuseTaken(error, category.code))

export const updateCategory = (
  { db }: Rooms,
  ctx: Context,
  id: CategoryId,
  change: z.output<typeof materialsApi.updateCategory.body>,
): Promise<Category> =>
  db
    .inTenant(ctx, async (tx) => {
      await lock(tx, id, change.version)
      if (change.parentId !== undefined) await checkPlace(tx, id, change.parentId)
      return changeCategory(tx, id, {
        ...(change.parentId === undefined ? {} : { parent_id: change.parentId }),
        ...(change.code === undefined ? {} : { code: change.code }),
        ...(change.name === undefined ? {} : { name: change.name }),
        ...(change.nameEn === undefined ? {} : { name_en: change.nameEn }),
        ...(change.prefix === undefined ? {} : { prefix: change.prefix }),
        ...(change.attributes === undefined ? {} : { attributes: JSON.stringify(change.attributes) }),
      })
    })
    .catch((error: unknown) => refuseTaken(error, change.code))

export const retireCategory = ({ db }: Rooms, ctx: Context, id: CategoryId, version: number): Promise<Category> =>
  db.inTenant(ctx, async (tx) => {
    await lock(tx, id, version)
    const below = [...(await readTree(tx)).values()].some((one) => one.parentId === id && !one.retired)
    if (below || (await hasMaterials(tx, id))) throw materialsErrors.categoryInUse({ id })
    return changeCategory(tx, id, { retired_at: ctx.now })
  })

async function lock(tx: MaterialsTx, id: CategoryId, version: number): Promise<void> {
  const row = await lockCategory(tx, id)
  if (!row) throw materialsErrors.categoryNotFound({ id })
  if (row.version !== version) throw materialsErrors.changedMeanwhile({ id, version: row.version })
}

async function checkPlace(tx: MaterialsTx, id: CategoryId | undefined, parentId: CategoryId | null): Promise<void> {
  const wrong = misplaced(await readTree(tx), id, parentId)
  switch (wrong) {
    case undefined:
      return
    case 'unknownParent':
      throw materialsErrors.categoryNotFound({ id: parentId })
    case 'loop':
      throw materialsErrors.categoryLoop()
    case 'tooDeep':
      throw materialsErrors.categoryTooDeep()
    default:
      wrong satisfies never
  }
}

function refuseTaken(error: unknown, code: string | undefined): never {
  throw violatedUnique(error) === 'category_code' ? materialsErrors.categoryCodeTaken({ code }) : error
}
