import type { Routes } from '#kernel/http.ts'
import { materialsApi } from '../contract.ts'
import { createCategory, listCategories, retireCategory, updateCategory } from './categories.ts'
import { createMaterial, reactivateMaterial, readMaterial, retireMaterial, updateMaterial } from './change-material.ts'
import { listMaterials } from './list-materials.ts'
import type { Rooms } from './rooms.ts'

export const materialsRoutes =
  (rooms: Rooms): Routes =>
  (on) => {
    on.serve(materialsApi.categories, ({ ctx }) => listCategories(rooms, ctx))
    on.serve(materialsApi.createCategory, ({ ctx, body }) => createCategory(rooms, ctx, body))
    on.serve(materialsApi.updateCategory, ({ ctx, params, body }) => updateCategory(rooms, ctx, params.id, body))
    on.serve(materialsApi.retireCategory, ({ ctx, params, body }) => retireCategory(rooms, ctx, params.id, body.version))

    on.serve(materialsApi.list, ({ ctx, query }) => listMaterials(rooms, ctx, query))
    on.serve(materialsApi.get, ({ ctx, params }) => readMaterial(rooms, ctx, params.id))
    on.serve(materialsApi.create, ({ ctx, body }) => createMaterial(rooms, ctx, body))
    on.serve(materialsApi.update, ({ ctx, params, body }) => updateMaterial(rooms, ctx, params.id, body))
    on.serve(materialsApi.retire, ({ ctx, params, body }) => retireMaterial(rooms, ctx, params.id, body.version))
    on.serve(materialsApi.reactivate, ({ ctx, params, body }) => reactivateMaterial(rooms, ctx, params.id, body.version))
  }
