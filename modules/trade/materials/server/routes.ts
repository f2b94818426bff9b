import type { Routes } from '#kernel/http.ts'
import { materialsApi } from '../contract.ts'
import { detailApi } from '../detail-contract.ts'
import { supplyApi } from '../supply-contract.ts'
import { createCategory, listCategories, retireCategory, updateCategory } from './categories.ts'
import { createMaterial, reactivateMaterial, readMaterial, retireMaterial, updateMaterial } from './change-material.ts'
import { addBarcode, addEquipment, addSubstitute, readDetails, removePart } from './details.ts'
import { addDocument, documentContent, removeDocument } from './documents.ts'
import { listMaterials } from './list-materials.ts'
import { addPrice, endPrice, listPrices, withdrawPrice } from './prices.ts'
import type { Rooms } from './rooms.ts'
import { actOnSource, createSource, listSources, nameSupplied, readSource, updateSource } from './sources.ts'

const done = { done: true as const }

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

    on.serve(supplyApi.sources, ({ ctx, query }) => listSources(rooms, ctx, query))
    on.serve(supplyApi.source, ({ ctx, params }) => readSource(rooms, ctx, params.id))
    on.serve(supplyApi.createSource, ({ ctx, params, body }) => createSource(rooms, ctx, params.id, body))
    on.serve(supplyApi.updateSource, ({ ctx, params, body }) => updateSource(rooms, ctx, params.id, body))
    on.serve(supplyApi.actOnSource, ({ ctx, params, body }) => actOnSource(rooms, ctx, params.id, body))
    on.serve(supplyApi.nameSupplied, ({ ctx, params, body }) => nameSupplied(rooms, ctx, params.id, body))
    on.serve(supplyApi.prices, ({ ctx, params }) => listPrices(rooms, ctx, params.id))
    on.serve(supplyApi.addPrice, ({ ctx, params, body }) => addPrice(rooms, ctx, params.id, body))
    on.serve(supplyApi.endPrice, ({ ctx, params, body }) => endPrice(rooms, ctx, params.id, body))
    on.serve(supplyApi.withdrawPrice, ({ ctx, params, body }) => withdrawPrice(rooms, ctx, params.id, body.version))

    on.serve(detailApi.details, ({ ctx, params }) => readDetails(rooms, ctx, params.id))
    on.serve(detailApi.addBarcode, ({ ctx, params, body }) => addBarcode(rooms, ctx, params.id, body).then(() => done))
    on.serve(detailApi.removeBarcode, ({ ctx, params }) => removePart(rooms, ctx, 'materials.barcode', params))
    on.serve(detailApi.addSubstitute, ({ ctx, params, body }) => addSubstitute(rooms, ctx, params.id, body).then(() => done))
    on.serve(detailApi.removeSubstitute, ({ ctx, params }) => removePart(rooms, ctx, 'materials.substitute', params))
    on.serve(detailApi.addEquipment, ({ ctx, params, body }) => addEquipment(rooms, ctx, params.id, body).then(() => done))
    on.serve(detailApi.removeEquipment, ({ ctx, params }) => removePart(rooms, ctx, 'materials.equipment', params))
    on.serveUpload(detailApi.addDocument, ({ ctx, params, query, upload }) => addDocument(rooms, ctx, params.id, { query, upload }))
    on.serve(detailApi.removeDocument, ({ ctx, params }) => removeDocument(rooms, ctx, params))
    on.serveFile(detailApi.documentContent, ({ ctx, params, query }) => documentContent(rooms, ctx, params, query.as === 'saved'))
  }
