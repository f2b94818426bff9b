import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import { materialsErrors } from '../errors.ts'
import { insertMaterial } from './material-store.ts'
import type { MaterialsDatabase } from './tables.ts'

export const createMaterial = (db: MaterialsDatabase, ctx: Context, { name }: { name: string }) =>
  db
    .inTenant(ctx, (tx) => insertMaterial(tx, name))
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'material_name' ? materialsErrors.nameTaken({ name }) : error
    })
