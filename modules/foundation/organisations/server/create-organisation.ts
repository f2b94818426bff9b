import { randomBytes } from 'node:crypto'
import type { Transaction } from 'kysely'
import { v7 } from 'uuid'
import type { OrgScope } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import { OrgId } from '#values/ids.ts'
import { CreditCode, OrgCode } from '../contract.ts'
import { creditCodeCheck } from '../credit-code.ts'
import { organisationErrors } from '../errors.ts'
import type { NewOrganisation, NewRelation } from '../public.ts'
import { findById, insertOrganisation, insertSize, readSizeRules } from './organisation-store.ts'
import { insertRelation } from './relation-store.ts'
import { sizeClassOf } from './size-rules.ts'
import type { OrganisationsTables } from './tables.ts'

type Sql = Transaction<OrganisationsTables>

/** As the system role, for an organisation that is not there yet. */
export async function createOrganisation(sqlOf: Sql, organisation: NewOrganisation, now: Date): Promise<OrgScope> {
  const orgId = organisation.orgId ?? OrgId.parse(v7())
  const row = await insertOrganisation(sqlOf, {
    org_id: orgId,
    code: OrgCode.parse(organisation.code),
    name: organisation.name,
    name_en: organisation.nameEn ?? null,
    kind: organisation.kind,
    industry: organisation.industry ?? null,
    credit_code: organisation.creditCode === null ? sandboxCreditCode() : CreditCode.parse(organisation.creditCode),
    city: organisation.city ?? null,
    demo: organisation.demo,
    sandbox_of: organisation.sandboxOf ?? null,
    created_at: now,
  }).catch((error: unknown) => {
    const constraint = violatedUnique(error)
    if (constraint === 'organisation_sandbox') throw organisationErrors.sandboxExists()
    if (constraint === 'organisation_code') throw organisationErrors.codeTaken({ organisationCode: organisation.code })
    if (constraint === 'organisation_credit_code') throw organisationErrors.creditCodeTaken()
    throw error
  })
  const rules = organisation.sizes?.length ? await readSizeRules(sqlOf) : []
  for (const size of organisation.sizes ?? []) {
    const { validFrom, sector = 'industry', employees, revenueWan } = size
    const sizeClass = sizeClassOf(rules, { validFrom, sector, employees, revenueWan })
    if (!sizeClass) throw organisationErrors.noSizeRule({ sector, date: validFrom })
    await insertSize(sqlOf, { org_id: orgId, valid_from: validFrom, sector, employees, revenue_wan: revenueWan, size_class: sizeClass })
  }
  return { orgId, orgNo: row.org_no }
}

/** Of the region 000000, which is given to nobody: right in form and never an enterprise's. */
function sandboxCreditCode(): string {
  const digits = BigInt(`0x${randomBytes(6).toString('hex')}`) % 1_000_000_000n
  const first = `91000000${String(digits).padStart(9, '0')}`
  return first + creditCodeCheck(first)
}

export async function createAgreedRelation(sqlOf: Sql, relation: NewRelation, now: Date) {
  const buyer = await findById(sqlOf, relation.buyer)
  const supplier = await findById(sqlOf, relation.supplier)
  if (!buyer || !supplier) throw organisationErrors.notFound()
  const { kind, tier, since, until = null } = relation
  const { id } = await insertRelation(sqlOf, buyer, supplier, { kind, tier, since, until, confirmed_at: now })
  return id
}
