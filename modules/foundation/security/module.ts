import type { MasterKeys } from '#kernel/master-keys.ts'
import type { ServerModule } from '#kernel/module.ts'
import { narrow, type OpaqueTx } from '#kernel/postgres.ts'
import type { ModuleWords } from '#kernel/words.ts'
import { securityApi, securityPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import type { SecurityPublic } from './public.ts'
import { keepSecret, replaceSecret, revealSecret } from './server/keep-secret.ts'
import { securityRoutes } from './server/routes.ts'
import { deleteSecret } from './server/secret-store.ts'
import type { SecurityDatabase, SecuritySystem, SecurityTables } from './server/tables.ts'
import zh from './zh.json' with { type: 'json' }

interface Deps {
  db: SecurityDatabase
  system: SecuritySystem
  masterKeys: MasterKeys
  /** The words of all modules: an audit entry speaks of any module's records. */
  words: () => Record<string, ModuleWords>
}

export const securityModule = (deps: Deps): ServerModule & { public: SecurityPublic } => ({
  name: 'security',
  api: securityApi,
  permissions: securityPermissions,
  words: { zh, en },
  routes: securityRoutes(deps),
  public: securityPublic(deps.masterKeys),
})

function securityPublic(masterKeys: MasterKeys): SecurityPublic {
  const own = (tx: OpaqueTx) => narrow<SecurityTables>(tx)
  return {
    keep: (tx, ctx, secret) => keepSecret(own(tx), ctx, masterKeys, secret),
    reveal: (tx, ctx, id, purpose) => revealSecret(own(tx), ctx, masterKeys, id, purpose),
    replace: (tx, ctx, id, change) => replaceSecret(own(tx), ctx, masterKeys, id, change),
    forget: async (tx, id, purpose) => {
      await deleteSecret(own(tx), id, purpose)
    },
  }
}
