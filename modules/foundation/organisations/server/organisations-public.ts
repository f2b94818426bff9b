import { narrow } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import { organisationErrors } from '../errors.ts'
import type { OrganisationFacts, OrganisationLabel, OrganisationsPublic } from '../public.ts'
import { createAgreedRelation, createOrganisation } from './create-organisation.ts'
import { anyOrganisation, findByCode, findById, type OrganisationRow, readOwn } from './organisation-store.ts'
import { activeRelationWith, partnerLabels } from './relation-store.ts'
import type { OrganisationsSystem, OrganisationsTables } from './tables.ts'

/** How long a suspension may take to be noticed. */
const FACTS_MS = 5_000
const MAX_CACHED = 10_000

export function organisationsPublic(system: OrganisationsSystem): OrganisationsPublic {
  const facts = cachedFacts(system)
  return {
    labels: async (opaqueTx, ids) => {
      const tx = narrow<OrganisationsTables>(opaqueTx)
      const labels = new Map<OrgId, OrganisationLabel>()
      if (ids.length === 0) return labels
      for (const row of await partnerLabels(tx, ids))
        labels.set(row.partner_id, { name: row.partner_name, nameEn: row.partner_name_en, code: row.partner_code })
      const own = ids.includes(tx.orgId) ? await readOwn(tx) : undefined
      if (own) labels.set(own.org_id, { name: own.name, nameEn: own.name_en, code: own.code })
      return labels
    },
    relationWith: async (opaqueTx, other, today) => {
      const row = await activeRelationWith(narrow<OrganisationsTables>(opaqueTx), other, today)
      return row && { relationId: row.id, kind: row.kind, side: row.side }
    },
    scope: async (orgId) => {
      const { orgNo } = (await facts(orgId)) ?? notFound(orgId)
      return { orgId, orgNo }
    },
    facts,
    organisationByCode: async (code) => {
      const row = await system.inSystem((sqlOf) => findByCode(sqlOf, code))
      return row && toFacts(row)
    },
    platformIsEmpty: () => system.inSystem(async (sqlOf) => !(await anyOrganisation(sqlOf))),
    createOrganisation: (tx, organisation, now) => createOrganisation(narrow<OrganisationsTables>(tx).sql, organisation, now),
    createRelation: (tx, relation, now) => createAgreedRelation(narrow<OrganisationsTables>(tx).sql, relation, now),
  }
}

/** Every request asks for its organisation: one query per organisation in five seconds instead of one per request. */
function cachedFacts(system: OrganisationsSystem): (orgId: OrgId) => Promise<OrganisationFacts | undefined> {
  const cache = new Map<OrgId, { untilMs: number; facts: Promise<OrganisationFacts | undefined> }>()
  return (orgId) => {
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
  }
}

const toFacts = (row: OrganisationRow): OrganisationFacts => ({
  orgId: row.org_id,
  orgNo: row.org_no,
  name: row.name,
  nameEn: row.name_en,
  code: row.code,
  kind: row.kind,
  demo: row.demo,
  active: row.active,
})

function notFound(orgId: OrgId): never {
  throw organisationErrors.notFound({ orgId })
}
