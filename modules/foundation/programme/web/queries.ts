import { queryOptions } from '@tanstack/react-query'
import { apiUrl, call } from '#ui/api.ts'
import { type CertificateId, type PartnerId, programmeApi } from '../contract.ts'

export const programmeQueries = {
  partner: (id: string) =>
    queryOptions({
      queryKey: ['programme', 'partner', id],
      queryFn: ({ signal }) => call(programmeApi.partner, { params: { id: id as PartnerId }, signal }),
    }),
  summary: queryOptions({ queryKey: ['programme', 'summary'], queryFn: ({ signal }) => call(programmeApi.summary, { signal }) }),
  mine: queryOptions({ queryKey: ['programme', 'mine'], queryFn: ({ signal }) => call(programmeApi.mine, { signal }) }),
}

export const certificateUrl = (id: CertificateId): string => apiUrl(programmeApi.certificateFile, { params: { id } })
