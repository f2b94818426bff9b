import { queryOptions, useQueryClient } from '@tanstack/react-query'
import { materialsApi } from '#modules/trade/materials/contract.ts'
import { call } from '#ui/api.ts'
import type { OrgId } from '#values/ids.ts'
import { type AgreementId, agreementApi } from '../agreement-contract.ts'
import { type InvitationId, type RequestId, sourcingApi } from '../contract.ts'

const MATERIALS = 30

export const sourcingQueries = {
  request: (id: string) =>
    queryOptions({
      queryKey: ['sourcing', 'request', id],
      queryFn: ({ signal }) => call(sourcingApi.get, { params: { id: id as RequestId }, signal }),
    }),
  invitation: (id: string) =>
    queryOptions({
      queryKey: ['sourcing', 'invitation', id],
      queryFn: ({ signal }) => call(sourcingApi.invitation, { params: { id: id as InvitationId }, signal }),
    }),
  agreement: (id: string) =>
    queryOptions({
      queryKey: ['sourcing', 'agreement', id],
      queryFn: ({ signal }) => call(agreementApi.get, { params: { id: id as AgreementId }, signal }),
    }),
  awardDraft: (request: string, supplier: string) =>
    queryOptions({
      queryKey: ['sourcing', 'awardDraft', request, supplier],
      queryFn: ({ signal }) =>
        call(agreementApi.fromAward, { params: { id: request as RequestId }, query: { supplierId: supplier as OrgId }, signal }),
    }),
  materials: (search: string) =>
    queryOptions({
      queryKey: ['materials', 'choose', search],
      queryFn: async ({ signal }) => (await call(materialsApi.list, { query: { search, limit: MATERIALS }, signal })).items,
      placeholderData: (before) => before,
    }),
}

/** Does something and fetches anew what shows it, also when it failed: somebody else may have changed it. */
export function useChange() {
  const client = useQueryClient()
  return async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } finally {
      await client.invalidateQueries({ queryKey: ['sourcing'] })
    }
  }
}
