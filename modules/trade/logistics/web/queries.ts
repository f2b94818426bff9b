import { queryOptions } from '@tanstack/react-query'
import { organisationsApi } from '#modules/foundation/organisations/contract.ts'
import { call } from '#ui/api.ts'
import { nameIn, type PageLocale } from '#ui/i18n.ts'
import { labelApi } from '../label-contract.ts'

const PARTNERS = 200

export const logisticsQueries = {
  packCodes: queryOptions({ queryKey: ['logistics', 'packCodes'], queryFn: ({ signal }) => call(labelApi.packCodes, { signal }) }),
  /** Partners that deliver to us, each once. */
  suppliers: (search: string, locale: PageLocale) =>
    queryOptions({
      queryKey: ['organisations', 'relations', 'suppliers', search, locale],
      queryFn: async ({ signal }) => {
        const query = { search, limit: PARTNERS, side: 'buyer' as const, kind: 'supply' as const }
        const { items } = await call(organisationsApi.relations, { query, signal })
        const active = items.filter((relation) => relation.state === 'active')
        const named = active.map(
          ({ partnerId, partnerName, partnerNameEn }) => [partnerId, nameIn(locale, partnerName, partnerNameEn)] as const,
        )
        return [...new Map(named)].map(([value, label]) => ({ value: value as string, label }))
      },
      placeholderData: (before) => before,
    }),
}
