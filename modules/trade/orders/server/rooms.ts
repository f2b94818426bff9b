import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { MaterialsPublic } from '#modules/trade/materials/public.ts'
import type { OrderBound, TermLimits } from '../public.ts'
import type { SealProvider } from './seal.ts'
import type { OrdersDatabase } from './tables.ts'

/** What the module stands on. */
export interface Rooms {
  db: OrdersDatabase
  organisations: Pick<OrganisationsPublic, 'labels' | 'relationWith' | 'suppliersNamed'>
  /** The buyer's catalogue. */
  materials: Pick<MaterialsPublic, 'facts' | 'byCodes' | 'unitFactors' | 'sourcesOf' | 'pricesFor'>
  seal: SealProvider
  termLimit: TermLimits
  /** Of rooms above, known when all are made. */
  bounds: () => readonly OrderBound[]
}
