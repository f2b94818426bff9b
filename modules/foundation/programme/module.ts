import { serveImport } from '#kernel/imports/import-service.ts'
import type { ServerModule } from '#kernel/module.ts'
import { prefixed } from '#values/import.ts'
import { programmeApi, programmePermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { partnerImport } from './import-contract.ts'
import { joinApi } from './join-contract.ts'
import type { ProgrammePublic } from './public.ts'
import { auditSources, countingLoop } from './server/count-connections.ts'
import { partnerDocument } from './server/documents.ts'
import { partnerImportDefinition } from './server/import-partners.ts'
import enRows from './server/import-words/en.json' with { type: 'json' }
import zhRows from './server/import-words/zh.json' with { type: 'json' }
import { programmeNotices } from './server/notices.ts'
import type { ProgrammeParts } from './server/parts.ts'
import { programmePublic } from './server/programme-public.ts'
import { programmeRoutes } from './server/routes.ts'
import { certificateLoop } from './server/tell-certificates.ts'
import { programmeTodos } from './server/todos.ts'
import zh from './zh.json' with { type: 'json' }

export const programmeModule = (parts: ProgrammeParts): ServerModule & { public: ProgrammePublic } => {
  const definition = partnerImportDefinition(parts)
  return {
    name: 'programme',
    api: { ...programmeApi, ...joinApi, ...prefixed('import', partnerImport) },
    permissions: programmePermissions,
    words: { zh: { ...zh, importRows: zhRows }, en: { ...en, importRows: enRows } },
    routes: (on) => {
      programmeRoutes(parts)(on)
      serveImport(on, partnerImport, definition, parts.imports)
    },
    imports: [definition],
    notices: programmeNotices,
    todos: programmeTodos,
    documents: [partnerDocument],
    connections: auditSources(parts.db),
    loops: [countingLoop(parts), certificateLoop(parts)],
    public: programmePublic(parts),
  }
}
