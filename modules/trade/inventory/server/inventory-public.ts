import { narrow } from '#kernel/postgres.ts'
import type { InventoryPublic } from '../public.ts'
import { openWarehouses, systemLocation } from './location-store.ts'
import { createLocation } from './locations.ts'
import { postMoves } from './post-moves.ts'
import { releaseReservations, reserveLines } from './reservations.ts'
import type { Rooms } from './rooms.ts'
import type { InventoryTables } from './tables.ts'

export const inventoryPublic = (rooms: Rooms): InventoryPublic => ({
  post: (tx, ctx, moves) => postMoves(rooms, narrow<InventoryTables>(tx), ctx, moves),
  systemLocation: (tx, kind) => systemLocation(narrow<InventoryTables>(tx), kind),
  warehouses: (tx) => openWarehouses(narrow<InventoryTables>(tx)),
  createWarehouse: async (ctx, warehouse) => (await createLocation(rooms.db, ctx, { ...warehouse, warehouseId: null })).id,
  reserve: (tx, ctx, lines) => reserveLines(narrow<InventoryTables>(tx), ctx, lines),
  release: (tx, ctx, source) => releaseReservations(narrow<InventoryTables>(tx), ctx, source),
})
