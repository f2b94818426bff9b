import type { SizeClass } from '#modules/foundation/organisations/contract.ts'
import type { InventoryPublic } from '#modules/trade/inventory/public.ts'
import type { OrgId } from '#values/ids.ts'
import type { Names } from './names.ts'
import type { FinanceDatabase, FinanceSystem } from './tables.ts'

/** The size class of an organisation on a day; undefined where none is recorded. */
export type Sizes = (orgId: OrgId, day: string) => Promise<SizeClass | undefined>

/** The module's own tables and what it asks of its neighbours. */
export interface Rooms {
  db: FinanceDatabase
  system: FinanceSystem
  names: Names
  inventory: Pick<InventoryPublic, 'revalue' | 'changedSources' | 'valueChanges'>
  sizes: Sizes
  isOperator: (orgId: OrgId) => Promise<boolean>
}
