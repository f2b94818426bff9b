import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { chinaDay } from '#values/instant.ts'
import { organisationsEvents, type Relation, type RelationId } from '../contract.ts'
import { organisationErrors } from '../errors.ts'
import { lockRelation, readRelation, setRelation, toRelation } from './relation-store.ts'
import type { OrganisationsDatabase } from './tables.ts'

/** Ends a relation on its last day; an end once set may be moved as long as it lies ahead. */
export const endRelation = (
  db: OrganisationsDatabase,
  ctx: Context,
  id: RelationId,
  { version, until }: { version: number; until: string },
): Promise<Relation> =>
  db.inTenant(ctx, async (tx) => {
    const today = chinaDay(ctx.now)
    const relation = await lockRelation(tx, id)
    if (!relation) throw organisationErrors.relationNotFound({ id })
    if (relation.version !== version) throw organisationErrors.changedMeanwhile({ id })
    const proposal = relation.confirmed_at === null
    if (relation.until !== null && (proposal || relation.until < today)) throw organisationErrors.invalidPeriod({ until: relation.until })
    if (!proposal && until < relation.since) throw organisationErrors.invalidPeriod({ since: relation.since })
    // A proposal that is declined or withdrawn has never held: its end says only that it is over.
    const last = until < relation.since ? relation.since : until
    await setRelation(tx, relation, { until: last })
    if (!proposal) {
      await publish(tx, ctx, organisationsEvents.relationEnded, id, {
        relationId: id,
        buyerOrg: relation.buyer_org,
        supplierOrg: relation.supplier_org,
        until: last,
        endedAt: ctx.now.toISOString(),
      })
    }
    const row = await readRelation(tx, id)
    if (!row) throw organisationErrors.relationNotFound({ id })
    return toRelation(row, today)
  })
