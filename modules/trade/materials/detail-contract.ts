import { z } from 'zod'
import { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { PositiveText } from '#values/decimal.ts'
import { endpoint } from '#values/endpoint.ts'
import { requestErrors } from '#values/errors.ts'
import { isGtin } from '#values/gtin.ts'
import { idOf } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { UnitCode } from '#values/units.ts'
import { MaterialId } from './contract.ts'
import { materialsErrors } from './errors.ts'

/** What else belongs to a material: codes to scan, substitutes, machines it is a spare part of, drawings and images. */

export const BarcodeId = idOf('MaterialBarcode')
export type BarcodeId = z.infer<typeof BarcodeId>
export const SubstituteId = idOf('MaterialSubstitute')
export type SubstituteId = z.infer<typeof SubstituteId>
export const EquipmentId = idOf('MaterialEquipment')
export type EquipmentId = z.infer<typeof EquipmentId>
export const MaterialDocumentId = idOf('MaterialDocument')
export type MaterialDocumentId = z.infer<typeof MaterialDocumentId>

export const DocumentKind = z.enum(['image', 'drawing', 'certificate', 'other'])
export type DocumentKind = z.infer<typeof DocumentKind>

export const documentLimits = { bytes: 32 * 1024 * 1024, most: 200 } as const

/** Digits alone are taken for a GTIN (8, 12, 13 or 14 of them) and must have the right check digit. */
export const BarcodeText = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^[\x21-\x7e]+$/, { message: 'barcode' })
  .refine((code) => !/^(\d{8}|\d{12,14})$/.test(code) || isGtin(code), { message: 'checkDigit' })

const FileName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^/\\\p{C}]+$/u, { message: 'fileName' })
const Name = z.string().trim().min(1).max(100)
const Revision = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9][A-Z0-9.-]{0,9}$/, { message: 'revision' })

export const Barcode = z.object({ id: BarcodeId, code: z.string(), unit: z.string() })
export const Substitute = z.object({
  id: SubstituteId,
  materialId: MaterialId,
  code: z.string(),
  name: z.string(),
  nameEn: z.string().nullable(),
  specification: z.string(),
  retired: z.boolean(),
  bothWays: z.boolean(),
  note: z.string(),
})
export const Equipment = z.object({
  id: EquipmentId,
  deviceId: DeviceId.nullable(),
  /** Of the device, or of the thing model. */
  code: z.string(),
  name: z.string(),
  nameEn: z.string().nullable(),
  quantity: z.string(),
  position: z.string(),
})
export const MaterialDocument = z.object({
  id: MaterialDocumentId,
  kind: DocumentKind,
  name: z.string(),
  fileName: z.string(),
  bytes: z.int(),
  revision: z.string().nullable(),
  effectiveFrom: CalendarDate.nullable(),
  /** Of a drawing: the revision that holds today. */
  current: z.boolean(),
  addedAt: Instant,
  addedBy: z.string(),
})
export type MaterialDocument = z.infer<typeof MaterialDocument>

export const Details = z.object({
  barcodes: z.array(Barcode),
  substitutes: z.array(Substitute),
  equipment: z.array(Equipment),
  documents: z.array(MaterialDocument),
})
export type Details = z.infer<typeof Details>

const byId = z.object({ id: MaterialId })
const none = z.object({})
const done = z.object({ done: z.literal(true) })

const removal = <Id extends z.ZodType>(part: string, id: Id) =>
  endpoint({
    method: 'DELETE',
    path: `/materials/:id/${part}/:partId`,
    summary: `Takes one of the ${part} away.`,
    permission: 'materials.manage',
    params: z.object({ id: MaterialId, partId: id }),
    query: none,
    body: z.undefined(),
    response: done,
    errors: [materialsErrors.notFound],
  })

export const detailApi = {
  details: endpoint({
    method: 'GET',
    path: '/materials/:id/details',
    summary: 'Codes to scan, substitutes, machines, drawings and images of a material.',
    permission: 'materials.read',
    params: byId,
    query: none,
    body: z.undefined(),
    response: Details,
    errors: [materialsErrors.notFound],
  }),
  addBarcode: endpoint({
    method: 'POST',
    path: '/materials/:id/barcodes',
    summary: 'A code that scanners read on one unit of it; what looks like a GTIN is checked.',
    permission: 'materials.manage',
    params: byId,
    query: none,
    body: z.object({ code: BarcodeText, unit: UnitCode }),
    response: done,
    status: 201,
    errors: [materialsErrors.notFound, materialsErrors.barcodeTaken, materialsErrors.unitUnknown],
  }),
  removeBarcode: removal('barcodes', BarcodeId),
  addSubstitute: endpoint({
    method: 'POST',
    path: '/materials/:id/substitutes',
    summary: 'What may stand in for it.',
    permission: 'materials.manage',
    params: byId,
    query: none,
    body: z.object({ substituteId: MaterialId, bothWays: z.boolean(), note: z.string().trim().max(300) }),
    response: done,
    status: 201,
    errors: [materialsErrors.notFound, materialsErrors.substituteWrong],
  }),
  removeSubstitute: removal('substitutes', SubstituteId),
  addEquipment: endpoint({
    method: 'POST',
    path: '/materials/:id/equipment',
    summary: 'A machine, or every machine of a thing model, that it is a spare part of.',
    permission: 'materials.manage',
    params: byId,
    query: none,
    body: z
      .object({
        deviceId: DeviceId.nullable(),
        thingModelCode: z.string().trim().min(1).max(80).nullable(),
        quantity: PositiveText,
        position: z.string().trim().max(100),
      })
      .refine(({ deviceId, thingModelCode }) => (deviceId === null) !== (thingModelCode === null), {
        message: 'oneOfTwo',
        path: ['deviceId'],
      }),
    response: done,
    status: 201,
    errors: [materialsErrors.notFound, materialsErrors.equipmentWrong],
  }),
  removeEquipment: removal('equipment', EquipmentId),
  addDocument: endpoint({
    method: 'POST',
    path: '/materials/:id/documents',
    summary: 'Adds a drawing with its revision, an image, a certificate: the body is the file as it is; the content decides what it is.',
    permission: 'materials.manage',
    params: byId,
    query: z.object({
      kind: DocumentKind,
      fileName: FileName,
      name: Name.optional(),
      /** Of a drawing both are needed: the letter, and the first day it holds. */
      revision: Revision.optional(),
      effectiveFrom: CalendarDate.optional(),
    }),
    body: z.undefined(),
    takes: 'bytes',
    bodyLimit: documentLimits.bytes,
    response: done,
    status: 201,
    errors: [
      materialsErrors.notFound,
      materialsErrors.revisionNeeded,
      materialsErrors.revisionTaken,
      materialsErrors.sameFile,
      materialsErrors.tooManyFiles,
      requestErrors.tooLarge,
      requestErrors.fileEmpty,
      requestErrors.fileTypeRefused,
      requestErrors.fileNotAsNamed,
    ],
  }),
  removeDocument: removal('documents', MaterialDocumentId),
  documentContent: endpoint({
    method: 'GET',
    path: '/materials/:id/documents/:partId/content',
    summary: 'The file itself. Images may be shown, everything else is saved.',
    permission: 'materials.read',
    params: z.object({ id: MaterialId, partId: MaterialDocumentId }),
    query: z.object({ as: z.enum(['shown', 'saved']).default('shown') }),
    body: z.undefined(),
    response: z.undefined(),
    answer: 'file',
    errors: [materialsErrors.notFound],
  }),
}
