import type { Routes } from '#kernel/http.ts'
import type { ModuleWords } from '#kernel/words.ts'
import { securityApi } from '../contract.ts'
import { exportAudit } from './export-audit.ts'
import { forgetShared, keepShared, readSecrets, replaceShared, rotateOwnDataKey } from './manage-secrets.ts'
import { listAudit, listFacets, readEntry, verifyOwnChain } from './read-audit.ts'
import type { SecretParts, SecuritySystem } from './tables.ts'

export const securityRoutes =
  (parts: SecretParts & { system: SecuritySystem; words: () => Record<string, ModuleWords> }): Routes =>
  (on) => {
    const { db, system, words } = parts
    on.serve(securityApi.list, ({ ctx, query }) => listAudit(db, ctx, query))
    on.serve(securityApi.facets, ({ ctx }) => listFacets(db, ctx))
    on.serve(securityApi.entry, ({ ctx, params }) => readEntry(db, ctx, params.id))
    on.serveText(securityApi.exportCsv, ({ ctx, query, signal }) => exportAudit(db, ctx, query, { words: words(), signal }))
    on.serve(securityApi.verify, ({ ctx }) => verifyOwnChain(system, ctx))
    on.serve(securityApi.secrets, ({ ctx }) => readSecrets(parts, ctx))
    on.serve(securityApi.keepSecret, ({ ctx, body }) => keepShared(parts, ctx, body))
    on.serve(securityApi.replaceSecret, ({ ctx, params, body }) => replaceShared(parts, ctx, params.id, body))
    on.serve(securityApi.forgetSecret, ({ ctx, params }) => forgetShared(parts, ctx, params.id))
    on.serve(securityApi.rotateDataKey, ({ ctx }) => rotateOwnDataKey(parts, ctx))
  }
