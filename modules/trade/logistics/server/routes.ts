import type { Routes } from '#kernel/http.ts'
import { logisticsApi } from '../contract.ts'
import { createShipment } from './create-shipment.ts'
import { renameShipment } from './rename-shipment.ts'
import { listLogistics } from './shipment-store.ts'
import type { LogisticsDatabase } from './tables.ts'

export const logisticsRoutes =
  (db: LogisticsDatabase): Routes =>
  (on) => {
    on.serve(logisticsApi.list, ({ ctx, query }) => db.inTenant(ctx, (tx) => listLogistics(tx, query)))
    on.serve(logisticsApi.create, ({ ctx, body }) => createShipment(db, ctx, body))
    on.serve(logisticsApi.rename, ({ ctx, params, body }) => renameShipment(db, ctx, params.id, body))
  }
