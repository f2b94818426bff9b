import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { OpaqueTx } from '#kernel/postgres.ts'
import type { Decimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import type { Currency } from '#values/money.ts'
import type { CategoryId, MaterialId, NewCategory, NewMaterial as NewMaterialSchema, PriceId, SourceId } from './contract.ts'

export interface MaterialFacts {
  id: MaterialId
  code: string
  name: string
  nameEn: string | null
  specification: string
  baseUnit: string
  control: 'none' | 'lot' | 'serial'
  shelfLifeDays: number | null
  /** 来料必检: what comes in of it goes to quarantine first. */
  inspectedOnReceipt: boolean
  retired: boolean
}

export type NewMaterial = z.input<typeof NewMaterialSchema>

/** Approved from the first day on. */
export interface NewSource {
  materialId: MaterialId
  supplier: OrgId
  supplierCode?: string | null
  supplierName?: string | null
  leadTimeDays?: number | null
  /** In base units. */
  minimum?: Decimal | null
  multiple?: Decimal | null
  validFrom: string
  validUntil?: string | null
}

/** Ends what was in force before it, at the day before. */
export interface NewPrice {
  materialId: MaterialId
  supplier: OrgId
  currency: Currency
  unit: string
  /** The quantity break from which it holds; default 0. */
  fromQuantity?: Decimal
  netPrice: Decimal
  /** A fraction: 0.13. */
  taxRate: Decimal
  validFrom: string
  validUntil?: string | null
}

export interface NewDrawing {
  name: string
  fileName: string
  revision: string
  /** Its first day. */
  effectiveFrom: string
  content: Buffer
}

export interface MaterialsPublic {
  /** Of the acting organisation's own catalogue; strangers' ids are left out. */
  facts(tx: OpaqueTx, ids: readonly MaterialId[]): Promise<Map<MaterialId, MaterialFacts>>
  /** Key: code in lower case. */
  byCodes(tx: OpaqueTx, codes: readonly string[]): Promise<Map<string, MaterialFacts>>
  /** What the catalogue says is printed on them: GTIN or any other code, and the unit that bears it. */
  barcodesOf(tx: OpaqueTx, ids: readonly MaterialId[]): Promise<{ materialId: MaterialId; code: string; unit: string }[]>
  /** How many base units one `unit` of it is; undefined: no such conversion. */
  unitFactors(tx: OpaqueTx, wanted: readonly { materialId: MaterialId; unit: string }[]): Promise<(Decimal | undefined)[]>
  /** Supplier's own code and name of each, where he is an approved source on that day; undefined: he is none. */
  sourcesOf(
    tx: OpaqueTx,
    supplier: OrgId,
    ids: readonly MaterialId[],
    day: string,
  ): Promise<
    Map<
      MaterialId,
      {
        sourceId: SourceId
        supplierCode: string | null
        supplierName: string | null
        leadTimeDays: number | null
        minimum: Decimal | null
        multiple: Decimal | null
      }
    >
  >
  /** The price in force: supplier, day, currency, the greatest quantity break not above `quantity` (base unit of price given). */
  pricesFor(
    tx: OpaqueTx,
    supplier: OrgId,
    day: string,
    currency: Currency,
    wanted: readonly { materialId: MaterialId; unit: string; quantity: Decimal }[],
  ): Promise<({ priceId: PriceId; netPrice: Decimal; taxRate: Decimal } | undefined)[]>
  /** For first data: as the endpoint. */
  createCategory(ctx: Context, category: z.input<typeof NewCategory>): Promise<CategoryId>
  /** For first data. Errors: as the endpoints. */
  createMaterials(ctx: Context, materials: readonly NewMaterial[]): Promise<MaterialId[]>
  createSources(ctx: Context, sources: readonly NewSource[]): Promise<void>
  createPrices(ctx: Context, prices: readonly NewPrice[]): Promise<void>
  addDrawing(ctx: Context, id: MaterialId, drawing: NewDrawing): Promise<void>
  /** The same in the caller's transaction: an award and what follows from it stand or fall together. */
  addSources(tx: OpaqueTx, ctx: Context, sources: readonly NewSource[]): Promise<void>
  addPrices(tx: OpaqueTx, ctx: Context, prices: readonly NewPrice[]): Promise<void>
}
