import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { type QuestionId, type RequestDetail, type RequestId, requestEvents, type sourcingApi, sourcingEvents } from '../contract.ts'
import { sourcingErrors } from '../errors.ts'
import { mustBeSuppliers } from './draft-request.ts'
import { changeRequest, invitationsOf, lockRequest, tell, tellOwn } from './request-store.ts'
import type { Rooms } from './rooms.ts'
import { toDetail } from './views.ts'

/** Each supplier gets a copy of his own: he sees that row and no other. */
export const publishRequest = (rooms: Rooms, ctx: Context, id: RequestId, version: number): Promise<RequestDetail> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const row = await lockRequest(tx, ctx, id, { version, action: 'publish' })
    if (row.deadline <= ctx.now) throw sourcingErrors.deadlineTooEarly()
    await mustBeSuppliers(rooms, tx, ctx, row.supplier_ids)
    const labels = await rooms.organisations.labels(opaque(tx), [tx.orgId, ...row.supplier_ids])
    const invitations = await tx.sql
      .insertInto('sourcing.invitation')
      .values(
        row.supplier_ids.map((supplier_org) => ({
          request_id: id,
          buyer_org: tx.orgId,
          supplier_org,
          buyer_name: labels.get(tx.orgId)?.name ?? '',
          supplier_name: labels.get(supplier_org)?.name ?? '',
          number: row.number,
          title: row.title,
          currency: row.currency,
          deadline: row.deadline,
          deliver_to: row.deliver_to,
          note: row.note,
          lines: JSON.stringify(row.lines),
          request_state: 'published' as const,
          state: 'invited' as const,
          decline_reason: null,
          quoted_at: null,
          awarded: null,
          created_at: ctx.now,
        })),
      )
      .returningAll()
      .execute()
    await tell(tx, ctx, sourcingEvents.invited, invitations)
    await tellOwn(tx, ctx, requestEvents.published, row)
    return toDetail(rooms, tx, ctx, await changeRequest(tx, id, { state: 'published', published_at: ctx.now }))
  })

export const extendDeadline = (rooms: Rooms, ctx: Context, id: RequestId, { version, deadline }: { version: number; deadline: string }) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const row = await lockRequest(tx, ctx, id, { version, action: 'extend' })
    const until = new Date(deadline)
    if (until <= row.deadline) throw sourcingErrors.deadlineTooEarly()
    await tx.sql
      .updateTable('sourcing.invitation')
      .set((eb) => ({ deadline: until, version: eb('version', '+', 1) }))
      .where('buyer_org', '=', tx.orgId)
      .where('request_id', '=', id)
      .execute()
    await sql`select sourcing.extend_seal(${id}, ${until})`.execute(tx.sql)
    await tell(tx, ctx, sourcingEvents.extended, await invitationsOf(tx, id))
    await tellOwn(tx, ctx, requestEvents.extended, row)
    return toDetail(rooms, tx, ctx, await changeRequest(tx, id, { deadline: until }))
  })

/** To all, without who asked. */
export const answerQuestion = (
  rooms: Rooms,
  ctx: Context,
  id: QuestionId,
  { version, question, answer }: z.output<typeof sourcingApi.answer.body>,
): Promise<RequestDetail> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const asked = await tx.sql
      .selectFrom('sourcing.question')
      .selectAll()
      .where('buyer_org', '=', tx.orgId)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst()
    if (!asked) throw sourcingErrors.notFound({ id })
    if (asked.version !== version || asked.answered_at !== null) throw sourcingErrors.changedMeanwhile({ id, version: asked.version })
    const row = await lockRequest(tx, ctx, asked.request_id, { action: 'answer' })
    await tx.sql
      .updateTable('sourcing.question')
      .set((eb) => ({ answered_at: ctx.now, version: eb('version', '+', 1) }))
      .where('buyer_org', '=', tx.orgId)
      .where('id', '=', id)
      .execute()
    const invitations = await invitationsOf(tx, row.id)
    await tx.sql
      .insertInto('sourcing.clarification')
      .values(
        invitations.map((one) => ({
          invitation_id: one.id,
          request_id: row.id,
          buyer_org: tx.orgId,
          supplier_org: one.supplier_org,
          question,
          answer,
          answered_at: ctx.now,
        })),
      )
      .execute()
    await tell(tx, ctx, sourcingEvents.answered, invitations)
    await tellOwn(tx, ctx, requestEvents.answered, row)
    return toDetail(rooms, tx, ctx, row)
  })

export const cancelRequest = (rooms: Rooms, ctx: Context, id: RequestId, { version, reason }: { version: number; reason: string }) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const row = await lockRequest(tx, ctx, id, { version, action: 'cancel' })
    await tx.sql
      .updateTable('sourcing.invitation')
      .set((eb) => ({ request_state: 'cancelled', version: eb('version', '+', 1) }))
      .where('buyer_org', '=', tx.orgId)
      .where('request_id', '=', id)
      .execute()
    await tell(tx, ctx, sourcingEvents.cancelled, await invitationsOf(tx, id))
    await tellOwn(tx, ctx, requestEvents.cancelled, row)
    return toDetail(rooms, tx, ctx, await changeRequest(tx, id, { state: 'cancelled', reason, ended_at: ctx.now }))
  })
