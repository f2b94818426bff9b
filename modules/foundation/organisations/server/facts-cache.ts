import type { OrgId } from '#values/ids.ts'
import type { OrganisationFacts } from '../public.ts'
import { findById, type OrganisationRow } from './organisation-store.ts'
import type { OrganisationsSystem } from './tables.ts'

export interface FactsCache {
  read(orgId: OrgId): Promise<OrganisationFacts | undefined>
  /** After a change in this process; others notice it within FACTS_MS. */
  forget(orgId: OrgId): void
}

const FACTS_MS = 5_000
const MAX_CACHED = 10_000

/** Every request asks for its organisation: one query per organisation in five seconds instead of one per request. */
export function factsCache(system: OrganisationsSystem): FactsCache {
  const cache = new Map<OrgId, { untilMs: number; facts: Promise<OrganisationFacts | undefined> }>()
  return {
    forget: (orgId) => void cache.delete(orgId),
    read: (orgId) => {
      const nowMs = performance.now()
      const cached = cache.get(orgId)
      if (cached && cached.untilMs > nowMs) return cached.facts
      if (cache.size >= MAX_CACHED) cache.clear()
      const facts = system.inSystem(async (sqlOf) => {
        const row = await findById(sqlOf, orgId)
        return row && toFacts(row)
      })
      cache.set(orgId, { untilMs: nowMs + FACTS_MS, facts })
      facts.then(
        (found) => !found && cache.delete(orgId),
        () => cache.delete(orgId),
      )
      return facts
    },
  }
}

export const toFacts = (row: OrganisationRow): OrganisationFacts => ({
  orgId: row.org_id,
  orgNo: row.org_no,
  name: row.name,
  nameEn: row.name_en,
  code: row.code,
  kind: row.kind,
  creditCode: row.credit_code,
  demo: row.demo,
  sandbox: row.sandbox_of !== null,
  active: row.active,
  userLimit: row.user_limit,
})
