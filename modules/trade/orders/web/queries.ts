import { queryOptions, useQueryClient } from '@tanstack/react-query'
import { type MaterialSummary, materialsApi } from '#modules/trade/materials/contract.ts'
import { call } from '#ui/api.ts'
import type { OrgId } from '#values/ids.ts'
import type { Currency } from '#values/money.ts'
import { type OrderId, ordersApi } from '../contract.ts'
import { expediteApi } from '../expedite-contract.ts'
import { followUpApi } from '../follow-up-contract.ts'
import type { Side } from '../order-states.ts'
import type { Quote } from '../quote.ts'

const MATERIALS_SHOWN = 30
export const LOOK_MS = 10_000

/** A material of the catalogue; without a quote the supplier is no approved source of it. */
export interface MaterialChoice {
  material: MaterialSummary
  quote: Quote | undefined
}

export const orderQueries = {
  order: (id: OrderId) =>
    queryOptions({ queryKey: ['orders', 'order', id], queryFn: ({ signal }) => call(ordersApi.get, { params: { id }, signal }) }),
  /** Whether the other side has done something meanwhile: a small question, which does not keep the session alive. */
  standing: (id: OrderId) =>
    queryOptions({
      queryKey: ['orders', 'order', id, 'standing'],
      queryFn: ({ signal }) => call(ordersApi.standing, { params: { id }, signal }),
      refetchInterval: LOOK_MS,
      refetchOnWindowFocus: 'always' as const,
      staleTime: 0,
    }),
  settings: () => queryOptions({ queryKey: ['orders', 'settings'], queryFn: ({ signal }) => call(ordersApi.settings, { signal }) }),
  counts: (side: Side) =>
    queryOptions({ queryKey: ['orders', 'counts', side], queryFn: ({ signal }) => call(ordersApi.counts, { query: { side }, signal }) }),
  revision: (id: OrderId, no: number, against: number | undefined) =>
    queryOptions({
      queryKey: ['orders', 'order', id, 'revision', no, against],
      queryFn: ({ signal }) => call(ordersApi.revision, { params: { id, no }, query: against === undefined ? {} : { against }, signal }),
      staleTime: Number.POSITIVE_INFINITY,
    }),
  termLimit: (supplierId: OrgId) =>
    queryOptions({
      queryKey: ['orders', 'termLimit', supplierId],
      queryFn: ({ signal }) => call(ordersApi.termLimit, { query: { supplierId }, signal }),
    }),
  /** Of the catalogue, those that the supplier may supply first. */
  materials: (supplierId: string, currency: Currency, search: string) =>
    queryOptions({
      queryKey: ['orders', 'materials', supplierId, currency, search],
      queryFn: async ({ signal }): Promise<MaterialChoice[]> => {
        const { items } = await call(materialsApi.list, { query: { limit: MATERIALS_SHOWN, ...(search && { search }) }, signal })
        if (items.length === 0) return []
        const body = { supplierId: supplierId as OrgId, currency, materialIds: items.map((material) => material.id) }
        const quotes = new Map((await call(ordersApi.quote, { body, signal })).items.map((quote) => [quote.materialId, quote]))
        const choices = items.map((material) => ({ material, quote: quotes.get(material.id) }))
        return [...choices.filter(({ quote }) => quote), ...choices.filter(({ quote }) => !quote)]
      },
    }),
  followUpCounts: (side: Side) =>
    queryOptions({
      queryKey: ['orders', 'followUp', 'counts', side],
      queryFn: ({ signal }) => call(followUpApi.counts, { query: { side }, signal }),
    }),
  figures: (side: Side, from: string, until: string) =>
    queryOptions({
      queryKey: ['orders', 'figures', side, from, until],
      queryFn: ({ signal }) => call(followUpApi.figures, { query: { side, from, until }, signal }),
    }),
  /** `standing`: how far they have come; fetched anew when that moves on, and not at all where nobody has asked. */
  expedites: (id: OrderId, side: Side, standing: number) =>
    queryOptions({
      queryKey: ['orders', 'order', id, 'expedites', standing],
      queryFn: ({ signal }) => call(expediteApi.list, { query: { orderId: id, side, limit: 50 }, signal }),
      enabled: standing > 0,
      placeholderData: (before) => before,
    }),
  reminders: (id: OrderId) =>
    queryOptions({
      queryKey: ['orders', 'order', id, 'reminders'],
      queryFn: ({ signal }) => call(followUpApi.reminders, { params: { id }, signal }),
    }),
}

/** What shows requests to expedite, fetched anew; the order too, which an answer may amend. */
export function useExpedites() {
  const client = useQueryClient()
  return async (id: OrderId) => {
    await client.invalidateQueries({ queryKey: ['orders', 'followUp'] })
    await client.invalidateQueries({ queryKey: ['orders', 'order', id] })
  }
}
