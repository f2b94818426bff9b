import type { z } from 'zod'
import type { CallContext, Context } from '#kernel/context.ts'
import { imageKinds } from '#kernel/media-types.ts'
import type { Upload } from '#kernel/upload.ts'
import { chinaDay } from '#values/instant.ts'
import type { Certificate, CertificateId, CertificateQuery, PartnerState } from '../contract.ts'
import { programmeErrors } from '../errors.ts'
import { type joinApi, Token } from '../join-contract.ts'
import { handIn } from './apply.ts'
import { certificatesOf, findCertificate, insertCertificate, markRemoved, toCertificate } from './certificate-store.ts'
import { mustHaveRoom } from './certificates.ts'
import { findByToken, type Invitation } from './invitation-store.ts'
import { findApplication, lockPartner, type PartnerRow, readPartner } from './partner-store.ts'
import { toApplication } from './partner-view.ts'
import type { ProgrammeParts } from './parts.ts'
import type { ProgrammeTx } from './tables.ts'

// Whoever holds a link stands in no organisation: what he does is done in the leader's, in the name of the invitation, and nothing but this.

const MAX_ATTEMPTS = 30

/** Errors: programme.linkInvalid. */
async function invitedBy(
  parts: ProgrammeParts,
  call: CallContext,
  token: string,
): Promise<{ ctx: Context; invitation: Invitation; buyerName: string }> {
  const invitation = Token.safeParse(token).success ? await parts.system.inSystem((sqlOf) => findByToken(sqlOf, token)) : undefined
  const buyer = invitation && (await parts.organisations.facts(invitation.org_id))
  if (!invitation || !buyer?.active) throw programmeErrors.linkInvalid()
  const ctx: Context = {
    ...call,
    orgId: buyer.orgId,
    orgNo: buyer.orgNo,
    actor: { kind: 'system', id: 'programme.invitation' },
    scopes: { permissions: new Set(), sites: 'all' },
  }
  return { ctx, invitation, buyerName: buyer.name }
}

const isOpen = (invitation: Pick<Invitation, 'used_at' | 'expires_at'>, state: PartnerState, now: Date): boolean =>
  invitation.used_at === null && invitation.expires_at > now && state === 'invited'

/** The partner of a link that can still be used, locked. Errors: programme.linkInvalid. */
async function lockInvited(tx: ProgrammeTx, invitation: Invitation, now: Date): Promise<PartnerRow> {
  const row = await lockPartner(tx, invitation.partner_id)
  const still = await tx.sql
    .selectFrom('programme.invitation')
    .select(['used_at', 'expires_at', 'revoked_at'])
    .where('org_id', '=', tx.orgId)
    .where('id', '=', invitation.id)
    .executeTakeFirst()
  if (!still || still.revoked_at !== null || !isOpen(still, row.state, now)) throw programmeErrors.linkInvalid()
  return row
}

/** A used link still tells its holder how the application stands; it changes nothing any more. */
export async function viewInvitation(
  parts: ProgrammeParts,
  call: CallContext,
  token: string,
): Promise<z.input<typeof joinApi.join.response>> {
  const { ctx, invitation, buyerName } = await invitedBy(parts, call, token)
  return parts.db.inTenant(ctx, async (tx) => {
    const row = await readPartner(tx, invitation.partner_id)
    const open = isOpen(invitation, row.state, call.now)
    if (!open && invitation.used_at === null) throw programmeErrors.linkInvalid()
    const application = await findApplication(tx, row.id)
    return {
      buyerName,
      name: row.name,
      creditCode: row.credit_code,
      contactName: row.contact_name,
      contactPhone: row.contact_phone,
      contactEmail: row.contact_email,
      delivers: row.delivers,
      state: row.state,
      reason: row.reason,
      open,
      expiresAt: invitation.expires_at.toISOString(),
      application: application ? toApplication(application) : null,
      certificates: (await certificatesOf(tx, row.id)).map((one) => toCertificate(one, tx.orgId, chinaDay(call.now))),
      minPasswordLength: parts.access.minPasswordLength,
    }
  })
}

export async function addByLink(
  parts: ProgrammeParts,
  call: CallContext,
  authorization: string | undefined,
  query: z.output<typeof CertificateQuery>,
  upload: Upload,
): Promise<Certificate> {
  const { ctx, invitation } = await invitedBy(parts, call, /^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? '')
  const check = async (tx: ProgrammeTx) => {
    const row = await lockInvited(tx, invitation, call.now)
    mustHaveRoom(await certificatesOf(tx, row.id))
    return row
  }
  // Asked before the file is taken in, and once more under the lock.
  await parts.db.inTenant(ctx, check)
  return parts.files.take(ctx, { upload, name: query.fileName, allowed: ['pdf', ...imageKinds] }, (file) =>
    parts.db.inTenant(ctx, async (tx) => {
      const row = await check(tx)
      const id = await insertCertificate(tx, ctx, row, query, file)
      const made = await findCertificate(tx, id)
      if (!made) throw programmeErrors.certificateNotFound({ id })
      return toCertificate(made, tx.orgId, chinaDay(call.now))
    }),
  )
}

export async function removeByLink(parts: ProgrammeParts, call: CallContext, token: string, id: CertificateId): Promise<void> {
  const { ctx, invitation } = await invitedBy(parts, call, token)
  await parts.db.inTenant(ctx, async (tx) => {
    const row = await lockInvited(tx, invitation, call.now)
    const certificate = await findCertificate(tx, id)
    if (certificate?.partner_id !== row.id) throw programmeErrors.certificateNotFound({ id })
    await markRemoved(tx, id, call.now)
  })
}

type Handed = z.output<typeof joinApi.joinApply.body>

/**
 * The password is the applicant's own and known to nobody else; of the first person nothing but the log-in and the hash waits here until the
 * enterprise is admitted. Errors: programme.linkInvalid, programme.tooManyAttempts, access.weakPassword, access.loginTaken.
 */
export async function applyByLink(
  parts: ProgrammeParts,
  call: CallContext,
  { token, login, password, consent: _, ...application }: Handed,
) {
  const { ctx, invitation } = await invitedBy(parts, call, token)
  const partner = await parts.db.inTenant(ctx, (tx) => lockInvited(tx, invitation, call.now))
  await countAttempt(parts, invitation)
  const hash = await parts.access.firstPassword(login, password, [application.name, application.contactName])
  const pending = { login, display_name: application.contactName, password_hash: hash }
  await parts.system.inSystem(
    (sqlOf) =>
      sqlOf
        .insertInto('programme.pending_login')
        .values({ org_id: partner.buyer_org, partner_id: partner.id, ...pending })
        .onConflict((oc) => oc.column('partner_id').doUpdateSet(pending))
        .execute(),
    ctx,
  )
  return parts.db.inTenant(ctx, async (tx) => {
    const row = await lockInvited(tx, invitation, call.now)
    await tx.sql
      .updateTable('programme.invitation')
      .set({ used_at: call.now })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', invitation.id)
      .execute()
    return { state: (await handIn(tx, ctx, row, application)).state }
  })
}

async function countAttempt({ system }: ProgrammeParts, invitation: Invitation): Promise<void> {
  const row = await system.inSystem((sqlOf) =>
    sqlOf
      .updateTable('programme.invitation')
      .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
      .where('id', '=', invitation.id)
      .where('org_id', '=', invitation.org_id)
      .where('attempts', '<', MAX_ATTEMPTS)
      .returning('attempts')
      .executeTakeFirst(),
  )
  if (!row) throw programmeErrors.tooManyAttempts()
}
