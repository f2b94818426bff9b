import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { OrgId } from '#values/ids.ts'
import { BarcodeId, byShipment, LabelFormatId, Party } from './contract.ts'
import { logisticsErrors } from './errors.ts'

const Name = z.string().trim().min(1).max(80)

/** From whose number range the codes of one's packing units come. */
export const PackCodes = z.object({
  /** As GS1 China gave it, with the country's digits; null: a range for use on this platform. */
  gs1Prefix: z
    .string()
    .regex(/^\d{7,10}$/, { message: 'gs1Prefix' })
    .nullable(),
  /** How many have been given out. */
  used: z.int(),
  version: z.int(),
})
export type PackCodes = z.infer<typeof PackCodes>

/** How a supplier's own barcode is read; see labels/barcode-template.ts. */
export const Barcode = z.object({
  id: BarcodeId,
  supplier: Party,
  name: Name,
  template: z.string().trim().min(1).max(300),
  sample: z.string().trim().max(400),
  version: z.int(),
})
export type Barcode = z.infer<typeof Barcode>

export const LabelLanguage = z.enum(['zpl', 'tspl'])

/** A buyer's own label, for one supplier; see labels/label-text.ts. */
export const LabelFormat = z.object({
  id: LabelFormatId,
  buyer: Party,
  supplier: Party,
  side: z.enum(['buyer', 'supplier']),
  name: Name,
  language: LabelLanguage,
  template: z.string().min(1).max(8_000),
  version: z.int(),
})
export type LabelFormat = z.infer<typeof LabelFormat>

const none = z.object({})
const version = { version: z.int() }
const { name, template, sample } = Barcode.shape
const byBarcode = z.object({ id: BarcodeId })
const byFormat = z.object({ id: LabelFormatId })
/** A company has some dozens of either. */
const MOST = 500

/** QR, or Data Matrix for small boxes. */
export const LabelCode = z.enum(['qr', 'matrix'])
export type LabelCode = z.infer<typeof LabelCode>

export const LabelSize = z.enum(['a4', '100x150', '100x50'])
export type LabelSize = z.infer<typeof LabelSize>

