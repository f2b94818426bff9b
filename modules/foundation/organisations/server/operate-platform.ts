import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { UsageSource } from '#kernel/usages.ts'
import type { OrgId } from '#values/ids.ts'
import type { Page } from '#values/list.ts'
import type { organisationsApi, PlatformOrganisation, SizeRule } from '../contract.ts'
import { organisationErrors } from '../errors.ts'
import {
  findById,
  type Operated,
  type OperatedOrganisation,
  platformPage,
  readOwn,
  readSizeRules,
  toPlatformOrganisation,
  updateOperated,
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
  usages: readonly UsageSource[],
  list: z.output<typeof organisationsApi.platform.query>,
): Promise<Page<PlatformOrganisation>> {
  await mustBeOperator(db, ctx)
  const page = await system.inSystem((sqlOf) => platformPage(sqlOf, list))
  return { ...page, items: await withUsage(usages, page.items, ctx.now) }
}

async function withUsage(
  usages: readonly UsageSource[],
  organisations: readonly OperatedOrganisation[],
  now: Date,
): Promise<PlatformOrganisation[]> {
  const ids = organisations.map((organisation) => organisation.id)
  const read = await Promise.all(usages.map(async (usage) => [usage.name, await usage.read(ids, now)] as const))
  const found = new Map(read)
  return organisations.map((organisation) => {
    const lastMs = found.get('lastValueMs')?.get(organisation.id)
    return {
      ...organisation,
      usage: {
        valuesPerS: found.get('valuesPerS')?.get(organisation.id) ?? 0,
        users: found.get('users')?.get(organisation.id) ?? 0,
        lastValueAt: lastMs === undefined ? null : new Date(lastMs).toISOString(),
      },
    }
  })
}

export async function operate(
  db: OrganisationsDatabase,
  system: OrganisationsSystem,
  ctx: Context,
  usages: readonly UsageSource[],
  orgId: OrgId,
  { version, ...change }: Operated & { version: number },
): Promise<PlatformOrganisation> {
  await mustBeOperator(db, ctx)
  if (orgId === ctx.orgId && change.active !== undefined) throw organisationErrors.ownOrganisation()
  const operated = await system.inSystem(async (sqlOf) => {
    const found = await findById(sqlOf, orgId)
    // A sandbox is its owner's to open and to reset.
    if (!found || found.sandbox_of !== null) throw organisationErrors.notFound({ orgId })
    const row = await updateOperated(sqlOf, orgId, version, change)
    if (!row) throw organisationErrors.changedMeanwhile({ orgId })
    return toPlatformOrganisation(row)
  }, ctx)
  const [organisation] = await withUsage(usages, [operated], ctx.now)
  return organisation!
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
