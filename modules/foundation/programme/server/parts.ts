import type { Clock } from '#kernel/clock.ts'
import type { ConnectionSource, Workdays } from '#kernel/connections.ts'
import type { Context } from '#kernel/context.ts'
import type { Files } from '#kernel/files.ts'
import type { Imports } from '#kernel/imports/import-service.ts'
import type { AccessPublic } from '#modules/foundation/access/public.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import { programmeErrors } from '../errors.ts'
import type { ProgrammeDatabase, ProgrammeSystem } from './tables.ts'

/** What the use cases of this module stand on. */
export interface ProgrammeParts {
  db: ProgrammeDatabase
  system: ProgrammeSystem
  organisations: OrganisationsPublic
  access: Pick<AccessPublic, 'firstPassword' | 'createFirstPerson' | 'minPasswordLength'>
  files: Files
  imports: Imports
  clock: Clock
  /** Of all modules; known only after all are composed. */
  connections: () => readonly ConnectionSource[]
  workdays: () => Workdays | undefined
}

/** Errors: programme.leaderOnly. */
export async function mustBeLeader({ organisations }: Pick<ProgrammeParts, 'organisations'>, ctx: Context): Promise<void> {
  const own = await organisations.facts(ctx.orgId)
  if (own?.kind !== 'leader') throw programmeErrors.leaderOnly()
}
