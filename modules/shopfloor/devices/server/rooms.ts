import type { Clock } from '#kernel/clock.ts'
import type { Files } from '#kernel/files.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { SharingPublic } from '#modules/foundation/sharing/public.ts'
import type { PlantPublic } from '#modules/shopfloor/plant/public.ts'
import type { DevicesDatabase, DevicesSystem } from './tables.ts'

/** What the use cases of this module stand on. */
export interface Rooms {
  db: DevicesDatabase
  system: DevicesSystem
  organisations: Pick<OrganisationsPublic, 'labels' | 'organisationByCode'>
  sharing: Pick<SharingPublic, 'sharedWith'>
  plant: Pick<PlantPublic, 'nodes' | 'places' | 'subtree'>
  files: Files
  clock: Clock
  /** Where devices reach the broker, for the help on their page. */
  mqttPort: number
  /** Over TLS, where there is a certificate. */
  mqttsPort?: number | undefined
}
