import { queryOptions } from '@tanstack/react-query'
import { call } from '#ui/api.ts'
import { inventoryApi } from '../contract.ts'

const CHOICES = 200

export const inventoryQueries = {
  warehouses: queryOptions({
    queryKey: ['inventory', 'locations', 'warehouses'],
    queryFn: ({ signal }) => call(inventoryApi.locations, { query: { kind: 'warehouse', open: 'true', limit: CHOICES }, signal }),
  }),
}
