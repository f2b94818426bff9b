import type { Routes } from '#kernel/http.ts'
import { chinaDay } from '#values/instant.ts'
import { programmeApi } from '../contract.ts'
import { programmeErrors } from '../errors.ts'
import { joinApi } from '../join-contract.ts'
import { admitPartner } from './admit-partner.ts'
import { annexWorkbook } from './annex.ts'
import { applyAsMember } from './apply.ts'
import { certificatePage } from './certificate-store.ts'
import { addCertificate, certificateFile, removeCertificate } from './certificates.ts'
import { actAsLeader, actAsSupplier, updatePartner } from './change-partner.ts'
import { countConnections } from './count-connections.ts'
import { invitePartner, linksWorkbook, renewLink, takeIn } from './invite-partners.ts'
import { addByLink, applyByLink, removeByLink, viewInvitation } from './join.ts'
import type { ProgrammeParts } from './parts.ts'
import { listMine, listPartners, readOne, summarise } from './read-partners.ts'
import { setRule } from './set-rule.ts'

const done = { done: true as const }

export const programmeRoutes =
  (parts: ProgrammeParts): Routes =>
  (on) => {
    on.serve(programmeApi.partners, ({ ctx, query }) => listPartners(parts, ctx, query))
    on.serve(programmeApi.summary, ({ ctx }) => summarise(parts, ctx))
    on.serve(programmeApi.setRule, ({ ctx, body }) => setRule(parts, ctx, body))
    on.serve(programmeApi.invite, ({ ctx, body }) => invitePartner(parts, ctx, body))
    on.serve(programmeApi.takeIn, ({ ctx, body }) => takeIn(parts, ctx, body.organisationIds))
    on.serve(programmeApi.renewLink, ({ ctx, params, body }) => renewLink(parts, ctx, params.id, body.version))
    on.serveFile(programmeApi.links, ({ ctx, query }) => linksWorkbook(parts, ctx, query.origin))
    on.serve(programmeApi.update, ({ ctx, params, body }) => updatePartner(parts, ctx, params.id, body))
    on.serve(programmeApi.act, ({ ctx, params, body }) => actAsLeader(parts, ctx, params.id, body))
    on.serve(programmeApi.admit, ({ ctx, params, body }) => admitPartner(parts, ctx, params.id, body))
    on.serveFile(programmeApi.annex, ({ ctx }) => annexWorkbook(parts, ctx))

    on.serve(programmeApi.partner, ({ ctx, params }) => readOne(parts, ctx, params.id))
    on.serve(programmeApi.certificates, ({ ctx, query }) => parts.db.inTenant(ctx, (tx) => certificatePage(tx, query, chinaDay(ctx.now))))
    on.serveUpload(programmeApi.addCertificate, ({ ctx, params, query, upload }) => addCertificate(parts, ctx, params.id, query, upload))
    on.serveFile(programmeApi.certificateFile, ({ ctx, params }) => certificateFile(parts, ctx, params.id))
    on.serve(programmeApi.removeCertificate, async ({ ctx, params }) => {
      await removeCertificate(parts, ctx, params.id)
      return done
    })

    on.serve(programmeApi.mine, ({ ctx }) => listMine(parts, ctx))
    on.serve(programmeApi.apply, ({ ctx, params, body: { consent: _, ...body } }) => applyAsMember(parts, ctx, params.id, body))
    on.serve(programmeApi.answer, ({ ctx, params, body }) => actAsSupplier(parts, ctx, params.id, body))
    on.serve(programmeApi.recount, async ({ ctx, params }) => {
      const { side, state } = await readOne(parts, ctx, params.id)
      if (side !== 'supplier') throw programmeErrors.notAllowedNow({ state })
      await countConnections(parts, ctx)
      return readOne(parts, ctx, params.id)
    })

    on.servePublic(joinApi.join, ({ call, body }) => viewInvitation(parts, call, body.token))
    on.serveDeviceUpload(joinApi.joinCertificate, ({ call, query, authorization, upload }) =>
      addByLink(parts, call, authorization, query, upload),
    )
    on.servePublic(joinApi.joinRemoveCertificate, async ({ call, body }) => {
      await removeByLink(parts, call, body.token, body.id)
      return done
    })
    on.servePublic(joinApi.joinApply, ({ call, body }) => applyByLink(parts, call, body))
  }
