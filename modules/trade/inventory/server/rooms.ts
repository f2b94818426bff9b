import type { OpaqueTx } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { Control, InventoryDatabase } from './tables.ts'

/** What stock must know of a material. */
export interface MaterialFacts {
  id: MaterialId
  code: string
  name: string
  specification: string
  baseUnit: string
  control: Control
}

/** The part of the catalogue that stock stands on. */
export interface Catalogue {
  facts(tx: OpaqueTx, ids: readonly MaterialId[]): Promise<Map<MaterialId, MaterialFacts>>
  /** Key: code in lower case. */
  byCodes(tx: OpaqueTx, codes: readonly string[]): Promise<Map<string, MaterialFacts>>
}

export interface Rooms {
  db: InventoryDatabase
  materials: Catalogue
}
