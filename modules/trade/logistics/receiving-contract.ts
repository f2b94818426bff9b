import { z } from 'zod'
import { LocationId } from '#modules/trade/inventory/contract.ts'
import { MaterialId } from '#modules/trade/materials/contract.ts'
import { ordersErrors } from '#modules/trade/orders/errors.ts'
import { NonNegativeText, PositiveText } from '#values/decimal.ts'
import { endpoint } from '#values/endpoint.ts'
import { idOf, OrgId } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { ContainerCount, Party, Shipment, ShipmentId, ShipmentLineId, Side } from './contract.ts'
import { logisticsErrors } from './errors.ts'
import { Barcode } from './label-contract.ts'

export const ReceiptId = idOf('Receipt')
export type ReceiptId = z.infer<typeof ReceiptId>
export const ReceiptLineId = idOf('ReceiptLine')
export type ReceiptLineId = z.infer<typeof ReceiptLineId>
export const ClaimId = idOf('Claim')
export type ClaimId = z.infer<typeof ClaimId>
export const ReturnId = idOf('GoodsReturn')
export type ReturnId = z.infer<typeof ReturnId>
export const ProofId = idOf('Proof')
export type ProofId = z.infer<typeof ProofId>

const Lot = z.string().trim().min(1).max(60).nullable()

/** What came of one line, of one lot. Quantities in the unit of the line. */
export const ReceivedLine = z.object({
  lineId: ShipmentLineId,
  /** Good, onto the shelf. */
  accepted: NonNegativeText,
  /** Good as it seems, but to be looked at first: taken over into quarantine. */
  quarantined: NonNegativeText,
  damaged: NonNegativeText,
  wrong: NonNegativeText,
  lot: Lot,
  serial: Lot,
  expiresOn: CalendarDate.nullable(),
  note: z.string().trim().max(200),
})
export type ReceivedLine = z.infer<typeof ReceivedLine>

export const ReceiptInput = z.object({
  /** Made by whoever receives, once per receipt: sent twice it is one receipt. */
  receiptKey: z.uuid(),
  shipmentId: ShipmentId,
  warehouseId: LocationId,
  /** When the goods were counted; a phone without a network sends it later. */
  receivedAt: Instant,
  lines: z.array(ReceivedLine).max(2_000),
  containers: z.array(ContainerCount).max(20),
  /** No more will come: what is missing is short. */
  finish: z.boolean(),
  /** Who handed the goods over. */
  signedBy: z.string().trim().max(40),
  overReason: z.string().trim().max(200),
  note: z.string().trim().max(500),
})
export type ReceiptInput = z.infer<typeof ReceiptInput>

export const ReceiptLine = ReceivedLine.extend({
  id: ReceiptLineId,
  lineNo: z.int(),
  orderNumber: z.string(),
  materialId: MaterialId,
  materialCode: z.string(),
  materialName: z.string(),
  unit: z.string(),
  excess: NonNegativeText,
  returned: NonNegativeText,
  /** Out of quarantine onto the shelf. */
  released: NonNegativeText,
  /** Of the excess what went back to the supplier. */
  excessReturned: NonNegativeText,
  /** Of the excess: kept by the settlement of its claim, the buyer's own. */
  excessKept: NonNegativeText,
  /** Of the damaged goods: kept by the settlement of the claim. */
  damagedKept: NonNegativeText,
  /** 来料必检: in quarantine until quality decides. */
  inspect: z.boolean(),
  /** What may still be taken, by place: own goods on the shelf, own goods in quarantine, the supplier's there. */
  remains: z.object({ warehouse: NonNegativeText, quarantine: NonNegativeText, excess: NonNegativeText }),
})
export type ReceiptLine = z.infer<typeof ReceiptLine>

export const Proof = z.object({ id: ProofId, name: z.string(), mediaType: z.string(), bytes: z.int() })
export type Proof = z.infer<typeof Proof>

export const Receipt = z.object({
  id: ReceiptId,
  number: z.string(),
  shipmentId: ShipmentId,
  shipmentNumber: z.string(),
  buyer: Party,
  supplier: Party,
  side: Side,
  day: CalendarDate,
  receivedAt: Instant,
  /** Of the buyer's people; he alone reads it. */
  receivedBy: z.string().nullable(),
  warehouse: z.string(),
  signedBy: z.string(),
  overReason: z.string(),
  note: z.string(),
  finished: z.boolean(),
  lines: z.array(ReceiptLine),
  proofs: z.array(Proof),
})
export type Receipt = z.infer<typeof Receipt>

