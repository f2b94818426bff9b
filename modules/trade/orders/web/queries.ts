import { queryOptions } from '@tanstack/react-query'
import { organisationsApi } from '#modules/foundation/organisations/contract.ts'
import { call } from '#ui/api.ts'
import { type OrderId, ordersApi } from '../contract.ts'
import type { Side } from '../order-states.ts'

const PARTNERS_SHOWN = 50

export const orderQueries = {
  order: (id: OrderId) =>
    queryOptions({ queryKey: ['orders', 'order', id], queryFn: ({ signal }) => call(ordersApi.get, { params: { id }, signal }) }),
  counts: (side: Side) =>
    queryOptions({ queryKey: ['orders', 'counts', side], queryFn: ({ signal }) => call(ordersApi.counts, { query: { side }, signal }) }),
  revision: (id: OrderId, no: number, against: number | undefined) =>
    queryOptions({
      queryKey: ['orders', 'order', id, 'revision', no, against],
      queryFn: ({ signal }) => call(ordersApi.revision, { params: { id, no }, query: against === undefined ? {} : { against }, signal }),
      staleTime: Number.POSITIVE_INFINITY,
    }),
  /** What the own organisation is: a supplier's page opens on what he supplies. */
  ownKind: () =>
    queryOptions({
      queryKey: ['organisations', 'own', 'kind'],
      queryFn: async ({ signal }) => (await call(organisationsApi.own, { signal })).kind,
      staleTime: Number.POSITIVE_INFINITY,
    }),
  /** Partners of a supply relation; `side` is the own one. */
  partners: (side: Side, search: string) =>
    queryOptions({
      queryKey: ['organisations', 'relations', 'orders', side, search],
      queryFn: async ({ signal }) => {
        const query = { side, kind: 'supply' as const, limit: PARTNERS_SHOWN, ...(search && { search }) }
        return (await call(organisationsApi.relations, { query, signal })).items
      },
    }),
}
