import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { PartnerDetail, PartnerId, programmeApi } from '../contract.ts'
import { programmeErrors } from '../errors.ts'
import { revokeLinks } from './invitation-store.ts'
import { changePartner, lockPartner, mustStep, record } from './partner-store.ts'
import { detailOf } from './partner-view.ts'
import type { ProgrammeParts } from './parts.ts'

/** What the leader does, but for admitting. */
export const actAsLeader = (
  parts: ProgrammeParts,
  ctx: Context,
  id: PartnerId,
  { version, action, reason, tier }: z.output<typeof programmeApi.act.body>,
): Promise<PartnerDetail> =>
  parts.db.inTenant(ctx, async (tx) => {
    const row = await lockPartner(tx, id, { version, side: 'buyer' })
    const state = mustStep(row, action, 'buyer', reason)
    if (action === 'changeTier' && tier === null) throw programmeErrors.notAllowedNow({ state: row.state })
    const changed = await changePartner(tx, id, { state, reason, ...(action === 'changeTier' ? { tier } : {}) })
    if (action === 'withdraw') await revokeLinks(tx, [id], ctx.now)
    await record(tx, ctx, [changed], { action, side: 'buyer', reason })
    return detailOf(parts, tx, changed, ctx.now)
  })

/** What the supplier does, but for applying. */
export const actAsSupplier = (
  parts: ProgrammeParts,
  ctx: Context,
  id: PartnerId,
  { version, action, reason }: z.output<typeof programmeApi.answer.body>,
): Promise<PartnerDetail> =>
  parts.db.inTenant(ctx, async (tx) => {
    const row = await lockPartner(tx, id, { version, side: 'supplier' })
    const changed = await changePartner(tx, id, { state: mustStep(row, action, 'supplier', reason), reason })
    await record(tx, ctx, [changed], { action, side: 'supplier', reason })
    return detailOf(parts, tx, changed, ctx.now)
  })

export const updatePartner = (
  parts: ProgrammeParts,
  ctx: Context,
  id: PartnerId,
  body: z.output<typeof programmeApi.update.body>,
): Promise<PartnerDetail> =>
  parts.db.inTenant(ctx, async (tx) => {
    await lockPartner(tx, id, { version: body.version, side: 'buyer' })
    const changed = await changePartner(tx, id, {
      contact_name: body.contactName,
      contact_phone: body.contactPhone,
      contact_email: body.contactEmail,
      delivers: body.delivers,
      contract_no: body.contractNo || null,
      contract_from: body.contractFrom,
      contract_until: body.contractUntil,
    })
    return detailOf(parts, tx, changed, ctx.now)
  })
