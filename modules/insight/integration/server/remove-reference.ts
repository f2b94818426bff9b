import type { Context } from '#kernel/context.ts'
import { removeReference as deleteReference, referenceQuery } from '#kernel/references.ts'
import type { ReferenceId } from '../contract.ts'
import { integrationErrors } from '../errors.ts'
import { kindFor, labelsOf, readableKinds } from './kinds.ts'
import type { Parts } from './tables.ts'

export const removeReference = (parts: Parts, ctx: Context, id: ReferenceId) =>
  parts.db.inTenant(ctx, async (tx) => {
    const row = await referenceQuery(tx).where('id', '=', id).executeTakeFirst()
    const seen = row && (await labelsOf(readableKinds(parts, ctx), ctx, tx, [row]))(row)
    if (!row || !seen) throw integrationErrors.referenceNotFound({ id })
    kindFor(parts, ctx, row.entity, 'manage')
    await deleteReference(tx, id)
    return { done: true as const }
  })
