import { queryOptions } from '@tanstack/react-query'
import { organisationsApi, type Relation } from '#modules/foundation/organisations/contract.ts'
import { apiUrl, call } from '#ui/api.ts'
import { type CertificateId, type PartnerId, programmeApi } from '../contract.ts'

const PARTNERS = 200

export const programmeQueries = {
  partner: (id: string) =>
    queryOptions({
      queryKey: ['programme', 'partner', id],
      queryFn: ({ signal }) => call(programmeApi.partner, { params: { id: id as PartnerId }, signal }),
    }),
  summary: queryOptions({ queryKey: ['programme', 'summary'], queryFn: ({ signal }) => call(programmeApi.summary, { signal }) }),
  mine: queryOptions({ queryKey: ['programme', 'mine'], queryFn: ({ signal }) => call(programmeApi.mine, { signal }) }),
  /** Suppliers in force, each once. */
  suppliers: (search: string) =>
    queryOptions({
      queryKey: ['organisations', 'relations', 'suppliers', search],
      queryFn: async ({ signal }) => {
        const query = { search, limit: PARTNERS, side: 'buyer' as const, kind: 'supply' as const }
        const page = await call(organisationsApi.relations, { query, signal })
        const active = page.items.filter((relation) => relation.state === 'active')
        return [...new Map<string, Relation>(active.map((relation) => [relation.partnerId, relation])).values()]
      },
      placeholderData: (before) => before,
    }),
}

export const certificateUrl = (id: CertificateId): string => apiUrl(programmeApi.certificateFile, { params: { id } })
