import type { Context } from '#kernel/context.ts'
import { type AgreementId, agreementApi } from '../agreement-contract.ts'
import { type RequestId, sourcingApi } from '../contract.ts'
import { sourcingErrors } from '../errors.ts'
import type { SourcingPublic } from '../public.ts'
import { readAgreement, revisionsOf } from './agreements/agreement-store.ts'
import { signAgreement } from './agreements/answer-agreement.ts'
import { callOff } from './agreements/call-off.ts'
import { createAgreement } from './agreements/propose-agreement.ts'
import { createRequest } from './draft-request.ts'
import { handInBid } from './quote.ts'
import type { Rooms } from './rooms.ts'
import { publishRequest } from './run-request.ts'

/** What stands is looked up, so that whoever makes first data needs no versions. */
export const firstSteps = (rooms: Rooms): Omit<SourcingPublic, 'boundCallOff'> => ({
  publishRequest: async (ctx, draft) => {
    const { id, version } = await createRequest(rooms, ctx, sourcingApi.create.body.parse(draft))
    await publishRequest(rooms, ctx, id, version)
    return id
  },
  bid: async (ctx, id, bid) => {
    const invitation = await invitationOf(rooms, ctx, id)
    await handInBid(rooms, ctx, invitation.id, sourcingApi.bid.body.parse({ ...bid, version: invitation.version }))
  },
  proposeAgreement: async (ctx, agreement) => (await createAgreement(rooms, ctx, agreementApi.create.body.parse(agreement))).id,
  signAgreement: async (ctx, id) => {
    const { version, open } = await standing(rooms, ctx, id)
    if (!open) throw sourcingErrors.notAllowedNow({ id })
    await signAgreement(rooms, ctx, id, { version, revision: open.no, hash: open.hash })
  },
  callOff: async (ctx, id, wanted) => {
    const { version } = await standing(rooms, ctx, id)
    const { releases } = await callOff(rooms, ctx, id, agreementApi.callOff.body.parse({ ...wanted, version }))
    const [newest] = releases
    if (!newest) throw new Error(`sourcing: nothing was called off of ${id}`)
    return { orderId: newest.orderId, number: newest.orderNumber }
  },
})

const standing = ({ db }: Rooms, ctx: Context, id: AgreementId) =>
  db.inTenant(ctx, async (tx) => {
    const row = await readAgreement(tx, id)
    return { version: row.version, open: (await revisionsOf(tx, id)).find((one) => one.no === row.open_revision) }
  })

const invitationOf = ({ db }: Rooms, ctx: Context, id: RequestId) =>
  db.inTenant(ctx, async (tx) => {
    const row = await tx.sql
      .selectFrom('sourcing.invitation')
      .select(['id', 'version'])
      .where('supplier_org', '=', tx.orgId)
      .where('request_id', '=', id)
      .executeTakeFirst()
    if (!row) throw sourcingErrors.notFound({ id })
    return row
  })
