import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { chinaDay } from '#values/instant.ts'
import { organisationsEvents, type Relation, type RelationId } from '../contract.ts'
import { organisationErrors } from '../errors.ts'
import { lockRelation, readRelation, setRelation, toRelation } from './relation-store.ts'
import type { OrganisationsDatabase } from './tables.ts'

export const confirmRelation = (db: OrganisationsDatabase, ctx: Context, id: RelationId, version: number): Promise<Relation> =>
  db.inTenant(ctx, async (tx) => {
    const relation = await lockRelation(tx, id)
    if (!relation) throw organisationErrors.relationNotFound({ id })
    if (relation.version !== version) throw organisationErrors.changedMeanwhile({ id })
    const waitsForUs = relation.supplier_org === tx.orgId && relation.confirmed_at === null && relation.until === null
    if (!waitsForUs) throw organisationErrors.relationNotProposed({ id })
    await setRelation(tx, relation, { confirmed_at: ctx.now })
    await publish(tx, ctx, organisationsEvents.relationStarted, id, {
      relationId: id,
      buyerOrg: relation.buyer_org,
      supplierOrg: relation.supplier_org,
    })
    const row = await readRelation(tx, id)
    if (!row) throw organisationErrors.relationNotFound({ id })
    return toRelation(row, chinaDay(ctx.now))
  })
