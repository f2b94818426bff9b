import { z } from 'zod'
import { MaterialId } from '#modules/trade/materials/contract.ts'
import { NonNegativeText, PositiveText } from '#values/decimal.ts'
import { endpoint } from '#values/endpoint.ts'
import { event } from '#values/event.ts'
import { idOf, OrgId } from '#values/ids.ts'
import { Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { permissions } from '#values/permission.ts'
import { qualityErrors } from './errors.ts'

export const DefectId = idOf('Defect')
export type DefectId = z.infer<typeof DefectId>
export const InspectionId = idOf('Inspection')
export type InspectionId = z.infer<typeof InspectionId>

export const qualityPermissions = permissions('quality', {
  read: ['owner', 'systemAdmin', 'engineer', 'staff', 'buyer', 'warehouse'],
  /** Whether a lot is accepted or goes back. */
  decide: ['owner', 'engineer'],
  /** Defect codes. */
  manage: ['owner', 'engineer'],
})

/** GB/T 2828.1 3.1.6: class A, B and C of nonconformity, as workshops call them. */
export const Severity = z.enum(['critical', 'major', 'minor'])
export type Severity = z.infer<typeof Severity>

export const DefectForm = z.object({
  code: z
    .string()
    .trim()
    .regex(/^[\p{L}\p{N}](?:[\p{L}\p{N}._/-]{0,18}[\p{L}\p{N}])?$/u, { message: 'defectCode' }),
  name: z.string().trim().min(1).max(60),
  nameEn: z.string().trim().min(1).max(120).nullable(),
  severity: Severity,
})
export type DefectForm = z.infer<typeof DefectForm>

/** 缺陷代码. */
export const Defect = DefectForm.extend({ id: DefectId, retired: z.boolean(), version: z.int() })
export type Defect = z.infer<typeof Defect>

export const InspectionResult = z.enum(['accepted', 'partly', 'rejected'])
export type InspectionResult = z.infer<typeof InspectionResult>

/** What was found: as the defect was called then. */
export const Finding = DefectForm.extend({ defectId: DefectId, quantity: PositiveText })
export type Finding = z.infer<typeof Finding>

/** 来料检验 of one lot of a receipt. Quantities in the unit of the order's line. */
export const InspectionSummary = z.object({
  id: InspectionId,
  number: z.string(),
  /** Null: it waits (待检). */
  result: InspectionResult.nullable(),
  receivedAt: Instant,
  receiptNumber: z.string(),
  shipmentId: z.uuid(),
  shipmentNumber: z.string(),
  supplier: z.object({ orgId: OrgId, name: z.string(), nameEn: z.string().nullable() }),
  orderNumber: z.string(),
  materialId: MaterialId,
  materialCode: z.string(),
  materialName: z.string(),
  specification: z.string(),
  unit: z.string(),
  lot: z.string().nullable(),
  serial: z.string().nullable(),
  quantity: PositiveText,
  accepted: NonNegativeText.nullable(),
  rejected: NonNegativeText.nullable(),
  inspector: z.string().nullable(),
  decidedAt: Instant.nullable(),
  version: z.int(),
})
export type InspectionSummary = z.infer<typeof InspectionSummary>

export const Inspection = InspectionSummary.extend({
  sampleSize: PositiveText.nullable(),
  findings: z.array(Finding),
  remarks: z.string(),
  /** What followed from a rejection. */
  returnNumber: z.string().nullable(),
  claimNumber: z.string().nullable(),
})
export type Inspection = z.infer<typeof Inspection>

export const Decision = z.object({
  accepted: NonNegativeText,
  rejected: NonNegativeText,
  sampleSize: PositiveText.nullable(),
  findings: z.array(z.object({ defectId: DefectId, quantity: PositiveText })).max(20),
  remarks: z.string().trim().max(500),
})
export type Decision = z.infer<typeof Decision>

const none = z.object({})
const byInspection = z.object({ id: InspectionId })
const version = z.int()

export const qualityApi = {
  inspections: endpoint({
    method: 'GET',
    path: '/quality/inspections',
    summary: 'Incoming inspections of this organisation: those that wait, and those that are decided.',
    permission: 'quality.read',
    params: none,
    query: listQuery(['receivedAt', 'number', 'supplier', 'material']).extend({
      state: z.enum(['waiting', 'decided', 'all']).default('all'),
      result: InspectionResult.optional(),
    }),
    body: z.undefined(),
    response: pageOf(InspectionSummary),
    errors: [],
  }),
  inspection: endpoint({
    method: 'GET',
    path: '/quality/inspections/:id',
    summary: 'One inspection with what was found.',
    permission: 'quality.read',
    params: byInspection,
    query: none,
    body: z.undefined(),
    response: Inspection,
    errors: [qualityErrors.notFound],
  }),
  decide: endpoint({
    method: 'POST',
    path: '/quality/inspections/:id/decide',
    summary:
      'Decides a lot, once: what is accepted goes from quarantine onto the shelf; what is rejected goes back to the supplier with a claim, the order’s counters and the accrual reversed. All in one transaction.',
    permission: 'quality.decide',
    params: byInspection,
    query: none,
    body: Decision.extend({ version }),
    response: Inspection,
    errors: [
      qualityErrors.notFound,
      qualityErrors.changedMeanwhile,
      qualityErrors.alreadyDecided,
      qualityErrors.sumDiffers,
      qualityErrors.sampleTooLarge,
      qualityErrors.reasonMissing,
      qualityErrors.defectTwice,
      qualityErrors.defectTooMany,
      qualityErrors.defectNotFound,
      qualityErrors.defectRetired,
    ],
  }),
  report: endpoint({
    method: 'GET',
    path: '/quality/inspections/:id/report',
    summary: 'The inspection report (检验报告) as a PDF, once it is decided.',
    permission: 'quality.read',
    params: byInspection,
    query: none,
    body: z.undefined(),
    response: z.undefined(),
    answer: 'file',
    errors: [qualityErrors.notFound, qualityErrors.notDecided],
  }),
  defects: endpoint({
    method: 'GET',
    path: '/quality/defects',
    summary: 'The catalogue of defect codes, those out of use among them.',
    permission: 'quality.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ defects: z.array(Defect) }),
    errors: [],
  }),
  createDefect: endpoint({
    method: 'POST',
    path: '/quality/defects',
    summary: 'A new defect code.',
    permission: 'quality.manage',
    params: none,
    query: none,
    body: DefectForm,
    response: Defect,
    status: 201,
    errors: [qualityErrors.codeTaken],
  }),
  changeDefect: endpoint({
    method: 'PATCH',
    path: '/quality/defects/:id',
    summary: 'Changes a defect code or takes it out of use; inspections keep what it was called when they were decided.',
    permission: 'quality.manage',
    params: z.object({ id: DefectId }),
    query: none,
    body: DefectForm.extend({ retired: z.boolean(), version }),
    response: Defect,
    errors: [qualityErrors.defectNotFound, qualityErrors.codeTaken, qualityErrors.changedMeanwhile],
  }),
}

export const qualityEvents = {
  decided: event(
    'quality.decided',
    1,
    z.object({
      inspectionId: InspectionId,
      number: z.string(),
      result: InspectionResult,
      supplierId: OrgId,
      materialId: MaterialId,
      accepted: NonNegativeText,
      rejected: NonNegativeText,
    }),
  ),
}
