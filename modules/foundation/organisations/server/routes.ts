import type { Routes } from '#kernel/http.ts'
import type { UsageSource } from '#kernel/usages.ts'
import { chinaDay } from '#values/instant.ts'
import { organisationsApi } from '../contract.ts'
import { organisationErrors } from '../errors.ts'
import { confirmRelation } from './confirm-relation.ts'
import { createRelation } from './create-relation.ts'
import { endRelation } from './end-relation.ts'
import type { FactsCache } from './facts-cache.ts'
import { listPlatform, listSizeRules, operate, setSizeRules } from './operate-platform.ts'
import { readRelation, relationPage, toRelation } from './relation-store.ts'
import type { OrganisationsDatabase, OrganisationsSystem } from './tables.ts'
import { readOrganisation, updateOrganisation } from './update-organisation.ts'

export const organisationRoutes =
  (db: OrganisationsDatabase, system: OrganisationsSystem, facts: FactsCache, usages: () => readonly UsageSource[]): Routes =>
  (on) => {
    on.serve(organisationsApi.own, ({ ctx }) => readOrganisation(db, ctx))
    on.serve(organisationsApi.update, async ({ ctx, body }) => {
      const organisation = await updateOrganisation(db, ctx, body)
      facts.forget(ctx.orgId)
      return organisation
    })
    on.serve(organisationsApi.relations, ({ ctx, query }) => db.inTenant(ctx, (tx) => relationPage(tx, query, chinaDay(ctx.now))))
    on.serve(organisationsApi.relation, async ({ ctx, params }) => {
      const row = await db.inTenant(ctx, (tx) => readRelation(tx, params.id))
      if (!row) throw organisationErrors.relationNotFound({ id: params.id })
      return toRelation(row, chinaDay(ctx.now))
    })
    on.serve(organisationsApi.createRelation, ({ ctx, body }) => createRelation(db, system, ctx, body))
    on.serve(organisationsApi.confirmRelation, ({ ctx, params, body }) => confirmRelation(db, ctx, params.id, body.version))
    on.serve(organisationsApi.endRelation, ({ ctx, params, body }) => endRelation(db, ctx, params.id, body))
    on.serve(organisationsApi.sizeRules, async ({ ctx }) => ({ rules: await listSizeRules(db, ctx) }))
    on.serve(organisationsApi.setSizeRules, async ({ ctx, body }) => ({ rules: await setSizeRules(db, system, ctx, body.rules) }))
    on.serve(organisationsApi.platform, ({ ctx, query }) => listPlatform(db, system, ctx, usages(), query))
    on.serve(organisationsApi.operate, async ({ ctx, params, body }) => {
      const organisation = await operate(db, system, ctx, usages(), params.orgId, body)
      facts.forget(params.orgId)
      return organisation
    })
  }
