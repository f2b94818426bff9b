import type { Clock } from '#kernel/clock.ts'
import type { ServerModule } from '#kernel/module.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { Permissions } from '#values/permission.ts'
import { accessApi, accessPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import type { AccessPublic } from './public.ts'
import { accessPublic } from './server/access-public.ts'
import { authenticator } from './server/authenticate.ts'
import { clearExpired } from './server/manage-sessions.ts'
import { accessRoutes } from './server/routes.ts'
import type { AccessDatabase, AccessSystem } from './server/tables.ts'
import { userCount } from './server/user-count.ts'
import zh from './zh.json' with { type: 'json' }

interface Deps {
  db: AccessDatabase
  system: AccessSystem
  organisations: OrganisationsPublic
  clock: Clock
  /** Over all modules; asked at each use, since access is composed before most of them. */
  permissions: () => Permissions
  /** What the server printed at its start for the first administrator. */
  setupCode: string
  demo: boolean
}

const CLEAR_MS = 600_000

export const accessModule = (deps: Deps): ServerModule & { public: AccessPublic } => {
  const parts = { ...deps, authenticator: authenticator(deps) }
  return {
    name: 'access',
    api: accessApi,
    permissions: accessPermissions,
    words: { zh, en },
    routes: accessRoutes(parts),
    loops: [{ name: 'access: expired sessions and tokens', intervalMs: CLEAR_MS, run: () => clearExpired(parts) }],
    usages: [userCount(parts.system)],
    public: accessPublic(parts),
  }
}
