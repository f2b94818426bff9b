import type { Routes } from '#kernel/http.ts'
import { sharingApi } from '../contract.ts'
import { agreementView } from './agreement-view.ts'
import type { Partners } from './check-grant.ts'
import { grantAgreement } from './grant-agreement.ts'
import { getAgreement, listAgreements, listReads } from './read-agreements.ts'
import { revokeAgreement } from './revoke-agreement.ts'
import type { SharingDatabase } from './tables.ts'

export const sharingRoutes =
  (db: SharingDatabase, organisations: Partners): Routes =>
  (on) => {
    on.serve(sharingApi.list, ({ ctx, query }) => listAgreements(db, ctx, query))
    on.serve(sharingApi.get, async ({ ctx, params }) => agreementView(await getAgreement(db, ctx, params.id), ctx.orgId, ctx.now))
    on.serve(sharingApi.create, async ({ ctx, body }) =>
      agreementView(await grantAgreement(db, organisations, ctx, body), ctx.orgId, ctx.now),
    )
    on.serve(sharingApi.revoke, async ({ ctx, params }) => agreementView(await revokeAgreement(db, ctx, params.id), ctx.orgId, ctx.now))
    on.serve(sharingApi.accessLog, ({ ctx, params, query }) => listReads(db, ctx, params.id, query))
  }
