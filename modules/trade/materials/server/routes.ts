import type { Routes } from '#kernel/http.ts'
import { materialsApi } from '../contract.ts'
import { createMaterial } from './create-material.ts'
import { listMaterials } from './material-store.ts'
import { renameMaterial } from './rename-material.ts'
import type { MaterialsDatabase } from './tables.ts'

export const materialsRoutes =
  (db: MaterialsDatabase): Routes =>
  (on) => {
    on.serve(materialsApi.list, ({ ctx, query }) => db.inTenant(ctx, (tx) => listMaterials(tx, query)))
    on.serve(materialsApi.create, ({ ctx, body }) => createMaterial(db, ctx, body))
    on.serve(materialsApi.rename, ({ ctx, params, body }) => renameMaterial(db, ctx, params.id, body))
  }
