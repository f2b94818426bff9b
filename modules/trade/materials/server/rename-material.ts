import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import type { MaterialId } from '../contract.ts'
import { materialsErrors } from '../errors.ts'
import { lockMaterial, setMaterialName } from './material-store.ts'
import type { MaterialsDatabase } from './tables.ts'

export const renameMaterial = (db: MaterialsDatabase, ctx: Context, id: MaterialId, { version, name }: { version: number; name: string }) =>
  db
    .inTenant(ctx, async (tx) => {
      const material = await lockMaterial(tx, id)
      if (!material) throw materialsErrors.notFound({ id })
      if (material.version !== version) throw materialsErrors.changedMeanwhile({ id, version: material.version })
      return setMaterialName(tx, id, name)
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'material_name' ? materialsErrors.nameTaken({ name }) : error
    })
