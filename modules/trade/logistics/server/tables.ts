import type { Generated } from 'kysely'
import type { ModuleDatabase, Tx } from '#kernel/postgres.ts'
import type { LocationId } from '#modules/trade/inventory/contract.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { OrderId, ScheduleLineId } from '#modules/trade/orders/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { BarcodeId, LabelFormatId, PackId, PackKind, ShipmentId, ShipmentLineId, ShipmentState, Side, Timed } from '../contract.ts'
import type { DockId } from '../dock-contract.ts'
import type {
  ClaimId,
  ClaimKind,
  ClaimState,
  ContainerMoveId,
  ProofId,
  ReceiptId,
  ReceiptLineId,
  ReturnId,
  Settlement,
  TakenFrom,
} from '../receiving-contract.ts'

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

export interface ShipmentTable extends Parties {
  id: Generated<ShipmentId>
  number: string | null
  state: ShipmentState
  deliver_to: string
  carrier: string
  vehicle: string
  driver_name: string
  driver_phone: string
  note: string
  /** Null, as its time: nobody has said when it left. */
  departure_kind: Timed['kind'] | null
  departure_at: Date | null
  arrival_kind: Timed['kind']
  arrival_at: Date
  line_count: number
  pack_count: number
  search_text: string
  cancel_reason: string | null
  created_at: Date
  created_by: string | null
  issued_at: Date | null
  /** The buyer: of goods that came without a notice. */
  made_by: Generated<Side>
  version: Generated<number>
}

/** Rows below a shipment: whose, and whether the buyer sees them. */
interface OfShipment {
  shipment_id: ShipmentId
  buyer_org: OrgId
  supplier_org: OrgId
  issued: Generated<boolean>
}

export interface LineTable extends OfShipment {
  id: Generated<ShipmentLineId>
  made_by: Generated<Side>
  line_no: number
  schedule_line_id: ScheduleLineId
  order_id: OrderId
  order_number: string
  order_line_no: number
  schedule_no: number
  material_id: MaterialId
  material_code: string
  material_name: string
  supplier_code: string | null
  specification: string
  unit: string
  agreed_day: string
  consigned: Generated<boolean>
  unit_factor: string | null
  quantity: string
  accepted: Generated<string>
  rejected: Generated<string>
  excess: Generated<string>
  missing: Generated<string>
}

export interface PackTable extends OfShipment {
  id: Generated<PackId>
  pack_no: number
  within_no: number | null
  kind: PackKind
  sscc: string | null
}

export interface ContentTable extends OfShipment {
  id: Generated<string>
  line_no: number
  pack_no: number | null
  position: number
  quantity: string
  lot: string | null
  serial: string | null
  produced_on: string | null
  expires_on: string | null
}

export interface DockTable {
  org_id: OrgId
  id: Generated<DockId>
  code: string
  name: string
  open_minute: number
  close_minute: number
  slot_minutes: number
  capacity: number
  closed: Generated<boolean>
  version: Generated<number>
}

export interface AppointmentTable {
  id: Generated<string>
  shipment_id: ShipmentId
  buyer_org: OrgId
  supplier_org: OrgId
  dock_id: DockId
  dock_code: string
  dock_name: string
  day: string
  start_minute: number
  end_minute: number
  place: number
  booked_at: Date
}

/** Rows that both parties read. */
interface OfParties {
  buyer_org: OrgId
  supplier_org: OrgId
}

export interface ReceiptTable extends Parties {
  id: ReceiptId
  number: string
  shipment_id: ShipmentId
  shipment_number: string
  receipt_key: string
  content_hash: Buffer
  day: string
  received_at: Date
  received_by: string | null
  warehouse_id: LocationId
  warehouse_name: string
  signed_by: string
  over_reason: string
  note: string
  finished: boolean
  created_at: Date
}

export interface ReceiptLineTable extends OfParties {
  id: ReceiptLineId
  receipt_id: ReceiptId
  line_id: ShipmentLineId
  position: number
  accepted: string
  quarantined: string
  damaged: string
  wrong: string
  excess: string
  lot: string | null
  serial: string | null
  expires_on: string | null
  note: string
  returned: Generated<string>
  inspect: boolean
  released: Generated<string>
  returned_apart: Generated<string>
  excess_returned: Generated<string>
  excess_kept: Generated<string>
  excess_kept_back: Generated<string>
  damaged_kept: Generated<string>
}

