import type { Routes } from '#kernel/http.ts'
import { labelApi } from '../label-contract.ts'
import { changeBarcode, createBarcode, listBarcodes, removeBarcode } from './barcodes.ts'
import { changeLabelFormat, createLabelFormat, listLabelFormats, removeLabelFormat } from './label-formats.ts'
import { readPackCodes, setPackCodes } from './pack-codes.ts'
import type { Rooms } from './rooms.ts'

export const logisticsRoutes =
  (rooms: Rooms): Routes =>
  (on) => {
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
  }
