import type { Routes } from '#kernel/http.ts'
import { chinaDay } from '#values/instant.ts'
import { agreementApi } from '../../agreement-contract.ts'
import type { Rooms } from '../rooms.ts'
import { agreementPage, readAgreement } from './agreement-store.ts'
import { toAgreement, toAgreementHead } from './agreement-view.ts'
import { refuseAgreement, signAgreement, terminateAgreement, withdrawAgreement } from './answer-agreement.ts'
import { agreementFromAward } from './award-agreement.ts'
import { callOff } from './call-off.ts'
import { createAgreement, proposeAgreement } from './propose-agreement.ts'

export const agreementRoutes =
  (rooms: Rooms): Routes =>
  (on) => {
    const { db } = rooms
    on.serve(agreementApi.list, ({ ctx, query }) =>
      db.inTenant(ctx, (tx) => agreementPage(tx, query, chinaDay(ctx.now), (row) => toAgreementHead(row, ctx))),
    )
    on.serve(agreementApi.get, ({ ctx, params }) =>
      db.inTenant(ctx, async (tx) => toAgreement(rooms, tx, ctx, await readAgreement(tx, params.id))),
    )
    on.serve(agreementApi.create, ({ ctx, body }) => createAgreement(rooms, ctx, body))
    on.serve(agreementApi.fromAward, ({ ctx, params, query }) => agreementFromAward(rooms, ctx, params.id, query.supplierId))
    on.serve(agreementApi.propose, ({ ctx, params, body }) => proposeAgreement(rooms, ctx, params.id, body))
    on.serve(agreementApi.sign, ({ ctx, params, body }) => signAgreement(rooms, ctx, params.id, body))
    on.serve(agreementApi.refuse, ({ ctx, params, body }) => refuseAgreement(rooms, ctx, params.id, body))
    on.serve(agreementApi.withdraw, ({ ctx, params, body }) => withdrawAgreement(rooms, ctx, params.id, body.version))
    on.serve(agreementApi.terminate, ({ ctx, params, body }) => terminateAgreement(rooms, ctx, params.id, body))
    on.serve(agreementApi.callOff, ({ ctx, params, body }) => callOff(rooms, ctx, params.id, body))
  }
