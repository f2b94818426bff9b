import type { ServerModule } from '#kernel/module.ts'
import type { ModuleWords } from '#kernel/words.ts'
import { securityApi, securityPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { securityRoutes } from './server/routes.ts'
import type { SecurityDatabase, SecuritySystem } from './server/tables.ts'
import zh from './zh.json' with { type: 'json' }

interface Deps {
  db: SecurityDatabase
  system: SecuritySystem
  /** The words of all modules: an audit entry speaks of any module's records. */
  words: () => Record<string, ModuleWords>
}

export const securityModule = ({ db, system, words }: Deps): ServerModule => ({
  name: 'security',
  api: securityApi,
  permissions: securityPermissions,
  words: { zh, en },
  routes: securityRoutes(db, system, words),
})
