import type { Files } from '#kernel/files.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { DevicesPublic } from '#modules/shopfloor/devices/public.ts'
import type { MaterialsDatabase } from './tables.ts'

/** What the use cases of this module stand on. */
export interface Rooms {
  db: MaterialsDatabase
  organisations: Pick<OrganisationsPublic, 'labels' | 'relationWith' | 'organisationByCode'>
  devices: Pick<DevicesPublic, 'device' | 'devices' | 'newestModel'>
  files: Pick<Files, 'take' | 'answer'>
}
