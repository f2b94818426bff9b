import { queryOptions } from '@tanstack/react-query'
import { plantApi } from '#modules/shopfloor/plant/contract.ts'
import { call } from '#ui/api.ts'
import type { Tone } from '#ui/page.tsx'
import { type PieceState, templatesApi } from '../contract.ts'

export const templateQueries = {
  list: queryOptions({ queryKey: ['templates', 'list'], queryFn: ({ signal }) => call(templatesApi.list, { signal }) }),
  template: (industry: string, siteId: string | undefined) =>
    queryOptions({
      queryKey: ['templates', 'one', industry, siteId],
      queryFn: ({ signal }) =>
        call(templatesApi.get, {
          params: { industry: industry as never },
          query: siteId === undefined ? {} : { siteId: siteId as never },
          signal,
        }),
      placeholderData: (before) => before,
    }),
  sites: queryOptions({
    queryKey: ['plant', 'nodes', false],
    queryFn: ({ signal }) => call(plantApi.nodes, { query: { retired: 'false' }, signal }),
    select: ({ nodes }) => nodes.filter(({ level }) => level === 'site'),
  }),
}

export const stateTones: Record<PieceState, Tone> = { new: 'info', there: 'good', blocked: 'warning' }
