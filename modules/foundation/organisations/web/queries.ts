import { queryOptions } from '@tanstack/react-query'
import { call } from '#ui/api.ts'
import { organisationsApi, type Relation, type RelationId } from '../contract.ts'

/** A chain of more partners than this is drawn by its groups alone. */
const DRAWN = 600
const PAGE = 200

export const organisationQueries = {
  own: queryOptions({ queryKey: ['organisations', 'own'], queryFn: ({ signal }) => call(organisationsApi.own, { signal }) }),
  relation: (id: string) =>
    queryOptions({
      queryKey: ['organisations', 'relation', id],
      queryFn: ({ signal }) => call(organisationsApi.relation, { params: { id: id as RelationId }, signal }),
    }),
  sizeRules: queryOptions({
    queryKey: ['organisations', 'sizeRules'],
    queryFn: ({ signal }) => call(organisationsApi.sizeRules, { signal }),
  }),
  /** All relations under way, for the picture of the chain. */
  chain: queryOptions({
    queryKey: ['organisations', 'relations', 'chain'],
    queryFn: async ({ signal }) => {
      const relations: Relation[] = []
      let cursor: string | undefined
      do {
        const page = await call(organisationsApi.relations, { query: { limit: PAGE, cursor }, signal })
        relations.push(...page.items)
        cursor = page.nextCursor ?? undefined
      } while (cursor && relations.length < DRAWN)
      return relations
    },
  }),
}
