import { narrow } from '#kernel/postgres.ts'
import type { InventoryPublic } from '../public.ts'
import { agreeConsigned, takeConsigned } from './consigned.ts'
import { holdLocations, openWarehouses, systemLocation } from './location-store.ts'
import { createLocation } from './locations.ts'
import { postMoves } from './post-moves.ts'
import { releaseReservations, reserveLines } from './reservations.ts'
import { revalueReceived } from './revalue-received.ts'
import type { Rooms } from './rooms.ts'
import { ownMaterials, sendGoods } from './send-goods.ts'
import { askShare, giveShare } from './stock-shares.ts'
import type { InventoryTables } from './tables.ts'
import { holdSetting } from './valuation-store.ts'
import { changedSources, valueChanges } from './value-changes.ts'

export const inventoryPublic = (rooms: Rooms): InventoryPublic => ({
  post: (tx, ctx, moves) => postMoves(rooms, narrow<InventoryTables>(tx), ctx, moves),
  send: (tx, ctx, document, lines) => sendGoods(rooms, narrow<InventoryTables>(tx), ctx, document, lines),
  revalue: (tx, ctx, document, lines) => revalueReceived(narrow<InventoryTables>(tx), ctx, document, lines),
  changedSources: (tx, batchId) => changedSources(narrow<InventoryTables>(tx), batchId),
  valueChanges: (tx, sourceId) => valueChanges(narrow<InventoryTables>(tx), sourceId),
  shipsFromStockOnly: async (tx) => (await holdSetting(narrow<InventoryTables>(tx), 'share')).only_from_stock,
  ownMaterials: (tx, buyer, theirs) => ownMaterials(rooms, narrow<InventoryTables>(tx), buyer, theirs),
  openPlaces: async (tx, ids) =>
    new Set([...(await holdLocations(narrow<InventoryTables>(tx), ids)).values()].flatMap(({ id, closed }) => (closed ? [] : [id]))),
  systemLocation: (tx, kind) => systemLocation(narrow<InventoryTables>(tx), kind),
  warehouses: (tx) => openWarehouses(narrow<InventoryTables>(tx)),
  createWarehouse: async (ctx, warehouse) => (await createLocation(rooms.db, ctx, { ...warehouse, warehouseId: null })).id,
  askShare: (ctx, wish) => askShare(rooms, ctx, wish),
  giveShare: (ctx, id, given) => giveShare(rooms, ctx, id, given),
  agreeConsigned: (ctx, kept) => agreeConsigned(rooms, ctx, kept),
  takeConsigned: (ctx, id, use) => takeConsigned(rooms, ctx, id, use),
  reserve: (tx, ctx, lines) => reserveLines(narrow<InventoryTables>(tx), ctx, lines),
  release: (tx, ctx, source) => releaseReservations(narrow<InventoryTables>(tx), ctx, source),
})
