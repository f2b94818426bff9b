import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { LogisticsDatabase } from './tables.ts'

/** What this module stands on. */
export interface Rooms {
  db: LogisticsDatabase
  organisations: Pick<OrganisationsPublic, 'labels' | 'relationWith'>
}
