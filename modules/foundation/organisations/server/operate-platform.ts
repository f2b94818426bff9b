import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { OrgId } from '#values/ids.ts'
import type { Page } from '#values/list.ts'
import type { organisationsApi, PlatformOrganisation, SizeRule } from '../contract.ts'
import { organisationErrors } from '../errors.ts'
import {
  findById,
  platformPage,
  readOwn,
  readSizeRules,
  toPlatformOrganisation,
  updateActive,
  upsertSizeRules,
} from './organisation-store.ts'
import { unorderedRule } from './size-rules.ts'
import type { OrganisationsDatabase, OrganisationsSystem } from './tables.ts'

/** What the operator does beyond its own rows, as the system role: everybody else is refused before the first query. */
async function mustBeOperator(db: OrganisationsDatabase, ctx: Context): Promise<void> {
  const own = await db.inTenant(ctx, readOwn)
  if (own?.kind !== 'operator') throw organisationErrors.operatorOnly()
}

export async function listPlatform(
  db: OrganisationsDatabase,
  system: OrganisationsSystem,
  ctx: Context,
  list: z.output<typeof organisationsApi.platform.query>,
): Promise<Page<PlatformOrganisation>> {
  await mustBeOperator(db, ctx)
  return system.inSystem((sqlOf) => platformPage(sqlOf, list))
}

export async function setActive(
  db: OrganisationsDatabase,
  system: OrganisationsSystem,
  ctx: Context,
  orgId: OrgId,
  { version, active }: { version: number; active: boolean },
): Promise<PlatformOrganisation> {
  await mustBeOperator(db, ctx)
  if (orgId === ctx.orgId) throw organisationErrors.ownOrganisation()
  return system.inSystem(async (sqlOf) => {
    const found = await findById(sqlOf, orgId)
    // A sandbox is its owner's to open and to reset.
    if (!found || found.sandbox_of !== null) throw organisationErrors.notFound({ orgId })
    const row = await updateActive(sqlOf, orgId, version, active)
    if (!row) throw organisationErrors.changedMeanwhile({ orgId })
    return toPlatformOrganisation(row)
  }, ctx)
}

export const listSizeRules = (db: OrganisationsDatabase, ctx: Context): Promise<SizeRule[]> =>
  db.inTenant(ctx, (tx) => readSizeRules(tx.sql))

export async function setSizeRules(
  db: OrganisationsDatabase,
  system: OrganisationsSystem,
  ctx: Context,
  rules: readonly SizeRule[],
): Promise<SizeRule[]> {
  await mustBeOperator(db, ctx)
  const unordered = unorderedRule(rules)
  if (unordered) throw organisationErrors.sizeRulesUnordered({ sector: unordered.sector, sizeClass: unordered.sizeClass })
  return system.inSystem(async (sqlOf) => {
    await upsertSizeRules(sqlOf, rules)
    return readSizeRules(sqlOf)
  }, ctx)
}
