import { queryOptions } from '@tanstack/react-query'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { call } from '#ui/api.ts'
import type { OrgId } from '#values/ids.ts'
import { logisticsApi, type ShipmentId } from '../contract.ts'
import { dockApi } from '../dock-contract.ts'
import { labelApi } from '../label-contract.ts'
import { type ClaimId, receivingApi } from '../receiving-contract.ts'
import { transitApi } from '../transit-contract.ts'
import { withoutNoticeApi } from '../without-notice-contract.ts'

export const logisticsQueries = {
  packCodes: queryOptions({ queryKey: ['logistics', 'packCodes'], queryFn: ({ signal }) => call(labelApi.packCodes, { signal }) }),
  shipment: (id: string) =>
    queryOptions({
      queryKey: ['logistics', 'shipment', id],
      queryFn: ({ signal }) => call(logisticsApi.get, { params: { id: id as ShipmentId }, signal }),
    }),
  receipts: (id: string) =>
    queryOptions({
      queryKey: ['logistics', 'shipment', id, 'receipts'],
      queryFn: ({ signal }) => call(receivingApi.receipts, { params: { id: id as ShipmentId }, signal }),
    }),
  claim: (id: string) =>
    queryOptions({
      queryKey: ['logistics', 'claims', 'one', id],
      queryFn: ({ signal }) => call(receivingApi.claim, { params: { id: id as ClaimId }, signal }),
    }),
  transit: (id: string) =>
    queryOptions({
      queryKey: ['logistics', 'shipment', id, 'transit'],
      queryFn: ({ signal }) => call(transitApi.transit, { params: { id: id as ShipmentId }, signal }),
    }),
  returning: (id: string) =>
    queryOptions({
      queryKey: ['logistics', 'shipment', id, 'returning'],
      queryFn: ({ signal }) => call(transitApi.returning, { params: { id: id as ShipmentId }, signal }),
    }),
  coming: (materialId: string) =>
    queryOptions({
      queryKey: ['logistics', 'coming', materialId],
      queryFn: ({ signal }) => call(transitApi.coming, { query: { materialId: materialId as MaterialId }, signal }),
    }),
  refill: (of: { buyer: string; material: string; quantity: string } | undefined) =>
    queryOptions({
      queryKey: ['logistics', 'refill', of],
      queryFn: ({ signal }) =>
        call(logisticsApi.refill, {
          query: { buyerId: of?.buyer as OrgId, materialId: of?.material as MaterialId, quantity: of?.quantity ?? '' },
          signal,
        }),
      // What is typed from it on must not be thrown away by a newer answer.
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 0,
    }),
  shippable: (search: string, buyerId: string | undefined) =>
    queryOptions({
      queryKey: ['logistics', 'shippable', search, buyerId],
      queryFn: ({ signal }) => call(logisticsApi.shippable, { query: { search, buyerId: buyerId as never }, signal }),
      placeholderData: (before) => before,
    }),
  owed: (search: string, supplierId: OrgId | undefined) =>
    queryOptions({
      queryKey: ['logistics', 'owed', search, supplierId],
      queryFn: ({ signal }) => call(withoutNoticeApi.owed, { query: { search, ...(supplierId ? { supplierId } : {}) }, signal }),
      // Narrowed to one supplier the rows stay in place; those of another search would be tapped by mistake.
      placeholderData: (before, query) => (query?.queryKey[2] === search ? before : undefined),
    }),
  slots: (id: ShipmentId, day: string) =>
    queryOptions({
      queryKey: ['logistics', 'slots', id, day],
      queryFn: ({ signal }) => call(dockApi.slots, { params: { id }, query: { day }, signal }),
    }),
  formatsForUs: queryOptions({
    queryKey: ['logistics', 'labelFormats', 'supplier'],
    queryFn: ({ signal }) => call(labelApi.labelFormats, { query: { side: 'supplier' }, signal }),
  }),
  containers: queryOptions({ queryKey: ['logistics', 'containers'], queryFn: ({ signal }) => call(receivingApi.containers, { signal }) }),
}