export const ClaimKind = z.enum(['short', 'over', 'damaged', 'wrong', 'quality'])
export type ClaimKind = z.infer<typeof ClaimKind>
export const ClaimState = z.enum(['open', 'accepted', 'disputed', 'settled', 'withdrawn'])
export type ClaimState = z.infer<typeof ClaimState>
export const ClaimAction = z.enum(['accept', 'dispute', 'insist', 'settle', 'withdraw'])
export type ClaimAction = z.infer<typeof ClaimAction>
export const Settlement = z.enum(['redeliver', 'credit', 'takeBack', 'keep'])
export type Settlement = z.infer<typeof Settlement>

export const ClaimStep = z.object({ at: Instant, side: Side, action: z.string(), note: z.string(), settlement: Settlement.nullable() })
export const Claim = z.object({
  id: ClaimId,
  number: z.string(),
  shipmentId: ShipmentId,
  shipmentNumber: z.string(),
  buyer: Party,
  supplier: Party,
  side: Side,
  kind: ClaimKind,
  state: ClaimState,
  orderNumber: z.string(),
  materialCode: z.string(),
  materialName: z.string(),
  unit: z.string(),
  quantity: PositiveText,
  note: z.string(),
  settlement: Settlement.nullable(),
  openedAt: Instant,
  steps: z.array(ClaimStep),
  version: z.int(),
})
export type Claim = z.infer<typeof Claim>

export const TakenFrom = z.enum(['warehouse', 'quarantine', 'excess'])
export type TakenFrom = z.infer<typeof TakenFrom>
export const ReturnInput = z.object({
  returnKey: z.uuid(),
  receiptId: ReceiptId,
  reason: z.string().trim().min(1).max(200),
  /** `from`: where the goods lie now; `excess`: the supplier's own in quarantine, beyond the order's tolerance. */
  lines: z
    .array(z.object({ receiptLineId: ReceiptLineId, quantity: PositiveText, from: TakenFrom }))
    .min(1)
    .max(500),
})
export type ReturnInput = z.infer<typeof ReturnInput>
export const GoodsReturn = z.object({
  id: ReturnId,
  number: z.string(),
  receiptId: ReceiptId,
  receiptNumber: z.string(),
  day: CalendarDate,
  reason: z.string(),
  lines: z.array(
    z.object({ materialCode: z.string(), materialName: z.string(), unit: z.string(), quantity: PositiveText, from: TakenFrom }),
  ),
})
export type GoodsReturn = z.infer<typeof GoodsReturn>

export const ReleaseInput = z.object({
  releaseKey: z.uuid(),
  receiptId: ReceiptId,
  lines: z
    .array(z.object({ receiptLineId: ReceiptLineId, quantity: PositiveText }))
    .min(1)
    .max(500),
})
export type ReleaseInput = z.infer<typeof ReleaseInput>

/** What a phone needs to receive without a network: shipments on their way, warehouses, how to read suppliers' codes. */
export const GoodsCode = z.object({ lineId: ShipmentLineId, code: z.string(), quantity: PositiveText })
export type GoodsCode = z.infer<typeof GoodsCode>

export const Expected = z.object({
  shipments: z.array(Shipment),
  warehouses: z.array(z.object({ id: LocationId, code: z.string(), name: z.string() })),
  barcodes: z.array(Barcode.pick({ template: true }).extend({ supplierId: OrgId })),
  /** Materials that are kept by lot or serial number. */
  controls: z.array(z.object({ materialId: MaterialId, control: z.enum(['lot', 'serial']) })),
  /** 来料必检: what comes in of them goes to quarantine first. */
  inspected: z.array(MaterialId),
  /** What is printed on the goods themselves (GTIN and others of the own catalogue), and how much of the line one scan of it is. */
  goodsCodes: z.array(GoodsCode),
  asOf: Instant,
})
export type Expected = z.infer<typeof Expected>

