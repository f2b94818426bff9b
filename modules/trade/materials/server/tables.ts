import type { Generated, GeneratedAlways, JSONColumnType } from 'kysely'
import type { ModuleDatabase, Tx } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { Attribute, AttributeValues } from '../attributes.ts'
import type { CategoryId, Control, MaterialId, MaterialKind, Package, PriceId, SourceId, UnitConversion } from '../contract.ts'
import type { BarcodeId, DocumentKind, EquipmentId, MaterialDocumentId, SubstituteId } from '../detail-contract.ts'
import type { SourceState } from '../supply-contract.ts'

export interface MaterialsTables {
  'materials.category': {
    org_id: OrgId
    id: Generated<CategoryId>
    parent_id: CategoryId | null
    code: string
    name: string
    name_en: string | null
    prefix: string | null
    attributes: JSONColumnType<Attribute[], string, string>
    retired_at: Date | null
    version: Generated<number>
  }
  'materials.material': {
    org_id: OrgId
    id: Generated<MaterialId>
    category_id: CategoryId
    code: string
    name: string
    name_en: string | null
    specification: string
    base_unit: string
    kind: MaterialKind
    control: Control
    shelf_life_days: number | null
    inspected_on_receipt: Generated<boolean>
    attributes: JSONColumnType<AttributeValues, string, string>
    units: JSONColumnType<UnitConversion[], string, string>
    packages: JSONColumnType<Package[], string | undefined, string>
    note: string
    created_at: Date
    retired_at: Date | null
    version: Generated<number>
    search_text: string
    code_key: GeneratedAlways<string>
  }
  'materials.barcode': { org_id: OrgId; id: Generated<BarcodeId>; material_id: MaterialId; code: string; unit: string }
  'materials.substitute': {
    org_id: OrgId
    id: Generated<SubstituteId>
    material_id: MaterialId
    substitute_id: MaterialId
    both_ways: boolean
    note: string
  }
  'materials.equipment': {
    org_id: OrgId
    id: Generated<EquipmentId>
    material_id: MaterialId
    device_id: DeviceId | null
    model_code: string | null
    quantity: string
    position: string
  }
  'materials.document': {
    org_id: OrgId
    id: Generated<MaterialDocumentId>
    material_id: MaterialId
    file_id: string
    sha256: Buffer
    kind: DocumentKind
    name: string
    revision: string | null
    effective_from: string | null
    created_at: Date
    removed_at: Date | null
  }
  'materials.source': {
    id: Generated<SourceId>
    buyer_org: OrgId
    supplier_org: OrgId
    buyer_name: string
    buyer_name_en: string | null
    supplier_name: string
    supplier_name_en: string | null
    material_id: MaterialId
    material_code: string
    material_name: string
    material_name_en: string | null
    specification: string
    base_unit: string
    supplier_item_code: string | null
    supplier_code_key: GeneratedAlways<string | null>
    supplier_item_name: string | null
    lead_time_days: number | null
    minimum: string | null
    multiple: string | null
    valid_from: string
    valid_until: string | null
    state: SourceState
    created_at: Date
    version: Generated<number>
  }
  'materials.price': {
    id: Generated<PriceId>
    buyer_org: OrgId
    supplier_org: OrgId
    source_id: SourceId
    material_id: MaterialId
    currency: string
    unit: string
    from_quantity: string
    net_price: string
    gross_price: string
    tax_rate: string
    valid_from: string
    valid_until: string | null
    created_at: Date
    created_by: string | null
    withdrawn_at: Date | null
    version: Generated<number>
  }
}
export type MaterialsDatabase = ModuleDatabase<MaterialsTables>
export type MaterialsTx = Tx<MaterialsTables>
