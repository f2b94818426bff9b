import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { Organisation, organisationsApi } from '../contract.ts'
import { organisationErrors } from '../errors.ts'
import { addSize, readOwn, readSizeRules, toOrganisation, updateOwn } from './organisation-store.ts'
import { renameInRelations } from './relation-store.ts'
import { sizeClassOf } from './size-rules.ts'
import type { OrganisationsDatabase, OrganisationsTx } from './tables.ts'

type Change = z.output<typeof organisationsApi.update.body>

export const readOrganisation = (db: OrganisationsDatabase, ctx: Context): Promise<Organisation> =>
  db.inTenant(ctx, async (tx) => {
    const row = await readOwn(tx)
    if (!row) throw organisationErrors.notFound()
    return toOrganisation(tx, row)
  })

export const updateOrganisation = (db: OrganisationsDatabase, ctx: Context, change: Change): Promise<Organisation> =>
  db.inTenant(ctx, async (tx) => {
    const { version, name, nameEn, city, industry, size } = change
    const row = await updateOwn(tx, version, { name, name_en: nameEn, city, industry })
    if (!row) throw organisationErrors.changedMeanwhile()
    await renameInRelations(tx, row)
    if (size) await recordSize(tx, size)
    return toOrganisation(tx, row)
  })

async function recordSize(tx: OrganisationsTx, size: NonNullable<Change['size']>): Promise<void> {
  const sizeClass = sizeClassOf(await readSizeRules(tx.sql, size.sector), size)
  if (!sizeClass) throw organisationErrors.noSizeRule({ sector: size.sector, date: size.validFrom })
  await addSize(tx.sql, {
    org_id: tx.orgId,
    valid_from: size.validFrom,
    sector: size.sector,
    employees: size.employees,
    revenue_wan: size.revenueWan,
    size_class: sizeClass,
  })
}