/** The account of one kind of returnable container with a partner: how many of the supplier's are with the buyer. */
export const ContainerAccount = z.object({
  partner: Party,
  side: Side,
  code: z.string(),
  name: z.string(),
  balance: z.int(),
  /** Reported by one side, not confirmed by the other yet. */
  pending: z.array(z.object({ id: z.uuidv7(), quantity: z.int(), day: CalendarDate, by: Side, note: z.string() })),
  confirmed: z.object({ day: CalendarDate, balance: z.int() }).nullable(),
})
export type ContainerAccount = z.infer<typeof ContainerAccount>
export const ContainerMoveId = idOf('ContainerMove')
export type ContainerMoveId = z.infer<typeof ContainerMoveId>

const none = z.object({})
const byId = <T extends z.ZodType>(id: T) => z.object({ id })

export const receivingApi = {
  expected: endpoint({
    method: 'GET',
    path: '/logistics/expected',
    summary: 'All that a phone needs to receive goods without a network: at most 100 shipments, the next to arrive first.',
    permission: 'logistics.receive',
    params: none,
    query: none,
    body: z.undefined(),
    response: Expected,
    errors: [],
  }),
  receive: endpoint({
    method: 'POST',
    path: '/logistics/receipts',
    summary:
      'Receives goods of a shipment: receipt, order counters, stock, accrued payable and claims in one transaction. The same receiptKey again answers with the receipt that is there.',
    permission: 'logistics.receive',
    params: none,
    query: none,
    body: ReceiptInput,
    response: Receipt,
    status: 201,
    bodyLimit: 2 * 1024 * 1024,
    errors: [
      logisticsErrors.notFound,
      logisticsErrors.notAllowedNow,
      logisticsErrors.notYourSide,
      logisticsErrors.receiptDiffers,
      logisticsErrors.nothingReceived,
      logisticsErrors.lineUnknown,
      logisticsErrors.overTolerance,
      logisticsErrors.warehouseUnknown,
      logisticsErrors.dayInFuture,
      logisticsErrors.serialCount,
    ],
  }),
  receipts: endpoint({
    method: 'GET',
    path: '/logistics/shipments/:id/receipts',
    summary: 'What was received of a shipment; both sides read it.',
    permission: 'logistics.read',
    params: byId(ShipmentId),
    query: none,
    body: z.undefined(),
    response: z.object({ receipts: z.array(Receipt), returns: z.array(GoodsReturn) }),
    errors: [logisticsErrors.notFound],
  }),
  printReceipt: endpoint({
    method: 'GET',
    path: '/logistics/receipts/:id/pdf',
    summary: 'The receipt as PDF (A4); both sides read it.',
    permission: 'logistics.read',
    params: byId(ReceiptId),
    query: none,
    body: z.undefined(),
    response: z.undefined(),
    answer: 'file',
    errors: [logisticsErrors.notFound],
  }),
  printReturn: endpoint({
    method: 'GET',
    path: '/logistics/returns/:id/pdf',
    summary: 'The return as PDF (A4), for the driver who takes the goods back.',
    permission: 'logistics.read',
    params: byId(ReturnId),
    query: none,
    body: z.undefined(),
    response: z.undefined(),
    answer: 'file',
    errors: [logisticsErrors.notFound],
  }),
  addProof: endpoint({
    method: 'POST',
    path: '/logistics/receipts/:id/proofs',
    summary: 'A photo of the signed note or of the goods; both sides see it.',
    permission: 'logistics.receive',
    params: byId(ReceiptId),
    query: z.object({ fileName: z.string().trim().min(1).max(200) }),
    body: z.undefined(),
    takes: 'bytes',
    bodyLimit: 10 * 1024 * 1024,
    response: Proof,
    status: 201,
    errors: [logisticsErrors.notFound, logisticsErrors.tooManyFiles],
  }),
  proof: endpoint({
    method: 'GET',
    path: '/logistics/proofs/:id',
    summary: 'The photo.',
    permission: 'logistics.read',
    params: byId(ProofId),
    query: none,
    body: z.undefined(),
    response: z.undefined(),
    answer: 'file',
    errors: [logisticsErrors.notFound],
  }),
  claims: endpoint({
    method: 'GET',
    path: '/logistics/claims',
    summary: 'Discrepancies that this organisation claims (side=buyer) or must answer (side=supplier).',
    permission: 'logistics.read',
    params: none,
    query: listQuery(['openedAt', 'number', 'partner']).extend({
      side: Side.default('buyer'),
      state: ClaimState.optional(),
      shipmentId: ShipmentId.optional(),
    }),
    body: z.undefined(),
    response: pageOf(Claim),
    errors: [],
  }),
  claim: endpoint({
    method: 'GET',
    path: '/logistics/claims/:id',
    summary: 'A discrepancy with what both sides made of it.',
    permission: 'logistics.read',
    params: byId(ClaimId),
    query: none,
    body: z.undefined(),
    response: Claim,
    errors: [logisticsErrors.notFound],
  }),
  moveClaim: endpoint({
    method: 'POST',
    path: '/logistics/claims/:id/move',
    summary:
      'Accepts, disputes, insists on, settles or withdraws a claim; which side may do what is told by its state. Excess that is kept becomes the buyer’s stock and is accrued at the order’s price in the same transaction.',
    permission: 'logistics.claim',
    params: byId(ClaimId),
    query: none,
    body: z.object({ version: z.int(), action: ClaimAction, note: z.string().trim().max(500), settlement: Settlement.nullable() }),
    response: Claim,
    errors: [
      logisticsErrors.notFound,
      logisticsErrors.changedMeanwhile,
      logisticsErrors.notAllowedNow,
      logisticsErrors.notYourSide,
      logisticsErrors.settlementMissing,
      logisticsErrors.nothingToKeep,
      logisticsErrors.notKept,
      logisticsErrors.inspectedNotKept,
      ordersErrors.moreThanAgreed,
    ],
  }),
  returnGoods: endpoint({
    method: 'POST',
    path: '/logistics/returns',
    summary:
      'Sends goods back, from the shelf or from quarantine: stock, order counters and accrual go back in one transaction; once per returnKey. Excess was neither counted nor accrued: stock alone.',
    permission: 'logistics.receive',
    params: none,
    query: none,
    body: ReturnInput,
    response: GoodsReturn,
    status: 201,
    errors: [
      logisticsErrors.notFound,
      logisticsErrors.notYourSide,
      logisticsErrors.tooMuchReturned,
      logisticsErrors.receiptDiffers,
      logisticsErrors.awaitsInspection,
    ],
  }),
  releaseGoods: endpoint({
    method: 'POST',
    path: '/logistics/releases',
    summary:
      'Moves own goods of a receipt from quarantine onto the shelf; once per releaseKey. What must be inspected is released by quality.',
    permission: 'logistics.receive',
    params: none,
    query: none,
    body: ReleaseInput,
    response: Receipt,
    status: 201,
    errors: [
      logisticsErrors.notFound,
      logisticsErrors.notYourSide,
      logisticsErrors.tooMuchReturned,
      logisticsErrors.receiptDiffers,
      logisticsErrors.awaitsInspection,
    ],
  }),
  containers: endpoint({
    method: 'GET',
    path: '/logistics/containers',
    summary: 'Accounts of returnable containers with partners.',
    permission: 'logistics.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ accounts: z.array(ContainerAccount) }),
    errors: [],
  }),
  sendContainersBack: endpoint({
    method: 'POST',
    path: '/logistics/containers/back',
    summary: 'The buyer reports empties that went back; the account changes when the supplier confirms.',
    permission: 'logistics.receive',
    params: none,
    query: none,
    body: z.object({
      supplierId: OrgId,
      code: z.string().trim().min(1).max(40),
      count: z.int().min(1).max(100_000),
      day: CalendarDate,
      note: z.string().trim().max(200),
    }),
    response: z.object({ id: ContainerMoveId }),
    status: 201,
    errors: [logisticsErrors.notFound, logisticsErrors.tooMuchReturned],
  }),
  confirmContainers: endpoint({
    method: 'POST',
    path: '/logistics/containers/moves/:id/confirm',
    summary: 'The supplier confirms, or refuses, empties that the buyer says he sent back.',
    permission: 'logistics.ship',
    params: byId(ContainerMoveId),
    query: none,
    body: z.object({ agreed: z.boolean() }),
    response: none,
    errors: [logisticsErrors.notFound, logisticsErrors.notAllowedNow],
  }),
  confirmBalance: endpoint({
    method: 'POST',
    path: '/logistics/containers/balance',
    summary: 'Signs the balance of an account as it stands; it is confirmed when both sides have signed the same.',
    permission: 'logistics.claim',
    params: none,
    query: none,
    body: z.object({ partnerId: OrgId, side: Side, code: z.string().trim().min(1).max(40), balance: z.int() }),
    response: z.object({ confirmed: z.boolean() }),
    errors: [logisticsErrors.notFound, logisticsErrors.changedMeanwhile],
  }),
}
