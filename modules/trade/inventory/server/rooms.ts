import type { OpaqueTx } from '#kernel/postgres.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { MaterialFacts as AllFacts, MaterialsPublic } from '#modules/trade/materials/public.ts'
import type { InventoryDatabase } from './tables.ts'

/** What stock must know of a material. */
export type MaterialFacts = Pick<AllFacts, 'id' | 'code' | 'name' | 'specification' | 'baseUnit' | 'control' | 'shelfLifeDays'>

export interface Rooms {
  db: InventoryDatabase
  organisations: Pick<OrganisationsPublic, 'labels' | 'relationWith'>
  materials: {
    facts(tx: OpaqueTx, ids: readonly MaterialId[]): Promise<Map<MaterialId, MaterialFacts>>
    byCodes(tx: OpaqueTx, codes: readonly string[]): Promise<Map<string, MaterialFacts>>
    pricesFor: MaterialsPublic['pricesFor']
  }
}
