import type { ModuleDatabase, Tx } from '#kernel/postgres.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { AlarmsPublic } from '#modules/shopfloor/alarms/public.ts'
import type { DevicesPublic } from '#modules/shopfloor/devices/public.ts'
import type { GatewaysPublic } from '#modules/shopfloor/gateways/public.ts'
import type { PlantPublic } from '#modules/shopfloor/plant/public.ts'
import type { IndustryTemplates } from '../template.ts'

/** This module has no tables: what a template makes belongs to the modules that it is made in. */
export type NoTables = Record<never, never>
export type TemplatesTx = Tx<NoTables>

export interface Rooms {
  db: ModuleDatabase<NoTables>
  /** Read when they are first asked for. */
  templates: () => IndustryTemplates
  organisations: Pick<OrganisationsPublic, 'labels'>
  plant: Pick<PlantPublic, 'places' | 'addNode'>
  devices: Pick<DevicesPublic, 'newestModel' | 'saveModel'>
  gateways: Pick<GatewaysPublic, 'pointTables' | 'addPointTable'>
  alarms: Pick<AlarmsPublic, 'rulesOfModels' | 'addRule'>
}
