import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { requestErrors } from '#values/errors.ts'
import { idOf } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { deviceErrors } from './errors.ts'

export const AttachmentId = idOf('DeviceAttachment')
export type AttachmentId = z.infer<typeof AttachmentId>

export const DocumentKind = z.enum(['manual', 'certificate', 'drawing', 'maintenanceRecord', 'other'])
export type DocumentKind = z.infer<typeof DocumentKind>
export const AttachmentKind = z.enum(['photo', ...DocumentKind.options])
export type AttachmentKind = z.infer<typeof AttachmentKind>

export const attachmentLimits = { bytes: 32 * 1024 * 1024, photos: 50, documents: 200 } as const

/** Of a file: no path, no control character, and none that turns the writing round so that an extension reads as another. */
export const FileName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^/\\\p{C}]+$/u, { message: 'fileName' })
const Name = z.string().trim().min(1).max(100)

export const Attachment = z.object({
  id: AttachmentId,
  kind: AttachmentKind,
  name: z.string(),
  fileName: z.string(),
  /** As the content says. */
  mediaType: z.string(),
  bytes: z.int(),
  /** The photo that stands for the device. */
  main: z.boolean(),
  /** Of a certificate: the last day it holds. */
  validUntil: CalendarDate.nullable(),
  addedAt: Instant,
  /** Empty where it was a program. */
  addedBy: z.string(),
  version: z.int(),
})
export type Attachment = z.infer<typeof Attachment>

/** As `DeviceId` of the contract, which imports this file. */
const devicePath = z.object({ id: idOf('Device') })
const attachmentPath = devicePath.extend({ attachmentId: AttachmentId })
const none = z.object({})

/** Photos and documents of a device; a part of `devicesApi`. */
export const attachmentEndpoints = {
  attachments: endpoint({
    method: 'GET',
    path: '/devices/:id/attachments',
    summary: 'Photos and documents of a device, the main photo first, then the newest.',
    permission: 'devices.read',
    params: devicePath,
    query: none,
    body: z.undefined(),
    response: z.object({ attachments: z.array(Attachment) }),
    errors: [deviceErrors.notFound],
  }),
  addAttachment: endpoint({
    method: 'POST',
    path: '/devices/:id/attachments',
    summary:
      'Adds a photo or document: the body is the file as it is. Taken are JPEG, PNG, WebP; as a document also PDF, XLSX, DOCX, DWG, STEP, CSV, TXT. The content decides what it is and must fit the extension.',
    permission: 'devices.manage',
    params: devicePath,
    query: z.object({ kind: AttachmentKind, fileName: FileName, name: Name.optional(), validUntil: CalendarDate.optional() }),
    body: z.undefined(),
    takes: 'bytes',
    bodyLimit: attachmentLimits.bytes,
    response: Attachment,
    status: 201,
    errors: [
      deviceErrors.notFound,
      deviceErrors.sameFile,
      deviceErrors.tooManyFiles,
      requestErrors.tooLarge,
      requestErrors.fileEmpty,
      requestErrors.fileTypeRefused,
      requestErrors.fileNotAsNamed,
    ],
  }),
  updateAttachment: endpoint({
    method: 'PATCH',
    path: '/devices/:id/attachments/:attachmentId',
    summary:
      'Changes what a photo or document is called, its kind and until when it holds; `main` makes a photo the one that stands for the device.',
    permission: 'devices.manage',
    params: attachmentPath,
    query: none,
    body: z.object({
      version: z.int(),
      name: Name.optional(),
      /** A photo stays a photo, a document a document. */
      kind: DocumentKind.optional(),
      validUntil: CalendarDate.nullable().optional(),
      main: z.literal(true).optional(),
    }),
    response: Attachment,
    errors: [deviceErrors.notFound, deviceErrors.attachmentNotFound, deviceErrors.changedMeanwhile, deviceErrors.notOfThisKind],
  }),
  removeAttachment: endpoint({
    method: 'DELETE',
    path: '/devices/:id/attachments/:attachmentId',
    summary: 'Takes a photo or document away; its bytes are destroyed 30 days later.',
    permission: 'devices.manage',
    params: attachmentPath,
    query: none,
    body: z.undefined(),
    response: z.object({ done: z.literal(true) }),
    errors: [deviceErrors.notFound, deviceErrors.attachmentNotFound],
  }),
  attachmentContent: endpoint({
    method: 'GET',
    path: '/devices/:id/attachments/:attachmentId/content',
    summary: 'The file itself. Images may be shown, everything else is saved; `as=saved` saves images too. Ranges are answered.',
    permission: 'devices.read',
    params: attachmentPath,
    query: z.object({ as: z.enum(['shown', 'saved']).default('shown') }),
    body: z.undefined(),
    response: z.undefined(),
    answer: 'file',
    errors: [deviceErrors.notFound, deviceErrors.attachmentNotFound],
  }),
}
