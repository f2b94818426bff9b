import type { Context } from '#kernel/context.ts'
import { chinaDay, shiftDate } from '#values/instant.ts'
import { type Agreement, type AgreementId, agreementEvents } from '../../agreement-contract.ts'
import { sourcingErrors } from '../../errors.ts'
import type { Rooms } from '../rooms.ts'
import { changeAgreement, decide, headOf, openAgreement, revisionOf, sign, tellAgreement } from './agreement-store.ts'
import { toAgreement } from './agreement-view.ts'
import { signableTerm } from './limit-term.ts'

/** Errors: sourcing.agreementNotFound, changedMeanwhile, notAllowedNow, termTooLong. */
export const signAgreement = (
  rooms: Rooms,
  ctx: Context,
  id: AgreementId,
  { version, revision, hash }: { version: number; revision: number; hash: string },
): Promise<Agreement> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { row, side, state } = await openAgreement(tx, ctx, id, { version, action: 'sign' })
    const open = await revisionOf(tx, row, row.open_revision)
    if (open.no !== revision || open.hash !== hash) throw sourcingErrors.changedMeanwhile({ id, version: row.version })
    await sign(tx, ctx, row, { ...open, limit: await signableTerm(rooms, tx, row, open.content, ctx.now) })
    if (row.agreed_revision !== null) await decide(tx, id, row.agreed_revision, { outcome: 'superseded', at: ctx.now })
    await decide(tx, id, open.no, { outcome: 'agreed', at: ctx.now })
    const signed = await changeAgreement(tx, id, { state, agreed_revision: open.no, open_revision: null, ...headOf(open.content) })
    await tellAgreement(tx, ctx, agreementEvents.signed, row, { revision: open.no, bySide: side })
    return toAgreement(rooms, tx, ctx, signed)
  })

/** What is in force stays so. Errors: sourcing.agreementNotFound, changedMeanwhile, notAllowedNow. */
export const refuseAgreement = (rooms: Rooms, ctx: Context, id: AgreementId, { version, reason }: { version: number; reason: string }) =>
  endProposal(rooms, ctx, id, { version, action: 'refuse', outcome: 'refused', reason })

/** Errors: sourcing.agreementNotFound, changedMeanwhile, notAllowedNow. */
export const withdrawAgreement = (rooms: Rooms, ctx: Context, id: AgreementId, version: number) =>
  endProposal(rooms, ctx, id, { version, action: 'withdraw', outcome: 'withdrawn', reason: null })

interface Ending {
  version: number
  action: 'refuse' | 'withdraw'
  outcome: 'refused' | 'withdrawn'
  reason: string | null
}

const endProposal = (rooms: Rooms, ctx: Context, id: AgreementId, { version, action, outcome, reason }: Ending): Promise<Agreement> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { row, side, state } = await openAgreement(tx, ctx, id, { version, action })
    const open = await revisionOf(tx, row, row.open_revision)
    await decide(tx, id, open.no, { outcome, at: ctx.now, reason })
    await tellAgreement(tx, ctx, agreementEvents[outcome], row, { revision: open.no, bySide: side })
    return toAgreement(rooms, tx, ctx, await changeAgreement(tx, id, { state, open_revision: null }))
  })

/** By either side, with the notice that both have signed; what was called off stays ordered. Errors: sourcing.agreementNotFound, changedMeanwhile, notAllowedNow. */
export const terminateAgreement = (
  rooms: Rooms,
  ctx: Context,
  id: AgreementId,
  { version, reason }: { version: number; reason: string },
): Promise<Agreement> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { row, side, state } = await openAgreement(tx, ctx, id, { version, action: 'terminate' })
    const { content } = await revisionOf(tx, row, row.agreed_revision)
    if (row.open_revision !== null) await decide(tx, id, row.open_revision, { outcome: 'withdrawn', at: ctx.now })
    const endsOn = shiftDate(chinaDay(ctx.now), content.noticeDays)
    await tellAgreement(tx, ctx, agreementEvents.terminated, row, { bySide: side, endsOn })
    const change = { state, open_revision: null, ends_on: endsOn, ended_by: side, end_reason: reason }
    return toAgreement(rooms, tx, ctx, await changeAgreement(tx, id, change))
  })
