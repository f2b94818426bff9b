import { queryOptions } from '@tanstack/react-query'
import { call } from '#ui/api.ts'
import { type InspectionId, qualityApi } from '../contract.ts'

export const qualityQueries = {
  inspection: (id: string) =>
    queryOptions({
      queryKey: ['quality', 'inspection', id],
      queryFn: ({ signal }) => call(qualityApi.inspection, { params: { id: id as InspectionId }, signal }),
    }),
  defects: queryOptions({ queryKey: ['quality', 'defects'], queryFn: ({ signal }) => call(qualityApi.defects, { signal }) }),
}
