import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely'
import type { ModuleDatabase, Tx } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { Currency } from '#values/money.ts'
import type { ShareState } from '../chain-contract.ts'
import type {
  ConsignmentId,
  LocationId,
  LocationKind,
  MoveId,
  StockDocumentId,
  StockReservationId,
  StockShareId,
  ValuationMethod,
} from '../contract.ts'
import type { DocumentKind } from '../document-contract.ts'
import type { ValueCounter } from '../public.ts'
import type { ReservedLine } from '../reservation-contract.ts'
import type { StocktakeId, StocktakeLineId, StocktakeState } from '../stocktake-contract.ts'
import type { DirectionNo } from './valuation-rules.ts'

/** numeric(18, 6) as text. */
type Numeric = string
export type Control = 'none' | 'lot' | 'serial'

export interface InventoryTables {
  'inventory.location': {
    org_id: OrgId
    id: Generated<LocationId>
    kind: LocationKind
    code: string
    name: string
    warehouse_id: LocationId | null
    may_be_negative: boolean
    closed_at: Date | null
    version: Generated<number>
    search_text: GeneratedAlways<string>
  }
  'inventory.item': {
    org_id: OrgId
    material_id: MaterialId
    code: string
    name: string
    specification: string
    unit: string
    control: Control
    last_in_day: string | null
    last_out_day: string | null
    search_text: GeneratedAlways<string>
  }
  'inventory.lot': { org_id: OrgId; material_id: MaterialId; lot: string; expires: string | null; first_day: string }
  'inventory.move': {
    org_id: OrgId
    id: Generated<MoveId>
    seq: GeneratedAlways<number>
    material_id: MaterialId
    quantity: Numeric
    from_id: LocationId
    to_id: LocationId
    owner_org: OrgId
    lot: string
    serial: string
    expires: string | null
    day: string
    posted_at: Date
    unit_cost: Numeric | null
    reason: string
    source_entity: string
    source_id: string
    source_line: string
    actor: { kind: string; id: string; name?: string }
  }
  'inventory.balance': {
    org_id: OrgId
    id: Generated<string>
    material_id: MaterialId
    location_id: LocationId
    owner_org: OrgId
    lot: string
    serial: string
    quantity: Numeric
    since: string
    may_be_negative: boolean
  }
  'inventory.availability': { org_id: OrgId; material_id: MaterialId; warehouse_id: LocationId; on_hand: Numeric; reserved: Numeric }
  'inventory.reservation': {
    org_id: OrgId
    id: Generated<string>
    material_id: MaterialId
    warehouse_id: LocationId
    quantity: Numeric
    source_entity: string
    source_id: string
    source_line: string
    created_at: Date
  }
  'inventory.reservation_document': {
    org_id: OrgId
    id: Generated<StockReservationId>
    number: string
    warehouse_id: LocationId
    purpose: string
    needed_on: string | null
    lines: JSONColumnType<ReservedLine[], string, never>
    created_at: Date
    created_by: string
    released_at: Date | null
    released_by: string | null
    version: Generated<number>
  }
  'inventory.setting': {
    org_id: OrgId
    method: ValuationMethod
    currency: Currency
    closed_until: string | null
    only_from_stock: Generated<boolean>
    version: Generated<number>
  }
  'inventory.cost': {
    org_id: OrgId
    move_id: MoveId
    material_id: MaterialId
    day: string
    direction: DirectionNo
    seq: number
    quantity: Numeric
    value: number
    unpriced: boolean
    quantity_after: Numeric
    value_after: number
  }
  'inventory.layer': {
    org_id: OrgId
    move_id: MoveId
    material_id: MaterialId
    day: string
    seq: number
    quantity: Numeric
    value: number
    left_quantity: Numeric
    left_value: number
  }
  'inventory.revaluation': {
    org_id: OrgId
    id: Generated<MoveId>
    seq: GeneratedAlways<number>
    material_id: MaterialId
    move_id: MoveId
    day: string
    quantity: Numeric
    amount: ColumnType<number, bigint, never>
    reason: string
    source_entity: string
    source_id: string
    source_line: string
    posted_at: Date
  }
  'inventory.value_change': {
    org_id: OrgId
    batch_id: string
    source_entity: string
    source_id: string
    counter: ValueCounter
    day: string
    reason: string
    value: number
  }
  'inventory.document': {
    org_id: OrgId
    id: StockDocumentId
    kind: DocumentKind | 'usage'
    number: string
    day: string
    reason: string
    created_at: Date
    created_by: string
  }
  'inventory.stocktake': {
    org_id: OrgId
    id: Generated<StocktakeId>
    number: string
    location_id: LocationId
    state: StocktakeState
    created_at: Date
    created_by: string
    submitted_by: string | null
    submitted_by_id: string | null
    decided_at: Date | null
    decided_by: string | null
    version: Generated<number>
  }
  'inventory.stocktake_line': {
    org_id: OrgId
    id: Generated<StocktakeLineId>
    stocktake_id: StocktakeId
    material_id: MaterialId
    owner_org: OrgId
    lot: string
    serial: string
    book: Numeric
    expected: Numeric | null
    counted: Numeric | null
    counted_at: Date | null
    counted_by: string | null
    counted_by_id: string | null
  }
  'inventory.consignment': {
    id: Generated<ConsignmentId>
    buyer_org: OrgId
    supplier_org: OrgId
    material_id: MaterialId
    code: string
    name: string
    specification: string
    unit: string
    quantity: Generated<Numeric>
    min_quantity: Numeric | null
    max_quantity: Numeric | null
    version: Generated<number>
    search_text: GeneratedAlways<string>
  }
  'inventory.consigned_layer': {
    org_id: OrgId
    id: Generated<string>
    supplier_org: OrgId
    material_id: MaterialId
    lot: string
    day: string
    quantity: Numeric
    left_quantity: Numeric
    currency: Currency
    net_price: Numeric
    tax_rate: Numeric
    order_id: string
    order_number: string
    payment_days: number | null
  }
  'inventory.stock_share': {
    id: Generated<StockShareId>
    buyer_org: OrgId
    supplier_org: OrgId
    state: ShareState
    material_id: MaterialId
    code: string
    name: string
    specification: string
    unit: string
    purpose: string
    own_material_id: MaterialId | null
    own_code: string | null
    quantity: Numeric | null
    as_of: Date | null
    asked_at: Date
    agreed_at: Date | null
    ended_at: Date | null
    version: Generated<number>
    search_text: GeneratedAlways<string>
  }
  'inventory.layer_use': { org_id: OrgId; move_id: MoveId; layer_id: MoveId; quantity: Numeric; value: number }
}
export type InventoryDatabase = ModuleDatabase<InventoryTables>
export type InventoryTx = Tx<InventoryTables>
