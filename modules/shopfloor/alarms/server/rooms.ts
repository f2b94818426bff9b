import type { Bus } from '#kernel/bus.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import type { Translate } from '#kernel/words.ts'
import type { AccessPublic } from '#modules/foundation/access/public.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { DevicesPublic } from '#modules/shopfloor/devices/public.ts'
import type { TelemetryPublic } from '#modules/shopfloor/telemetry/public.ts'
import type { AlarmsDatabase, AlarmsSystem } from './tables.ts'

/** What this module stands on. */
export interface Rooms {
  db: AlarmsDatabase
  system: AlarmsSystem
  bus: Bus
  organisations: Pick<OrganisationsPublic, 'everyScope'>
  access: Pick<AccessPublic, 'personsWith'>
  devices: Pick<DevicesPublic, 'points' | 'device' | 'devices' | 'inUse' | 'newestModel'>
  telemetry: TelemetryPublic
  translate: Translate
  clock: Clock
  log: Log
}
