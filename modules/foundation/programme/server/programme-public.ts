import type { Context } from '#kernel/context.ts'
import { type PartnerId, programmeApi } from '../contract.ts'
import { programmeErrors } from '../errors.ts'
import type { ProgrammePublic } from '../public.ts'
import { admitPartner } from './admit-partner.ts'
import { applyAsMember } from './apply.ts'
import { actAsLeader } from './change-partner.ts'
import { invitePartner, takeIn } from './invite-partners.ts'
import { readPartner } from './partner-store.ts'
import type { ProgrammeParts } from './parts.ts'

export function programmePublic(parts: ProgrammeParts): ProgrammePublic {
  const newest = async (ctx: Context, id: PartnerId) => (await parts.db.inTenant(ctx, (tx) => readPartner(tx, id))).version
  return {
    takeIn: async (ctx, supplier) => {
      await takeIn(parts, ctx, [supplier])
      const row = await parts.db.inTenant(ctx, (tx) =>
        tx.sql
          .selectFrom('programme.partner')
          .select('id')
          .where('buyer_org', '=', tx.orgId)
          .where('supplier_org', '=', supplier)
          .executeTakeFirst(),
      )
      if (!row) throw programmeErrors.notFound({ supplier })
      return row.id
    },
    invite: async (ctx, invitation) => (await invitePartner(parts, ctx, programmeApi.invite.body.parse(invitation))).partner.id,
    apply: async (ctx, id, application) => {
      const { consent: _, ...body } = programmeApi.apply.body.parse({ ...application, version: await newest(ctx, id), consent: true })
      await applyAsMember(parts, ctx, id, body)
    },
    act: async (ctx, id, action) => {
      await actAsLeader(parts, ctx, id, programmeApi.act.body.parse({ ...action, version: await newest(ctx, id) }))
    },
    admit: async (ctx, id, admission) => {
      await admitPartner(parts, ctx, id, programmeApi.admit.body.parse({ ...admission, version: await newest(ctx, id) }))
    },
  }
}
