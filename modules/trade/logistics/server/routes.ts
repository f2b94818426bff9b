import type { Routes, Serving } from '#kernel/http.ts'
import { logisticsApi } from '../contract.ts'
import { dockApi } from '../dock-contract.ts'
import { labelApi } from '../label-contract.ts'
import { receivingApi } from '../receiving-contract.ts'
import { transitApi } from '../transit-contract.ts'
import { withoutNoticeApi } from '../without-notice-contract.ts'
import { changeBarcode, createBarcode, listBarcodes, removeBarcode } from './barcodes.ts'
import { listClaims, moveClaim, readClaim } from './claims.ts'
import { confirmBalance, confirmContainers, listContainers, sendContainersBack } from './containers.ts'
import { bookSlot, changeDock, createDock, listArrivals, listDocks, listSlots, unbookSlot } from './docks.ts'
import { changeShipmentDraft, createShipment, discardShipment } from './draft-shipment.ts'
import { addProof, listExpected, listReceipts, proofContent } from './expected.ts'
import { issueShipment } from './issue-shipment.ts'
import { changeLabelFormat, createLabelFormat, listLabelFormats, removeLabelFormat } from './label-formats.ts'
import { cancelShipment, setTimes } from './move-shipment.ts'
import { readPackCodes, setPackCodes } from './pack-codes.ts'
import { printReceipt, printReturn } from './print-receipts.ts'
import { deliveryNote, printLabelSheet, printLabels } from './print-shipment.ts'
import { listOwed } from './read-owed.ts'
import { readRefill } from './read-refill.ts'
import { getShipment, listShipments, listShippable } from './read-shipments.ts'
import { readComing, readTransit } from './read-transit.ts'
import { receiveGoods } from './receive-goods.ts'
import { receiveWithoutNotice } from './receive-without-notice.ts'
import { releaseGoods, returnGoods } from './return-goods.ts'
import { readReturning } from './returning.ts'
import type { Rooms } from './rooms.ts'
import { takeBack } from './take-back.ts'

export const logisticsRoutes =
  (rooms: Rooms): Routes =>
  (on) => {
    shipmentRoutes(rooms, on)
    labelRoutes(rooms, on)
    dockRoutes(rooms, on)
    receivingRoutes(rooms, on)
  }

function shipmentRoutes(rooms: Rooms, on: Serving): void {
  on.serve(logisticsApi.list, ({ ctx, query }) => listShipments(rooms, ctx, query))
  on.serve(logisticsApi.get, ({ ctx, params }) => getShipment(rooms, ctx, params.id))
  on.serve(logisticsApi.refill, ({ ctx, query }) => readRefill(rooms, ctx, query))
  on.serve(logisticsApi.shippable, ({ ctx, query }) => listShippable(rooms, ctx, query))
  on.serve(logisticsApi.create, ({ ctx, body }) => createShipment(rooms, ctx, body))
  on.serve(logisticsApi.change, ({ ctx, params, body }) => changeShipmentDraft(rooms, ctx, params.id, body))
  on.serve(logisticsApi.discard, ({ ctx, params }) => discardShipment(rooms, ctx, params.id))
  on.serve(logisticsApi.issue, ({ ctx, params, body }) => issueShipment(rooms, ctx, params.id, body))
  on.serve(logisticsApi.cancel, ({ ctx, params, body }) => cancelShipment(rooms, ctx, params.id, body))
  on.serve(transitApi.transit, ({ ctx, params }) => readTransit(rooms, ctx, params.id))
  on.serve(transitApi.returning, ({ ctx, params }) => readReturning(rooms, ctx, params.id))
  on.serve(transitApi.takeBack, ({ ctx, params, body }) => takeBack(rooms, ctx, params.id, body))
  on.serve(transitApi.coming, ({ ctx, query }) => readComing(rooms, ctx, query.materialId))
  on.serve(logisticsApi.setTimes, ({ ctx, params, body }) => setTimes(rooms, ctx, params.id, body))
}

