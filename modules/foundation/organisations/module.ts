import type { ServerModule } from '#kernel/module.ts'
import type { UsageSource } from '#kernel/usages.ts'
import { organisationsApi, organisationsPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { organisationNotices } from './notices.ts'
import type { OrganisationsPublic } from './public.ts'
import { factsCache } from './server/facts-cache.ts'
import { organisationsPublic } from './server/organisations-public.ts'
import { organisationReferences } from './server/reference-kinds.ts'
import { relationTodos } from './server/relation-todos.ts'
import { organisationRoutes } from './server/routes.ts'
import { partnerSearches } from './server/searches.ts'
import type { OrganisationsDatabase, OrganisationsSystem } from './server/tables.ts'
import zh from './zh.json' with { type: 'json' }

interface Deps {
  db: OrganisationsDatabase
  system: OrganisationsSystem
  /** Of all modules; asked at each use. */
  usages: () => readonly UsageSource[]
}

export const organisationsModule = ({ db, system, usages }: Deps): ServerModule & { public: OrganisationsPublic } => {
  const facts = factsCache(system)
  const doors = organisationsPublic(system, facts)
  return {
    name: 'organisations',
    api: organisationsApi,
    permissions: organisationsPermissions,
    words: { zh, en },
    routes: organisationRoutes(db, system, facts, usages),
    references: organisationReferences(doors),
    notices: organisationNotices,
    todos: [relationTodos],
    searches: partnerSearches,
    public: doors,
  }
}
