import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { organisationErrors } from '#modules/foundation/organisations/errors.ts'
import { AppError } from '#values/errors.ts'
import { chinaDay } from '#values/instant.ts'
import type { PartnerDetail, PartnerId, programmeApi } from '../contract.ts'
import { programmeErrors } from '../errors.ts'
import { changePartner, lockPartner, mustStep, record } from './partner-store.ts'
import { detailOf } from './partner-view.ts'
import { mustBeLeader, type ProgrammeParts } from './parts.ts'

type Admission = z.output<typeof programmeApi.admit.body>

/**
 * First the organisation, where there is none: its rows, its relation, its first person, in one transaction of the system role. Then the
 * admission itself. Whoever is stopped between the two admits once more and finds the first done.
 */
export async function admitPartner(parts: ProgrammeParts, ctx: Context, id: PartnerId, admission: Admission): Promise<PartnerDetail> {
  await mustBeLeader(parts, ctx)
  const row = await parts.db.inTenant(ctx, (tx) => lockPartner(tx, id, { version: admission.version, side: 'buyer' }))
  mustStep(row, 'admit', 'buyer', admission.reason)
  if (row.supplier_org === null) await makeOrganisation(parts, ctx, id, admission)
  const admitted = await parts.db.inTenant(ctx, async (tx) => {
    const locked = await lockPartner(tx, id, { version: admission.version, side: 'buyer' })
    const changed = await changePartner(tx, id, {
      state: mustStep(locked, 'admit', 'buyer', admission.reason),
      tier: admission.tier,
      reason: admission.reason,
      contract_no: admission.contractNo || null,
      contract_from: admission.contractFrom,
      contract_until: admission.contractUntil,
      admitted_on: chinaDay(ctx.now),
    })
    await record(tx, ctx, [changed], { action: 'admit', side: 'buyer', reason: admission.reason })
    return detailOf(parts, tx, changed, ctx.now)
  })
  return admitted
}

const codes: string[] = [organisationErrors.creditCodeTaken.code, organisationErrors.codeTaken.code]

/** Errors: programme.organisationExists, programme.changedMeanwhile, access.loginTaken. */
async function makeOrganisation(parts: ProgrammeParts, ctx: Context, id: PartnerId, { version }: Admission): Promise<void> {
  const leader = await parts.organisations.facts(ctx.orgId)
  if (!leader) throw programmeErrors.notFound({ id })
  const today = chinaDay(ctx.now)
  await parts.system
    .inSystem(async (sqlOf) => {
      const row = await sqlOf.selectFrom('programme.partner').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
      if (row?.version !== version) throw programmeErrors.changedMeanwhile({ id })
      if (row.supplier_org !== null) return
      const application = await sqlOf.selectFrom('programme.application').selectAll().where('partner_id', '=', id).executeTakeFirst()
      const pending = await sqlOf.selectFrom('programme.pending_login').selectAll().where('partner_id', '=', id).executeTakeFirst()
      if (!application || !pending) throw programmeErrors.notAllowedNow({ state: row.state })
      const tx = opaque({ orgId: ctx.orgId, sql: sqlOf })
      const { orgId } = await parts.organisations.createOrganisation(
        tx,
        {
          code: row.credit_code.toLowerCase(),
          name: application.name,
          nameEn: application.name_en,
          kind: 'supplier',
          industry: application.industry,
          creditCode: row.credit_code,
          city: application.city,
          demo: leader.demo,
          sizes: [{ validFrom: today, employees: application.employees, revenueWan: application.revenue_wan }],
        },
        ctx.now,
      )
      await parts.organisations.createRelation(tx, { buyer: ctx.orgId, supplier: orgId, kind: 'supply', tier: 1, since: today }, ctx.now)
      const { login, display_name: displayName, password_hash: passwordHash } = pending
      await parts.access.createFirstPerson(tx, { orgId, login, displayName, passwordHash }, ctx.now)
      const own = { supplier_org: orgId }
      await sqlOf.updateTable('programme.partner').set(own).where('id', '=', id).execute()
      await sqlOf.updateTable('programme.application').set(own).where('partner_id', '=', id).execute()
      await sqlOf.updateTable('programme.certificate').set(own).where('partner_id', '=', id).execute()
      await sqlOf.updateTable('programme.history').set(own).where('partner_id', '=', id).execute()
      await sqlOf.deleteFrom('programme.pending_login').where('partner_id', '=', id).execute()
    }, ctx)
    .catch((error: unknown) => {
      throw error instanceof AppError && codes.includes(error.code) ? programmeErrors.organisationExists() : error
    })
}
