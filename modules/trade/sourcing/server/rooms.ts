import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { MaterialsPublic } from '#modules/trade/materials/public.ts'
import type { OrdersPublic, TermLimits } from '#modules/trade/orders/public.ts'
import type { SourcingDatabase } from './tables.ts'

/** What the module stands on. */
export interface Rooms {
  db: SourcingDatabase
  organisations: Pick<OrganisationsPublic, 'labels' | 'relationWith'>
  materials: Pick<MaterialsPublic, 'facts' | 'unitFactors' | 'sourcesOf' | 'pricesFor' | 'addSources' | 'addPrices'>
  termLimit: TermLimits
  orders: Pick<OrdersPublic, 'makeDraft' | 'place' | 'progress' | 'defaults' | 'labels' | 'punctuality'>
}
