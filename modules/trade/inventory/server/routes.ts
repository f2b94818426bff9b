import type { Routes } from '#kernel/http.ts'
import type { Printing } from '#kernel/printer.ts'
import { chinaDay } from '#values/instant.ts'
import { chainApi } from '../chain-contract.ts'
import { consignedApi } from '../consigned-contract.ts'
import { inventoryApi } from '../contract.ts'
import { documentApi } from '../document-contract.ts'
import { reservationApi } from '../reservation-contract.ts'
import { stockApi } from '../stock-contract.ts'
import { stocktakeApi } from '../stocktake-contract.ts'
import { changeSetting, readSetting } from './change-setting.ts'
import { agreeConsigned, changeConsigned, readConsigned, useConsigned } from './consigned.ts'
import { exportItems, exportStock } from './export-stock.ts'
import { listItems, readItem } from './list-items.ts'
import { listStock } from './list-stock.ts'
import { listLocations } from './location-store.ts'
import { changeLocation, createLocation } from './locations.ts'
import { postDocument } from './post-document.ts'
import { printDocument, printStocktake } from './print-stock.ts'
import { readPick } from './propose-pick.ts'
import { readAgeing, readTurnover } from './read-analysis.ts'
import { readCard } from './read-card.ts'
import { readChain } from './read-chain.ts'
import { readDocument } from './read-document.ts'
import { listReservations, readReservation, releaseStock, reserveStock } from './reservation-documents.ts'
import type { Rooms } from './rooms.ts'
import { askShare, endShare, giveShare, readShares } from './stock-shares.ts'
import { listStocktakes } from './stocktake-store.ts'
import { addLine, cancelStocktake, countLine, createStocktake, decideStocktake, readStocktake, submitStocktake } from './stocktakes.ts'

export const inventoryRoutes =
  (rooms: Rooms, printing: Printing): Routes =>
  (on) => {
    const { db } = rooms
    on.serve(inventoryApi.locations, ({ ctx, query }) => db.inTenant(ctx, (tx) => listLocations(tx, query)))
    on.serve(inventoryApi.createLocation, ({ ctx, body }) => createLocation(db, ctx, body))
    on.serve(inventoryApi.changeLocation, ({ ctx, params, body }) => changeLocation(db, ctx, params.id, body))
    on.serve(inventoryApi.setting, ({ ctx }) => readSetting(db, ctx))
    on.serve(inventoryApi.changeSetting, ({ ctx, body }) => changeSetting(db, ctx, body))
    on.serveFile(stockApi.exportStock, ({ ctx, query }) => exportStock(rooms, ctx, query, printing.translate))
    on.serveFile(stockApi.exportItems, ({ ctx, query }) => exportItems(rooms, ctx, query, printing.translate))
    on.serve(stockApi.stock, ({ ctx, query }) => listStock(rooms, ctx, query))
    on.serve(stockApi.items, ({ ctx, query }) => listItems(db, ctx, query))
    on.serve(stockApi.item, ({ ctx, params }) => readItem(db, ctx, params.id))
    on.serve(stockApi.card, ({ ctx, params, query }) => readCard(rooms, ctx, params.id, query))
    on.serve(stockApi.turnover, ({ ctx, query }) => readTurnover(db, ctx, query))
    on.serve(stockApi.ageing, ({ ctx }) => readAgeing(db, ctx, chinaDay(ctx.now)))
    on.serve(documentApi.pick, ({ ctx, query }) => readPick(db, ctx, query))
    on.serve(documentApi.document, ({ ctx, params }) => readDocument(rooms, ctx, params.id))
    on.serveFile(documentApi.printDocument, ({ ctx, params }) => printDocument(rooms, printing, ctx, params.id))
    on.serve(documentApi.post, ({ ctx, body }) => postDocument(rooms, ctx, body))
    on.serve(consignedApi.consigned, ({ ctx, query }) => readConsigned(rooms, ctx, query))
    on.serve(consignedApi.agreeConsigned, ({ ctx, body }) => agreeConsigned(rooms, ctx, { ...body, min: body.minimum, max: body.maximum }))
    on.serve(consignedApi.changeConsigned, ({ ctx, params, body }) =>
      changeConsigned(rooms, ctx, params.id, { version: body.version, min: body.minimum, max: body.maximum }),
    )
    on.serve(consignedApi.useConsigned, ({ ctx, params, body }) => useConsigned(rooms, ctx, params.id, body))
    on.serve(chainApi.chain, ({ ctx, query }) => readChain(rooms, ctx, query))
    on.serve(chainApi.shares, ({ ctx, query }) => readShares(rooms, ctx, query))
    on.serve(chainApi.askShare, ({ ctx, body }) => askShare(rooms, ctx, body))
    on.serve(chainApi.giveShare, ({ ctx, params, body }) => giveShare(rooms, ctx, params.id, body))
    on.serve(chainApi.endShare, ({ ctx, params, body }) => endShare(rooms, ctx, params.id, body))
    on.serve(reservationApi.reservations, ({ ctx, query }) => listReservations(db, ctx, query))
    on.serve(reservationApi.reservation, ({ ctx, params }) => readReservation(db, ctx, params.id))
    on.serve(reservationApi.reserve, ({ ctx, body }) => reserveStock(rooms, ctx, body))
    on.serve(reservationApi.release, ({ ctx, params, body }) => releaseStock(db, ctx, params.id, body.version))
    stocktakeRoutes(rooms, printing)(on)
  }

const stocktakeRoutes =
  (rooms: Rooms, printing: Printing): Routes =>
  (on) => {
    on.serve(stocktakeApi.stocktakes, ({ ctx, query }) => rooms.db.inTenant(ctx, (tx) => listStocktakes(tx, query)))
    on.serve(stocktakeApi.stocktake, ({ ctx, params }) => readStocktake(rooms, ctx, params.id))
    on.serveFile(stocktakeApi.printStocktake, ({ ctx, params }) => printStocktake(rooms, printing, ctx, params.id))
    on.serve(stocktakeApi.createStocktake, ({ ctx, body }) => createStocktake(rooms, ctx, body.locationId))
    on.serve(stocktakeApi.countLine, ({ ctx, params, body }) => countLine(rooms, ctx, params, body.counted))
    on.serve(stocktakeApi.addLine, ({ ctx, params, body }) => addLine(rooms, ctx, params.id, body))
    on.serve(stocktakeApi.submitStocktake, ({ ctx, params, body }) => submitStocktake(rooms, ctx, params.id, body.version))
    on.serve(stocktakeApi.decideStocktake, ({ ctx, params, body }) => decideStocktake(rooms, ctx, params.id, body))
    on.serve(stocktakeApi.cancelStocktake, ({ ctx, params, body }) => cancelStocktake(rooms, ctx, params.id, body.version))
  }
