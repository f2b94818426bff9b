import { narrow } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import { organisationErrors } from '../errors.ts'
import type { OrganisationLabel, OrganisationsPublic } from '../public.ts'
import { createAgreedRelation, createOrganisation } from './create-organisation.ts'
import { type FactsCache, toFacts } from './facts-cache.ts'
import {
  allScopes,
  allValueQuotas,
  anyOrganisation,
  findByCode,
  findById,
  findSandbox,
  readOwn,
  sizeOn,
  updateOperated,
} from './organisation-store.ts'
import { activeRelationWith, partnerLabels, suppliersByWord } from './relation-store.ts'
import type { OrganisationsSystem, OrganisationsTables } from './tables.ts'

export function organisationsPublic(system: OrganisationsSystem, cache: FactsCache): OrganisationsPublic {
  const facts = cache.read
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
    suppliersNamed: async (opaqueTx, words, today) => {
      const found = new Map<string, OrgId | 'several'>()
      for (const { partner_id, word } of await suppliersByWord(narrow<OrganisationsTables>(opaqueTx), words, today))
        found.set(word, found.has(word) && found.get(word) !== partner_id ? 'several' : partner_id)
      return found
    },
    scope: async (orgId) => {
      const { orgNo } = (await facts(orgId)) ?? notFound(orgId)
      return { orgId, orgNo }
    },
    facts,
    sizeClassOn: async (orgId, day) => (await system.inSystem((sqlOf) => sizeOn(sqlOf, orgId, day)))?.size_class,
    organisationByCode: async (code) => {
      const row = await system.inSystem((sqlOf) => findByCode(sqlOf, code))
      return row && toFacts(row)
    },
    sandboxOf: async (orgId) => {
      const row = await system.inSystem((sqlOf) => findSandbox(sqlOf, orgId))
      return row && { ...toFacts(row), createdAt: row.created_at }
    },
    retireSandbox: async (opaqueTx, sandboxId) => {
      const { sql } = narrow<OrganisationsTables>(opaqueTx)
      const row = await findById(sql, sandboxId)
      if (!row?.sandbox_of) throw organisationErrors.notFound({ orgId: sandboxId })
      await updateOperated(sql, sandboxId, row.version, { active: false })
      cache.forget(sandboxId)
    },
    everyScope: () => system.inSystem(allScopes),
    valueQuotas: () => system.inSystem(allValueQuotas),
    platformIsEmpty: () => system.inSystem(async (sqlOf) => !(await anyOrganisation(sqlOf))),
    createOrganisation: (tx, organisation, now) => createOrganisation(narrow<OrganisationsTables>(tx).sql, organisation, now),
    createRelation: (tx, relation, now) => createAgreedRelation(narrow<OrganisationsTables>(tx).sql, relation, now),
  }
}

function notFound(orgId: OrgId): never {
  throw organisationErrors.notFound({ orgId })
}
