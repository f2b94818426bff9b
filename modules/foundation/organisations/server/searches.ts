import { narrow } from '#kernel/postgres.ts'
import type { SearchKind } from '#kernel/searches.ts'
import { chinaDay } from '#values/instant.ts'
import { relationPage } from './relation-store.ts'
import type { OrganisationsTables } from './tables.ts'

/** Partners by name, code and city; an organisation has some thousands at most. */
export const partnerSearches: readonly SearchKind[] = [
  {
    name: 'partner',
    permission: 'organisations.read',
    find: async (ctx, tx, text, limit) => {
      const list = { search: text, sort: 'partnerName', limit, activeOnly: false }
      const { items } = await relationPage(narrow<OrganisationsTables>(tx), list, chinaDay(ctx.now))
      return items.map(({ id, partnerName, partnerNameEn }) => ({
        label: (ctx.locale === 'en-US' && partnerNameEn) || partnerName,
        path: `/organisations/relations/${id}`,
      }))
    },
  },
]
