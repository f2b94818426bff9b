import { queryOptions } from '@tanstack/react-query'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { call } from '#ui/api.ts'
import { formatQuantity } from '#ui/format.ts'
import type { PageLocale, Words } from '#ui/i18n.ts'
import { unitName } from '#values/units.ts'
import { inventoryApi, type LocationId, type LocationLabel, type StockDocumentId, type StockReservationId } from '../contract.ts'
import { documentApi } from '../document-contract.ts'
import { reservationApi } from '../reservation-contract.ts'
import { stockApi } from '../stock-contract.ts'
import { type StocktakeId, stocktakeApi } from '../stocktake-contract.ts'

const CHOICES = 200

export const inventoryQueries = {
  warehouses: queryOptions({
    queryKey: ['inventory', 'locations', 'warehouses'],
    queryFn: ({ signal }) => call(inventoryApi.locations, { query: { kind: 'warehouse', open: 'true', limit: CHOICES }, signal }),
  }),
  places: queryOptions({
    queryKey: ['inventory', 'locations', 'open'],
    queryFn: ({ signal }) => call(inventoryApi.locations, { query: { open: 'true', limit: CHOICES }, signal }),
  }),
  setting: queryOptions({
    queryKey: ['inventory', 'setting'],
    queryFn: ({ signal }) => call(inventoryApi.setting, { signal }),
  }),
  item: (id: string) =>
    queryOptions({
      queryKey: ['inventory', 'item', id],
      queryFn: ({ signal }) => call(stockApi.item, { params: { id: id as MaterialId }, signal }),
    }),
  stockOf: (materialId: MaterialId, locationId: LocationId | undefined) =>
    queryOptions({
      queryKey: ['inventory', 'stock', 'of', materialId, locationId],
      queryFn: ({ signal }) =>
        call(stockApi.stock, { query: { materialId, sort: 'expires', limit: CHOICES, ...(locationId ? { locationId } : {}) }, signal }),
    }),
  document: (id: string) =>
    queryOptions({
      queryKey: ['inventory', 'document', id],
      queryFn: ({ signal }) => call(documentApi.document, { params: { id: id as StockDocumentId }, signal }),
    }),
  reservation: (id: string) =>
    queryOptions({
      queryKey: ['inventory', 'reservation', id],
      queryFn: ({ signal }) => call(reservationApi.reservation, { params: { id: id as StockReservationId }, signal }),
    }),
  stocktake: (id: string) =>
    queryOptions({
      queryKey: ['inventory', 'stocktake', id],
      queryFn: ({ signal }) => call(stocktakeApi.stocktake, { params: { id: id as StocktakeId }, signal }),
    }),
}

/** 1,234.5 件 */
export const quantityText = (quantity: string | null | undefined, unit: string | null, locale: PageLocale): string =>
  formatQuantity(quantity, unit && unitName(unit, locale === 'en-US'))

export const placeName = (place: LocationLabel, t: Words): string =>
  place.kind === 'warehouse' || place.kind === 'bin'
    ? place.code === place.name
      ? place.name
      : `${place.code} ${place.name}`
    : t(`kinds.${place.kind}`)
