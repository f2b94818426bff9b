import type { Routes } from '#kernel/http.ts'
import type { ModuleWords } from '#kernel/words.ts'
import { securityApi } from '../contract.ts'
import { exportAudit } from './export-audit.ts'
import { listAudit, listFacets, readEntry, verifyOwnChain } from './read-audit.ts'
import type { SecurityDatabase, SecuritySystem } from './tables.ts'

export const securityRoutes =
  (db: SecurityDatabase, system: SecuritySystem, words: () => Record<string, ModuleWords>): Routes =>
  (on) => {
    on.serve(securityApi.list, ({ ctx, query }) => listAudit(db, ctx, query))
    on.serve(securityApi.facets, ({ ctx }) => listFacets(db, ctx))
    on.serve(securityApi.entry, ({ ctx, params }) => readEntry(db, ctx, params.id))
    on.serveText(securityApi.exportCsv, ({ ctx, query, signal }) => exportAudit(db, ctx, query, { words: words(), signal }))
    on.serve(securityApi.verify, ({ ctx }) => verifyOwnChain(system, ctx))
  }
