import type { Clock } from '#kernel/clock.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { Permissions } from '#values/permission.ts'
import type { Authenticator } from './authenticate.ts'
import type { AccessDatabase, AccessSystem } from './tables.ts'

/** What the use cases of this module stand on. */
export interface AccessParts {
  db: AccessDatabase
  system: AccessSystem
  organisations: OrganisationsPublic
  authenticator: Authenticator
  clock: Clock
  /** Permission → built-in roles, over all modules; known only after all are composed. */
  permissions: () => Permissions
  setupCode: string
  demo: boolean
}
