import type { Routes } from '#kernel/http.ts'
import { inventoryApi } from '../contract.ts'
import { listLocations } from './location-store.ts'
import { changeLocation, createLocation } from './locations.ts'
import type { Rooms } from './rooms.ts'

export const inventoryRoutes =
  ({ db }: Rooms): Routes =>
  (on) => {
    on.serve(inventoryApi.locations, ({ ctx, query }) => db.inTenant(ctx, (tx) => listLocations(tx, query)))
    on.serve(inventoryApi.createLocation, ({ ctx, body }) => createLocation(db, ctx, body))
    on.serve(inventoryApi.changeLocation, ({ ctx, params, body }) => changeLocation(db, ctx, params.id, body))
  }
