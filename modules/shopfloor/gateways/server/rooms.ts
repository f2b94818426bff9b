import type { Bus } from '#kernel/bus.ts'
import type { Clock } from '#kernel/clock.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { SecurityPublic } from '#modules/foundation/security/public.ts'
import type { DevicesPublic } from '#modules/shopfloor/devices/public.ts'
import type { PlantPublic } from '#modules/shopfloor/plant/public.ts'
import type { DeviceModels } from './device-models.ts'
import type { GatewaysDatabase, GatewaysSystem } from './tables.ts'

/** What the use cases of this module stand on. */
export interface Rooms {
  db: GatewaysDatabase
  system: GatewaysSystem
  organisations: Pick<OrganisationsPublic, 'labels' | 'facts' | 'scope'>
  security: Pick<SecurityPublic, 'keep' | 'replace' | 'reveal' | 'forget'>
  plant: Pick<PlantPublic, 'declaredNetworks' | 'places'>
  devices: Pick<
    DevicesPublic,
    | 'logIn'
    | 'identify'
    | 'device'
    | 'devices'
    | 'inUse'
    | 'newestModel'
    | 'saveModel'
    | 'addDevice'
    | 'takeNewestModel'
    | 'replaceCredential'
  >
  deviceModels: DeviceModels
  bus: Pick<Bus, 'publish' | 'subscribe'>
  clock: Clock
  /** Where gateways' values are taken, as this process listens. */
  mqtt: { port: number; secure: boolean }
}
