import { queryOptions } from '@tanstack/react-query'
import { organisationsApi, type Relation } from '#modules/foundation/organisations/contract.ts'
import { call } from '#ui/api.ts'
import { type AgreementId, sharingApi } from '../contract.ts'

const PARTNERS = 200

export const sharingQueries = {
  agreement: (id: string) =>
    queryOptions({
      queryKey: ['sharing', 'agreement', id],
      queryFn: ({ signal }) => call(sharingApi.get, { params: { id: id as AgreementId }, signal }),
    }),
  /** Organisations that data may be opened to, each once however many relations there are. */
  partners: (search: string) =>
    queryOptions({
      queryKey: ['organisations', 'relations', 'partners', search],
      queryFn: async ({ signal }) => {
        const page = await call(organisationsApi.relations, { query: { search, limit: PARTNERS }, signal })
        const active = page.items.filter((relation) => relation.state === 'active')
        return [...new Map<string, Relation>(active.map((relation) => [relation.partnerId, relation])).values()]
      },
      placeholderData: (before) => before,
    }),
}