export const labelApi = {
  packCodes: endpoint({
    method: 'GET',
    path: '/logistics/pack-codes',
    summary: 'From which number range the SSCC of the organisation’s packing units come.',
    permission: 'logistics.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: PackCodes,
    errors: [],
  }),
  setPackCodes: endpoint({
    method: 'PUT',
    path: '/logistics/pack-codes',
    summary: 'Sets the company prefix that GS1 gave the organisation; codes given out before keep theirs.',
    permission: 'logistics.manage',
    params: none,
    query: none,
    body: z.object({ gs1Prefix: PackCodes.shape.gs1Prefix, ...version }),
    response: PackCodes,
    errors: [logisticsErrors.changedMeanwhile, logisticsErrors.prefixInUse],
  }),
  barcodes: endpoint({
    method: 'GET',
    path: '/logistics/barcodes',
    summary: 'How suppliers’ own barcodes are read at receiving.',
    permission: 'logistics.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ barcodes: z.array(Barcode).max(MOST) }),
    errors: [],
  }),
  createBarcode: endpoint({
    method: 'POST',
    path: '/logistics/barcodes',
    summary: 'Adds a form of a supplier’s barcode, such as {material}|{lot}|{quantity}.',
    permission: 'logistics.manage',
    params: none,
    query: none,
    body: z.object({ supplierId: OrgId, name, template, sample }),
    response: Barcode,
    status: 201,
    errors: [logisticsErrors.noRelation, logisticsErrors.nameTaken, logisticsErrors.badTemplate],
  }),
  changeBarcode: endpoint({
    method: 'PATCH',
    path: '/logistics/barcodes/:id',
    summary: 'Changes one.',
    permission: 'logistics.manage',
    params: byBarcode,
    query: none,
    body: z.object({ name, template, sample, ...version }),
    response: Barcode,
    errors: [logisticsErrors.notFound, logisticsErrors.changedMeanwhile, logisticsErrors.nameTaken, logisticsErrors.badTemplate],
  }),
  removeBarcode: endpoint({
    method: 'DELETE',
    path: '/logistics/barcodes/:id',
    summary: 'Takes one away.',
    permission: 'logistics.manage',
    params: byBarcode,
    query: none,
    body: z.undefined(),
    response: none,
    errors: [logisticsErrors.notFound],
  }),
  labelFormats: endpoint({
    method: 'GET',
    path: '/logistics/label-formats',
    summary: 'Label formats that this organisation wants from its suppliers, or that its buyers want from it.',
    permission: 'logistics.read',
    params: none,
    query: z.object({ side: z.enum(['buyer', 'supplier']).default('buyer') }),
    body: z.undefined(),
    response: z.object({ formats: z.array(LabelFormat).max(MOST) }),
    errors: [],
  }),
  createLabelFormat: endpoint({
    method: 'POST',
    path: '/logistics/label-formats',
    summary: 'Gives a supplier a label format in ZPL or TSPL.',
    permission: 'logistics.manage',
    params: none,
    query: none,
    body: z.object({ supplierId: OrgId, name, language: LabelLanguage, template: LabelFormat.shape.template }),
    response: LabelFormat,
    status: 201,
    errors: [logisticsErrors.noRelation, logisticsErrors.nameTaken, logisticsErrors.badTemplate],
  }),
  changeLabelFormat: endpoint({
    method: 'PATCH',
    path: '/logistics/label-formats/:id',
    summary: 'The buyer changes a format.',
    permission: 'logistics.manage',
    params: byFormat,
    query: none,
    body: z.object({ name, language: LabelLanguage, template: LabelFormat.shape.template, ...version }),
    response: LabelFormat,
    errors: [logisticsErrors.notFound, logisticsErrors.changedMeanwhile, logisticsErrors.nameTaken, logisticsErrors.badTemplate],
  }),
  removeLabelFormat: endpoint({
    method: 'DELETE',
    path: '/logistics/label-formats/:id',
    summary: 'The buyer takes a format away.',
    permission: 'logistics.manage',
    params: byFormat,
    query: none,
    body: z.undefined(),
    response: none,
    errors: [logisticsErrors.notFound],
  }),
  printLabels: endpoint({
    method: 'POST',
    path: '/logistics/shipments/:id/labels',
    summary: 'The labels of all packing units as text for the printer: in the standard form, or in one that the buyer wants.',
    permission: 'logistics.read',
    params: byShipment,
    query: none,
    body: z.object({ formatId: LabelFormatId.nullable(), language: LabelLanguage, code: LabelCode.default('qr') }),
    response: z.object({ fileName: z.string(), text: z.string() }),
    question: true,
    errors: [logisticsErrors.notFound, logisticsErrors.notIssued],
  }),
  labelSheet: endpoint({
    method: 'GET',
    path: '/logistics/shipments/:id/label-sheet',
    summary: 'The labels of all packing units as PDF: eight on a sheet of A4, or one on a page of a roll of 100 × 150 or 100 × 50 mm.',
    permission: 'logistics.read',
    params: byShipment,
    query: z.object({ size: LabelSize.default('a4'), code: LabelCode.default('qr') }),
    body: z.undefined(),
    response: z.undefined(),
    answer: 'file',
    errors: [logisticsErrors.notFound, logisticsErrors.notIssued],
  }),
  deliveryNote: endpoint({
    method: 'GET',
    path: '/logistics/shipments/:id/delivery-note',
    summary: 'The delivery note as PDF: A4, or three-part paper of dot-matrix printers (241 mm).',
    permission: 'logistics.read',
    params: byShipment,
    query: z.object({ paper: z.enum(['a4', 'continuous241']).default('a4') }),
    body: z.undefined(),
    response: z.undefined(),
    answer: 'file',
    errors: [logisticsErrors.notFound, logisticsErrors.notIssued, logisticsErrors.noNoteOfHis],
  }),
}
