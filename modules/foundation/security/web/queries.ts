import { queryOptions } from '@tanstack/react-query'
import { call } from '#ui/api.ts'
import { securityApi } from '../contract.ts'

export const securityQueries = {
  secrets: queryOptions({ queryKey: ['security', 'secrets'], queryFn: ({ signal }) => call(securityApi.secrets, { signal }) }),
  facets: queryOptions({
    queryKey: ['security', 'facets'],
    queryFn: ({ signal }) => call(securityApi.facets, { signal }),
    staleTime: 60_000,
  }),
  entry: (id: string) =>
    queryOptions({
      queryKey: ['security', 'entry', id],
      queryFn: ({ signal }) => call(securityApi.entry, { params: { id: Number(id) }, signal }),
    }),
}
