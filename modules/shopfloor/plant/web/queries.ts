import { queryOptions } from '@tanstack/react-query'
import { call } from '#ui/api.ts'
import { type PlantNodeId, plantApi } from '../contract.ts'

export const plantQueries = {
  nodes: (retired: boolean) =>
    queryOptions({
      queryKey: ['plant', 'nodes', retired],
      queryFn: ({ signal }) => call(plantApi.nodes, { query: { retired: String(retired) as never }, signal }),
      placeholderData: (before) => before,
    }),
  site: (id: PlantNodeId, year: number) =>
    queryOptions({
      queryKey: ['plant', 'site', id, year],
      queryFn: ({ signal }) => call(plantApi.site, { params: { id }, query: { year }, signal }),
      placeholderData: (before) => before,
    }),
}
