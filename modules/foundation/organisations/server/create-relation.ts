import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { chinaDay } from '#values/instant.ts'
import { type organisationsApi, organisationsEvents, type Relation } from '../contract.ts'
import { organisationErrors } from '../errors.ts'
import { findByCreditCode, readOwn } from './organisation-store.ts'
import { mayServe, overlaps } from './relation-rules.ts'
import { insertRelation, lockedPeriods, readRelation, toRelation } from './relation-store.ts'
import type { OrganisationsDatabase, OrganisationsSystem } from './tables.ts'

/** The buyer proposes; nothing opens between the two before the other side has confirmed. */
export async function createRelation(
  db: OrganisationsDatabase,
  system: OrganisationsSystem,
  ctx: Context,
  { supplierCreditCode, kind, tier, since }: z.output<typeof organisationsApi.createRelation.body>,
): Promise<Relation> {
  const supplier = await system.inSystem((sqlOf) => findByCreditCode(sqlOf, supplierCreditCode))
  if (!supplier?.active) throw organisationErrors.notFound({ creditCode: supplierCreditCode })
  if (supplier.org_id === ctx.orgId) throw organisationErrors.selfRelation()
  if (!mayServe(kind, supplier.kind)) throw organisationErrors.wrongPartnerKind({ kind: supplier.kind })
  return db.inTenant(ctx, async (tx) => {
    const buyer = await readOwn(tx)
    if (!buyer) throw organisationErrors.notFound()
    // A demo organisation never enters a real one's figures, so the two kinds do not meet; a sandbox meets nobody.
    const sandboxed = buyer.sandbox_of !== null || supplier.sandbox_of !== null
    if (sandboxed || buyer.demo !== supplier.demo) throw organisationErrors.notFound({ creditCode: supplierCreditCode })
    const earlier = await lockedPeriods(tx, buyer.org_id, supplier.org_id, kind)
    const declined = (one: (typeof earlier)[number]) => one.confirmed_at === null && one.until !== null
    if (earlier.some((one) => !declined(one) && overlaps(one, { since, until: null }))) throw organisationErrors.relationExists()
    const { id } = await insertRelation(tx.sql, buyer, supplier, { kind, tier, since, until: null, confirmed_at: null })
    await publish(tx, ctx, organisationsEvents.relationProposed, id, {
      relationId: id,
      buyerOrg: buyer.org_id,
      supplierOrg: supplier.org_id,
    })
    const row = await readRelation(tx, id)
    if (!row) throw organisationErrors.relationNotFound({ id })
    return toRelation(row, chinaDay(ctx.now))
  })
}
