import type { Generated } from 'kysely'
import type { ModuleDatabase, Tx } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { BarcodeId, LabelFormatId } from '../contract.ts'

export interface BarcodeTable {
  org_id: OrgId
  id: Generated<BarcodeId>
  supplier_org: OrgId
  supplier_name: string
  supplier_name_en: string | null
  name: string
  template: string
  sample: string
  version: Generated<number>
}

/** The two sides of a document with their names as they were when it was made. */
export interface Parties {
  buyer_org: OrgId
  supplier_org: OrgId
  buyer_name: string
  buyer_name_en: string | null
  supplier_name: string
  supplier_name_en: string | null
}

export interface LabelFormatTable extends Parties {
  id: Generated<LabelFormatId>
  name: string
  language: 'zpl' | 'tspl'
  template: string
  version: Generated<number>
}

export interface LogisticsTables {
  'logistics.pack_codes': { org_id: OrgId; gs1_prefix: string | null; last_serial: Generated<number>; version: Generated<number> }
  'logistics.barcode': BarcodeTable
  'logistics.label_format': LabelFormatTable
}
export type LogisticsDatabase = ModuleDatabase<LogisticsTables>
export type LogisticsTx = Tx<LogisticsTables>
