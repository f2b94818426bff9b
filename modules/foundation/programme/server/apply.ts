import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import type { Application, PartnerDetail, PartnerId } from '../contract.ts'
import { changePartner, lockPartner, mustStep, type PartnerRow, record } from './partner-store.ts'
import { detailOf } from './partner-view.ts'
import type { ProgrammeParts } from './parts.ts'
import type { ProgrammeTx } from './tables.ts'

/** An organisation of the platform that was invited. */
export const applyAsMember = (
  parts: ProgrammeParts,
  ctx: Context,
  id: PartnerId,
  { version, ...application }: Application & { version: number },
): Promise<PartnerDetail> =>
  parts.db.inTenant(ctx, async (tx) => {
    const row = await lockPartner(tx, id, { version, side: 'supplier' })
    const changed = await handIn(tx, ctx, row, application)
    return detailOf(parts, tx, changed, ctx.now)
  })

/** Writes the application over an earlier one of the same partner and moves it on. */
export async function handIn(tx: ProgrammeTx, ctx: Context, row: PartnerRow, application: Application): Promise<PartnerRow> {
  const state = mustStep(row, 'apply', 'supplier', null)
  const facts = {
    name: application.name,
    name_en: application.nameEn,
    industry: application.industry,
    city: application.city,
    employees: application.employees,
    revenue_wan: application.revenueWan,
    delivers: application.delivers,
    capacity: application.capacity,
    contact_name: application.contactName,
    contact_phone: application.contactPhone,
    contact_email: application.contactEmail,
    applied_at: ctx.now,
  }
  await tx.sql
    .insertInto('programme.application')
    .values({ partner_id: row.id, buyer_org: row.buyer_org, supplier_org: row.supplier_org, ...facts })
    .onConflict((oc) => oc.column('partner_id').doUpdateSet({ ...facts, version: sql<number>`application.version + 1` }))
    .execute()
  const changed = await changePartner(tx, row.id, {
    state,
    reason: null,
    name: row.supplier_org === null ? application.name : row.name,
    contact_name: application.contactName,
    contact_phone: application.contactPhone,
    contact_email: application.contactEmail,
    delivers: application.delivers,
  })
  await record(tx, ctx, [changed], { action: 'apply', side: 'supplier', actor: application.contactName })
  return changed
}
