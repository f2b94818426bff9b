import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { type InvitationDetail, type InvitationId, type sourcingApi, sourcingEvents } from '../contract.ts'
import { sourcingErrors } from '../errors.ts'
import { type InvitationRow, lockInvitation, ownBid, tell } from './request-store.ts'
import type { Rooms } from './rooms.ts'
import type { SourcingTx } from './tables.ts'
import { toInvitationDetail } from './views.ts'

/** A bid stays as it was handed in; a later one takes its place. When it opens the database takes from the invitation. */
export const handInBid = (
  { db }: Rooms,
  ctx: Context,
  id: InvitationId,
  { version, note, lines }: z.output<typeof sourcingApi.bid.body>,
): Promise<InvitationDetail> =>
  db.inTenant(ctx, async (tx) => {
    const row = await lockInvitation(tx, ctx, id, { version, action: 'bid' })
    const asked = new Set(row.lines.map((line) => line.no))
    if (new Set(lines.map((line) => line.no)).size < lines.length || lines.some((line) => !asked.has(line.no)))
      throw sourcingErrors.lineUnknown()
    const before = await ownBid(tx, id)
    await tx.sql
      .insertInto('sourcing.bid')
      .values({
        invitation_id: id,
        request_id: row.request_id,
        buyer_org: row.buyer_org,
        supplier_org: tx.orgId,
        no: (before?.no ?? 0) + 1,
        opens_at: row.deadline,
        lines: JSON.stringify(lines),
        note,
        handed_in_at: ctx.now,
        handed_in_by: ctx.actor.name ?? null,
      })
      .execute()
    const changed = await setState(tx, id, { state: 'quoted', decline_reason: null, quoted_at: ctx.now })
    await tell(tx, ctx, sourcingEvents.quoted, [changed])
    return toInvitationDetail(tx, ctx, changed)
  })

const setState = (
  tx: SourcingTx,
  id: InvitationId,
  change: Pick<InvitationRow, 'state' | 'decline_reason' | 'quoted_at'>,
): Promise<InvitationRow> =>
  tx.sql
    .updateTable('sourcing.invitation')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('supplier_org', '=', tx.orgId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()

/** A bid that was handed in before stays sealed and counts no more. */
export const declineInvitation = (
  { db }: Rooms,
  ctx: Context,
  id: InvitationId,
  { version, reason }: { version: number; reason: string },
) =>
  db.inTenant(ctx, async (tx) => {
    await lockInvitation(tx, ctx, id, { version, action: 'decline' })
    return toInvitationDetail(tx, ctx, await setState(tx, id, { state: 'declined', decline_reason: reason, quoted_at: null }))
  })

const MOST_QUESTIONS = 50

export const askQuestion = ({ db }: Rooms, ctx: Context, id: InvitationId, question: string): Promise<InvitationDetail> =>
  db.inTenant(ctx, async (tx) => {
    const row = await lockInvitation(tx, ctx, id, { action: 'ask' })
    const { n } = await tx.sql
      .selectFrom('sourcing.question')
      .select(sql<number>`count(*)::int`.as('n'))
      .where('supplier_org', '=', tx.orgId)
      .where('invitation_id', '=', id)
      .executeTakeFirstOrThrow()
    if (n >= MOST_QUESTIONS) throw sourcingErrors.notAllowedNow({ most: MOST_QUESTIONS })
    await tx.sql
      .insertInto('sourcing.question')
      .values({
        invitation_id: id,
        request_id: row.request_id,
        buyer_org: row.buyer_org,
        supplier_org: tx.orgId,
        question,
        asked_at: ctx.now,
        asked_by: ctx.actor.name ?? null,
        answered_at: null,
      })
      .execute()
    await tell(tx, ctx, sourcingEvents.asked, [row])
    return toInvitationDetail(tx, ctx, row)
  })