export interface ClaimTable extends Parties {
  id: Generated<ClaimId>
  number: string
  shipment_id: ShipmentId
  shipment_number: string
  receipt_id: ReceiptId
  line_id: ShipmentLineId
  order_number: string
  material_code: string
  material_name: string
  unit: string
  kind: ClaimKind
  quantity: string
  note: string
  state: ClaimState
  settlement: Settlement | null
  opened_at: Date
  came_back: Generated<string>
  forgone: Generated<string>
  version: Generated<number>
}

export interface ContainerMoveTable extends Parties {
  id: Generated<ContainerMoveId>
  code: string
  name: string
  quantity: number
  shipment_id: ShipmentId | null
  receipt_id: ReceiptId | null
  day: string
  reported_by: Side
  state: 'reported' | 'agreed' | 'refused'
  note: string
  created_at: Date
}

export interface TransitTable {
  org_id: OrgId
  id: Generated<string>
  shipment_id: ShipmentId
  line_id: ShipmentLineId
  position: number
  material_id: MaterialId
  material_code: string
  from_id: LocationId
  lot: string | null
  serial: string | null
  factor: string
  quantity: string
  delivered: Generated<string>
  lost: Generated<string>
  apart: Generated<string>
  home: Generated<string>
  forgone: Generated<string>
  gone: Generated<string>
}

export interface LogisticsTables {
  'logistics.followed_use': { org_id: OrgId; usage_id: string }
  'logistics.pack_codes': { org_id: OrgId; gs1_prefix: string | null; last_serial: Generated<number>; version: Generated<number> }
  'logistics.barcode': BarcodeTable
  'logistics.label_format': LabelFormatTable
  'logistics.shipment': ShipmentTable
  'logistics.line': LineTable
  'logistics.pack': PackTable
  'logistics.content': ContentTable
  'logistics.shipment_container': OfShipment & { id: Generated<string>; code: string; name: string; quantity: number }
  'logistics.dock': DockTable
  'logistics.appointment': AppointmentTable
  'logistics.receipt': ReceiptTable
  'logistics.receipt_line': ReceiptLineTable
  'logistics.proof': OfParties & {
    id: Generated<ProofId>
    receipt_id: ReceiptId
    name: string
    media_type: string
    bytes: number
    sha256: Buffer
    object_key: string
    added_at: Date
  }
  'logistics.claim': ClaimTable
  'logistics.claim_step': OfParties & {
    id: Generated<string>
    claim_id: ClaimId
    at: Date
    side: Side
    action: string
    note: string
    settlement: Settlement | null
  }
  'logistics.goods_return': OfParties & {
    id: ReturnId
    number: string
    receipt_id: ReceiptId
    shipment_id: ShipmentId
    return_key: string
    content_hash: Buffer
    day: string
    reason: string
    created_at: Date
    created_by: string | null
  }
  'logistics.goods_return_line': OfParties & {
    id: string
    return_id: ReturnId
    receipt_line_id: ReceiptLineId
    quantity: string
    taken_from: TakenFrom
    came_back: Generated<string>
    forgone: Generated<string>
  }
  'logistics.release': OfParties & {
    id: Generated<string>
    receipt_id: ReceiptId
    receipt_line_id: ReceiptLineId
    release_key: string
    quantity: string
    day: string
    created_at: Date
  }
  'logistics.transit': TransitTable
  'logistics.beyond': { org_id: OrgId; line_id: ShipmentLineId; asked: string }
  'logistics.container_move': ContainerMoveTable
  'logistics.container_balance': OfParties & {
    id: Generated<string>
    code: string
    day: string
    balance: number
    signed_by_buyer: Date | null
    signed_by_supplier: Date | null
  }
}
export type LogisticsDatabase = ModuleDatabase<LogisticsTables>
export type LogisticsTx = Tx<LogisticsTables>
