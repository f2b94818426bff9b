import type { Routes } from '#kernel/http.ts'
import { inventoryApi } from '../contract.ts'
import { createLocation } from './create-location.ts'
import { listInventory } from './location-store.ts'
import { renameLocation } from './rename-location.ts'
import type { InventoryDatabase } from './tables.ts'

export const inventoryRoutes =
  (db: InventoryDatabase): Routes =>
  (on) => {
    on.serve(inventoryApi.list, ({ ctx, query }) => db.inTenant(ctx, (tx) => listInventory(tx, query)))
    on.serve(inventoryApi.create, ({ ctx, body }) => createLocation(db, ctx, body))
    on.serve(inventoryApi.rename, ({ ctx, params, body }) => renameLocation(db, ctx, params.id, body))
  }
