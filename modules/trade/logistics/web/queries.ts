import { queryOptions } from '@tanstack/react-query'
import { organisationsApi } from '#modules/foundation/organisations/contract.ts'
import { call } from '#ui/api.ts'
import { nameIn, type PageLocale } from '#ui/i18n.ts'
import { logisticsApi, type ShipmentId } from '../contract.ts'
import { dockApi } from '../dock-contract.ts'
import { labelApi } from '../label-contract.ts'
import { receivingApi } from '../receiving-contract.ts'

const PARTNERS = 200

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
  shippable: (search: string, buyerId: string | undefined) =>
    queryOptions({
      queryKey: ['logistics', 'shippable', search, buyerId],
      queryFn: ({ signal }) => call(logisticsApi.shippable, { query: { search, buyerId: buyerId as never }, signal }),
      placeholderData: (before) => before,
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
  /** Partners that deliver to us, each once. */
  suppliers: (search: string, locale: PageLocale) =>
    queryOptions({
      queryKey: ['organisations', 'relations', 'suppliers', search, locale],
      queryFn: async ({ signal }) => {
        const query = { search, limit: PARTNERS, side: 'buyer' as const, kind: 'supply' as const }
        const { items } = await call(organisationsApi.relations, { query, signal })
        const active = items.filter((relation) => relation.state === 'active')
        const named = active.map(
          ({ partnerId, partnerName, partnerNameEn }) => [partnerId, nameIn(locale, partnerName, partnerNameEn)] as const,
        )
        return [...new Map(named)].map(([value, label]) => ({ value: value as string, label }))
      },
      placeholderData: (before) => before,
    }),
}
