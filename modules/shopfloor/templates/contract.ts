import { z } from 'zod'
import { Industry } from '#modules/foundation/organisations/contract.ts'
import { Priority, RuleInput } from '#modules/shopfloor/alarms/contract.ts'
import { alarmsErrors } from '#modules/shopfloor/alarms/errors.ts'
import { MeasuringPoint, ThingModelId } from '#modules/shopfloor/devices/contract.ts'
import { PointTableId } from '#modules/shopfloor/gateways/contract.ts'
import { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import { plantErrors } from '#modules/shopfloor/plant/errors.ts'
import { endpoint } from '#values/endpoint.ts'
import { permissions } from '#values/permission.ts'
import { templatesErrors } from './errors.ts'

export const templatesPermissions = permissions('templates', {
  read: ['owner', 'systemAdmin', 'engineer', 'staff'],
  apply: ['owner', 'engineer'],
})

const none = z.object({})
const names = { name: z.string(), nameEn: z.string() }
const words = z.object({ zh: z.string(), en: z.string() })
const path = z.object({ industry: Industry })

/** `new`: would be made; `there`: stands already and is left as it is; `blocked`: cannot be made beside what stands already. */
export const PieceState = z.enum(['new', 'there', 'blocked'])
export type PieceState = z.infer<typeof PieceState>

export const TemplateSummary = z.object({
  industry: Industry,
  ...names,
  machines: z.int(),
  rules: z.int(),
  kpis: z.int(),
})
export type TemplateSummary = z.infer<typeof TemplateSummary>

export const TemplatePlace = z.object({ code: z.string(), ...names, level: z.enum(['workshop', 'line']), state: PieceState })
export type TemplatePlace = z.infer<typeof TemplatePlace>

const { label, labelEn, unit, valueType, kind, states } = MeasuringPoint.shape
export const TemplatePoint = z.object({ name: MeasuringPoint.shape.name, label, labelEn, unit, valueType, kind, states })
export type TemplatePoint = z.infer<typeof TemplatePoint>

export const TemplateRule = RuleInput.pick({ pointName: true, condition: true, response: true, responseMinutes: true }).extend({
  ...names,
  priority: Priority,
  state: PieceState,
})
export type TemplateRule = z.infer<typeof TemplateRule>

export const TemplateMachine = z.object({
  code: z.string(),
  ...names,
  /** Of its thing model. */
  state: PieceState,
  modelId: ThingModelId.nullable(),
  points: z.array(TemplatePoint),
  /** Its point tables that stand already, by protocol. */
  tables: z.array(z.object({ id: PointTableId, name: z.string(), protocol: z.string() })),
  rules: z.array(TemplateRule),
})
export type TemplateMachine = z.infer<typeof TemplateMachine>

export const TemplateKpi = z.object({
  key: z.string(),
  ...names,
  unit: z.string(),
  source: words,
  formula: words,
  machine: z.string(),
  points: z.array(z.string()),
})

export const Template = TemplateSummary.omit({ machines: true, rules: true, kpis: true }).extend({
  places: z.array(TemplatePlace),
  machines: z.array(TemplateMachine),
  kpis: z.array(TemplateKpi),
})
export type Template = z.infer<typeof Template>

export const Counts = z.object({ places: z.int(), models: z.int(), tables: z.int(), rules: z.int() })
export type Counts = z.infer<typeof Counts>

export const templatesApi = {
  list: endpoint({
    method: 'GET',
    path: '/templates',
    summary: 'The industries that there is a template of.',
    permission: 'templates.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ templates: z.array(TemplateSummary) }),
    errors: [],
  }),
  get: endpoint({
    method: 'GET',
    path: '/templates/:industry',
    summary: 'What a template would make in one’s own organisation, piece by piece, and what stands already; changes nothing.',
    permission: 'templates.read',
    params: path,
    /** Places are looked for below it. */
    query: z.object({ siteId: PlantNodeId.optional() }),
    body: z.undefined(),
    response: Template,
    errors: [templatesErrors.notFound, templatesErrors.siteNotFound],
  }),
  apply: endpoint({
    method: 'POST',
    path: '/templates/:industry/apply',
    summary: 'Makes what is missing: all of it or nothing; what stands already is never changed. A second time it makes nothing.',
    permission: 'templates.apply',
    params: path,
    query: none,
    body: z.object({
      /** Below which workshops and lines are made; or the name of the first site of an empty plant; neither: no places. */
      siteId: PlantNodeId.nullable(),
      newSite: z.string().trim().min(1).max(80).nullable(),
      /** `protocol`: of the point table that is begun for it, null for none. */
      machines: z
        .array(z.object({ code: z.string().max(80), protocol: z.string().max(40).nullable() }))
        .min(1)
        .max(50),
    }),
    response: z.object({
      made: Counts,
      kept: Counts,
      /** Rules that the organisation’s own thing model of this code leaves no room for. */
      blocked: z.array(z.object({ machine: z.string(), rule: z.string() })),
    }),
    errors: [
      templatesErrors.notFound,
      templatesErrors.siteNotFound,
      templatesErrors.machineUnknown,
      templatesErrors.protocolUnknown,
      templatesErrors.plantExists,
      plantErrors.tooManyNodes,
      alarmsErrors.allSitesNeeded,
    ],
  }),
}
