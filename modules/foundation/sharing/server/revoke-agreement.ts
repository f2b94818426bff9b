import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { type AgreementId, sharingEvents } from '../contract.ts'
import { sharingErrors } from '../errors.ts'
import { type AgreementRow, lockGiven, markRevoked } from './agreement-store.ts'
import { agreementState } from './sharing-rules.ts'
import type { SharingDatabase } from './tables.ts'

/** Ends an agreement at once, also one whose time is still to come. Errors: sharing.notFound (also for the grantee), sharing.notRunning. */
export const revokeAgreement = (db: SharingDatabase, ctx: Context, id: AgreementId): Promise<AgreementRow> =>
  db.inTenant(ctx, async (tx) => {
    const row = await lockGiven(tx, id)
    if (!row) throw sharingErrors.notFound({ id })
    const state = agreementState({ from: row.valid_from, until: row.valid_until, revokedAt: row.revoked_at }, ctx.now)
    if (state === 'revoked' || state === 'expired') throw sharingErrors.notRunning({ id })
    const revoked = await markRevoked(tx, id, ctx.now, ctx.actor.name ?? null)
    await publish(tx, ctx, sharingEvents.revoked, id, {
      agreementId: id,
      grantorId: row.grantor_org,
      granteeId: row.grantee_org,
      dataSet: row.data_set,
    })
    return revoked
  })
