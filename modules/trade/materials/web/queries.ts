import { queryOptions, useQueryClient } from '@tanstack/react-query'
import { call } from '#ui/api.ts'
import type { FilterOption } from '#ui/data-table.tsx'
import { nameIn, type PageLocale } from '#ui/i18n.ts'
import type { Tone } from '#ui/page.tsx'
import { type Category, type MaterialId, materialsApi, type SourceId } from '../contract.ts'
import { detailApi } from '../detail-contract.ts'
import { type Price, type SourceState, supplyApi } from '../supply-contract.ts'

const CHOICES = 200

export const materialQueries = {
  categories: queryOptions({
    queryKey: ['materials', 'categories'],
    queryFn: ({ signal }) => call(materialsApi.categories, { signal }),
    staleTime: 60_000,
  }),
  one: (id: string) =>
    queryOptions({
      queryKey: ['materials', 'one', id],
      queryFn: ({ signal }) => call(materialsApi.get, { params: { id: id as MaterialId }, signal }),
    }),
  details: (id: MaterialId) =>
    queryOptions({
      queryKey: ['materials', 'details', id],
      queryFn: ({ signal }) => call(detailApi.details, { params: { id }, signal }),
    }),
  sourcesOf: (id: MaterialId) =>
    queryOptions({
      queryKey: ['materials', 'sources', 'of', id],
      queryFn: ({ signal }) =>
        call(supplyApi.sources, { query: { side: 'buyer', materialId: id, sort: 'partner', limit: CHOICES }, signal }),
    }),
  source: (id: string) =>
    queryOptions({
      queryKey: ['materials', 'sources', 'one', id],
      queryFn: ({ signal }) => call(supplyApi.source, { params: { id: id as SourceId }, signal }),
    }),
  prices: (id: SourceId) =>
    queryOptions({
      queryKey: ['materials', 'prices', id],
      queryFn: ({ signal }) => call(supplyApi.prices, { params: { id }, signal }),
    }),
}

/** Runs a change, then fetches what the pages of the catalogue show anew. */
export function useChange() {
  const client = useQueryClient()
  return async <T>(work: () => Promise<T>): Promise<T> => {
    const done = await work()
    await client.invalidateQueries({ queryKey: ['materials'] })
    return done
  }
}

/** Every category in use with its way down from the root: 外购件 / 轴承. */
export function categoryOptions(categories: readonly Category[], locale: PageLocale): { value: string; label: string }[] {
  const byId = new Map(categories.map((category) => [category.id as string, category]))
  const wayTo = (category: Category): string => {
    const parent = byId.get(category.parentId ?? '')
    const name = nameIn(locale, category.name, category.nameEn)
    return parent ? `${wayTo(parent)} / ${name}` : name
  }
  return categories.filter((category) => !category.retired).map((category) => ({ value: category.id, label: wayTo(category) }))
}

/** The tree of categories for a filter; a retired one stays where something in use hangs below it. */
export function categoryTree(categories: readonly Category[], locale: PageLocale, parentId: string | null = null): FilterOption[] {
  return categories
    .filter((category) => category.parentId === parentId)
    .map((category) => ({
      category,
      option: {
        value: category.id,
        label: nameIn(locale, category.name, category.nameEn),
        children: categoryTree(categories, locale, category.id),
      },
    }))
    .filter(({ category, option }) => !category.retired || option.children.length > 0)
    .map(({ option }) => option)
}

export const sourceTones: Record<SourceState, Tone> = { proposed: 'info', approved: 'good', blocked: 'bad' }
export const priceTones: Record<Price['state'], Tone> = { upcoming: 'info', inForce: 'good', ended: 'neutral', withdrawn: 'neutral' }
