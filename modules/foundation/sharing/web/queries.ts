import { queryOptions } from '@tanstack/react-query'
import { call } from '#ui/api.ts'
import { type AgreementId, sharingApi } from '../contract.ts'

export const sharingQueries = {
  agreement: (id: string) =>
    queryOptions({
      queryKey: ['sharing', 'agreement', id],
      queryFn: ({ signal }) => call(sharingApi.get, { params: { id: id as AgreementId }, signal }),
    }),
}
