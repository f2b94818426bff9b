import type { Clock } from '#kernel/clock.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { DevicesPublic } from '#modules/shopfloor/devices/public.ts'
import type { GatewaysPublic } from '#modules/shopfloor/gateways/public.ts'
import type { PlantPublic } from '#modules/shopfloor/plant/public.ts'
import type { CommandsDatabase, CommandsSystem } from './tables.ts'

/** What the use cases of this module stand on. */
export interface Rooms {
  db: CommandsDatabase
  system: CommandsSystem
  organisations: Pick<OrganisationsPublic, 'scope'>
  plant: Pick<PlantPublic, 'places' | 'nodes'>
  devices: Pick<DevicesPublic, 'device' | 'points' | 'newestModel'>
  gateways: Pick<GatewaysPublic, 'writeTarget' | 'sendWrite' | 'withdrawWrite' | 'wake'>
  clock: Clock
}
