import { z } from 'zod'

/** Names stand in messages from devices: letters, digits and underscore. */
export const PointName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, { message: 'pointName' })

export const ValueType = z.enum(['number', 'integer', 'boolean', 'string'])
export type ValueType = z.infer<typeof ValueType>

/**
 * What a value is, which decides how it is rolled up. `instant`: a reading (mean, minimum, maximum); `counter`: a running total
 * (difference, resets recognised); `interval`: an amount that belongs to the time since the sample before (sum); `state`: time in each state.
 */
export const PointKind = z.enum(['instant', 'counter', 'interval', 'state'])
export type PointKind = z.infer<typeof PointKind>

const Label = z.string().trim().min(1).max(60)
const LabelEn = z.string().trim().max(60).nullable().default(null)

/** Code as the device sends it → what people read. */
export const States = z.record(z.string().min(1).max(40), z.string().trim().min(1).max(40))
export type States = z.infer<typeof States>

const MAX_PROPERTIES = 500

export const Property = z.object({
  name: PointName,
  label: Label,
  labelEn: LabelEn,
  valueType: ValueType,
  unit: z.string().trim().max(20).nullable().default(null),
  kind: PointKind,
  min: z.number().nullable().default(null),
  max: z.number().nullable().default(null),
  /** `r`: read; `rw`: may be written too. */
  access: z.enum(['r', 'rw']).default('r'),
  states: States.nullable().default(null),
  /** Decimal places a page shows. */
  decimals: z.int().min(0).max(9).nullable().default(null),
})
export type Property = z.infer<typeof Property>

const Parameter = Property.pick({ name: true, label: true, labelEn: true, valueType: true, unit: true, min: true, max: true })

export const ModelEvent = z.object({
  name: PointName,
  label: Label,
  labelEn: LabelEn,
  severity: z.enum(['info', 'warning', 'error']),
  parameters: z.array(Parameter).max(50).default([]),
})
export const ModelCommand = z.object({
  name: PointName,
  label: Label,
  labelEn: LabelEn,
  parameters: z.array(Parameter).max(50).default([]),
})

/** Properties, events and commands of a kind of device. */
export const Definition = z
  .object({
    properties: z.array(Property).min(1).max(MAX_PROPERTIES),
    events: z.array(ModelEvent).max(200).default([]),
    commands: z.array(ModelCommand).max(200).default([]),
  })
  .superRefine((definition, check) => {
    for (const list of ['properties', 'events', 'commands'] as const) {
      const names = definition[list].map((entry) => entry.name)
      const twice = names.findIndex((name, i) => names.indexOf(name) !== i)
      if (twice >= 0) check.addIssue({ code: 'custom', message: 'duplicateName', path: [list, twice, 'name'] })
    }
    for (const [i, property] of definition.properties.entries())
      for (const { field, message } of propertyIssues(property)) check.addIssue({ code: 'custom', message, path: ['properties', i, field] })
  })
export type Definition = z.infer<typeof Definition>

interface Issue {
  field: 'kind' | 'unit' | 'min' | 'states'
  message: string
}

/** What type and kind do not allow together. */
export function propertyIssues(p: Pick<Property, 'valueType' | 'kind' | 'unit' | 'min' | 'max' | 'states'>): Issue[] {
  const issues: Issue[] = []
  const numeric = p.valueType === 'number' || p.valueType === 'integer'
  if ((p.kind === 'counter' || p.kind === 'interval') && !numeric) issues.push({ field: 'kind', message: 'kindNeedsNumber' })
  if (p.kind === 'state' && p.valueType === 'number') issues.push({ field: 'kind', message: 'stateNeedsCode' })
  if (p.kind !== 'state' && p.states !== null) issues.push({ field: 'states', message: 'statesOnlyForState' })
  if (!numeric && p.unit !== null && p.unit !== '') issues.push({ field: 'unit', message: 'unitNeedsNumber' })
  if (!numeric && (p.min !== null || p.max !== null)) issues.push({ field: 'min', message: 'rangeNeedsNumber' })
  if (p.min !== null && p.max !== null && p.min > p.max) issues.push({ field: 'min', message: 'rangeReversed' })
  return issues
}

/** Names of properties that a new version turns into another quantity under the old name. */
export const changedQuantities = (before: Definition, after: Definition): string[] => {
  const old = new Map(before.properties.map((p) => [p.name, p]))
  return after.properties.filter((p) => !sameQuantity(old.get(p.name) ?? p, p)).map((p) => p.name)
}

/** Whether values of both belong into one history. */
export const sameQuantity = (a: Pick<Property, 'valueType' | 'unit' | 'kind'>, b: Pick<Property, 'valueType' | 'unit' | 'kind'>): boolean =>
  a.valueType === b.valueType && (a.unit ?? '') === (b.unit ?? '') && a.kind === b.kind

export const DOCUMENT_FORMAT = 'lianshu.thingModel/1'

/** A thing model as a file. */
export const ModelDocument = z.object({
  format: z.literal(DOCUMENT_FORMAT),
  code: z.string(),
  name: z.string(),
  nameEn: z.string().nullable().default(null),
  description: z.string().default(''),
  properties: z.array(z.unknown()),
  events: z.array(z.unknown()).default([]),
  commands: z.array(z.unknown()).default([]),
})
