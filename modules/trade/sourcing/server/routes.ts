import type { Routes } from '#kernel/http.ts'
import { sourcingApi } from '../contract.ts'
import { awardRequest } from './award-request.ts'
import { createRequest, updateRequest } from './draft-request.ts'
import { orderAward } from './order-award.ts'
import { askQuestion, declineInvitation, handInBid } from './quote.ts'
import { invitationPage, readInvitation, readRequest, requestPage } from './request-store.ts'
import type { Rooms } from './rooms.ts'
import { answerQuestion, cancelRequest, extendDeadline, publishRequest } from './run-request.ts'
import { toDetail, toHead, toInvitation, toInvitationDetail } from './views.ts'

export const sourcingRoutes =
  (rooms: Rooms): Routes =>
  (on) => {
    const { db } = rooms
    on.serve(sourcingApi.list, ({ ctx, query }) => db.inTenant(ctx, (tx) => requestPage(tx, query, ctx.now, (row) => toHead(row, ctx.now))))
    on.serve(sourcingApi.get, ({ ctx, params }) =>
      db.inTenant(ctx, async (tx) => toDetail(rooms, tx, ctx, await readRequest(tx, params.id))),
    )
    on.serve(sourcingApi.create, ({ ctx, body }) => createRequest(rooms, ctx, body))
    on.serve(sourcingApi.update, ({ ctx, params, body }) => updateRequest(rooms, ctx, params.id, body))
    on.serve(sourcingApi.publish, ({ ctx, params, body }) => publishRequest(rooms, ctx, params.id, body.version))
    on.serve(sourcingApi.extend, ({ ctx, params, body }) => extendDeadline(rooms, ctx, params.id, body))
    on.serve(sourcingApi.answer, ({ ctx, params, body }) => answerQuestion(rooms, ctx, params.id, body))
    on.serve(sourcingApi.cancel, ({ ctx, params, body }) => cancelRequest(rooms, ctx, params.id, body))
    on.serve(sourcingApi.award, ({ ctx, params, body }) => awardRequest(rooms, ctx, params.id, body))
    on.serve(sourcingApi.order, ({ ctx, params, body }) => orderAward(rooms, ctx, params.id, body))

    on.serve(sourcingApi.invitations, ({ ctx, query }) =>
      db.inTenant(ctx, (tx) => invitationPage(tx, query, (row) => toInvitation(row, ctx.now))),
    )
    on.serve(sourcingApi.invitation, ({ ctx, params }) =>
      db.inTenant(ctx, async (tx) => toInvitationDetail(tx, ctx, await readInvitation(tx, params.id))),
    )
    on.serve(sourcingApi.bid, ({ ctx, params, body }) => handInBid(rooms, ctx, params.id, body))
    on.serve(sourcingApi.decline, ({ ctx, params, body }) => declineInvitation(rooms, ctx, params.id, body))
    on.serve(sourcingApi.ask, ({ ctx, params, body }) => askQuestion(rooms, ctx, params.id, body.question))
  }