function labelRoutes(rooms: Rooms, on: Serving): void {
  on.serve(labelApi.packCodes, ({ ctx }) => readPackCodes(rooms.db, ctx))
  on.serve(labelApi.setPackCodes, ({ ctx, body }) => setPackCodes(rooms.db, ctx, body))
  on.serve(labelApi.barcodes, ({ ctx }) => listBarcodes(rooms, ctx))
  on.serve(labelApi.createBarcode, ({ ctx, body }) => createBarcode(rooms, ctx, body))
  on.serve(labelApi.changeBarcode, ({ ctx, params, body }) => changeBarcode(rooms, ctx, params.id, body))
  on.serve(labelApi.removeBarcode, ({ ctx, params }) => removeBarcode(rooms, ctx, params.id))
  on.serve(labelApi.labelFormats, ({ ctx, query }) => listLabelFormats(rooms, ctx, query.side))
  on.serve(labelApi.createLabelFormat, ({ ctx, body }) => createLabelFormat(rooms, ctx, body))
  on.serve(labelApi.changeLabelFormat, ({ ctx, params, body }) => changeLabelFormat(rooms, ctx, params.id, body))
  on.serve(labelApi.removeLabelFormat, ({ ctx, params }) => removeLabelFormat(rooms, ctx, params.id))
  on.serve(labelApi.printLabels, ({ ctx, params, body }) => printLabels(rooms, ctx, params.id, body))
  on.serveFile(labelApi.labelSheet, ({ ctx, params, query }) => printLabelSheet(rooms, ctx, params.id, query))
  on.serveFile(labelApi.deliveryNote, ({ ctx, params, query }) => deliveryNote(rooms, ctx, params.id, query.paper))
}

function dockRoutes(rooms: Rooms, on: Serving): void {
  on.serve(dockApi.docks, ({ ctx }) => listDocks(rooms, ctx))
  on.serve(dockApi.createDock, ({ ctx, body }) => createDock(rooms, ctx, body))
  on.serve(dockApi.changeDock, ({ ctx, params, body }) => changeDock(rooms, ctx, params.id, body))
  on.serve(dockApi.arrivals, ({ ctx, query }) => listArrivals(rooms, ctx, query.day))
  on.serve(dockApi.slots, ({ ctx, params, query }) => listSlots(rooms, ctx, params.id, query.day))
  on.serve(dockApi.book, ({ ctx, params, body }) => bookSlot(rooms, ctx, params.id, body))
  on.serve(dockApi.unbook, ({ ctx, params }) => unbookSlot(rooms, ctx, params.id))
}

function receivingRoutes(rooms: Rooms, on: Serving): void {
  on.serve(receivingApi.expected, ({ ctx }) => listExpected(rooms, ctx))
  on.serve(receivingApi.receive, ({ ctx, body }) => receiveGoods(rooms, ctx, body))
  on.serve(withoutNoticeApi.owed, ({ ctx, query }) => listOwed(rooms, ctx, query))
  on.serve(withoutNoticeApi.receiveWithoutNotice, ({ ctx, body }) => receiveWithoutNotice(rooms, ctx, body))
  on.serve(receivingApi.receipts, ({ ctx, params }) => listReceipts(rooms, ctx, params.id))
  on.serveFile(receivingApi.printReceipt, ({ ctx, params }) => printReceipt(rooms, ctx, params.id))
  on.serveFile(receivingApi.printReturn, ({ ctx, params }) => printReturn(rooms, ctx, params.id))
  on.serveUpload(receivingApi.addProof, ({ ctx, params, query, upload }) => addProof(rooms, ctx, params.id, query.fileName, upload))
  on.serveFile(receivingApi.proof, ({ ctx, params }) => proofContent(rooms, ctx, params.id))
  on.serve(receivingApi.claims, ({ ctx, query }) => listClaims(rooms, ctx, query))
  on.serve(receivingApi.claim, ({ ctx, params }) => readClaim(rooms, ctx, params.id))
  on.serve(receivingApi.moveClaim, ({ ctx, params, body }) => moveClaim(rooms, ctx, params.id, body))
  on.serve(receivingApi.returnGoods, ({ ctx, body }) => returnGoods(rooms, ctx, body))
  on.serve(receivingApi.releaseGoods, ({ ctx, body }) => releaseGoods(rooms, ctx, body))
  on.serve(receivingApi.containers, ({ ctx }) => listContainers(rooms, ctx))
  on.serve(receivingApi.sendContainersBack, ({ ctx, body }) => sendContainersBack(rooms, ctx, body))
  on.serve(receivingApi.confirmContainers, ({ ctx, params, body }) => confirmContainers(rooms, ctx, params.id, body.agreed))
  on.serve(receivingApi.confirmBalance, ({ ctx, body }) => confirmBalance(rooms, ctx, body))
}
