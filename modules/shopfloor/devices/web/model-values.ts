import type { ThingModel } from '../contract.ts'
import type { PointKind, ValueType } from '../thing-model.ts'
import { parseStates, statesText } from './states-text.ts'

export interface PropertyValues {
  name: string
  label: string
  labelEn?: string | null
  valueType: ValueType
  kind: PointKind
  unit?: string | null
  min?: number | null
  max?: number | null
  decimals?: number | null
  access: 'r' | 'rw'
  states?: string
}

export interface ParameterValues {
  name: string
  label: string
  labelEn?: string | null
  valueType: ValueType
  unit?: string | null
  min?: number | null
  max?: number | null
}

export interface ExtraValues {
  name: string
  label: string
  labelEn?: string | null
  severity?: 'info' | 'warning' | 'error'
  parameters?: ParameterValues[]
}

export interface ModelValues {
  code: string
  name: string
  nameEn?: string | null
  description?: string
  properties?: PropertyValues[]
  events?: ExtraValues[]
  commands?: ExtraValues[]
}

export const emptyProperty = (): Partial<PropertyValues> => ({ valueType: 'number', kind: 'instant', access: 'r' })

export const valuesOf = (model: ThingModel): ModelValues => ({
  code: model.code,
  name: model.name,
  nameEn: model.nameEn,
  description: model.description,
  properties: model.definition.properties.map((p) => ({ ...p, states: statesText(p.states) })),
  events: model.definition.events,
  commands: model.definition.commands,
})

/** What the contract's schema checks; what is empty in the form is null there. */
export const definitionOf = (values: ModelValues): unknown => ({
  properties: (values.properties ?? []).map((p) => ({
    ...p,
    labelEn: p.labelEn || null,
    unit: p.unit || null,
    min: p.min ?? null,
    max: p.max ?? null,
    decimals: p.decimals ?? null,
    states: p.kind === 'state' ? (parseStates(p.states ?? '') ?? null) : null,
  })),
  events: (values.events ?? []).map((e) => ({
    ...e,
    labelEn: e.labelEn || null,
    severity: e.severity ?? 'info',
    parameters: parametersOf(e),
  })),
  commands: (values.commands ?? []).map((c) => ({ ...c, labelEn: c.labelEn || null, parameters: parametersOf(c) })),
})

/** A text or switch has neither unit nor range, whatever was typed before its type was changed. */
const parametersOf = ({ parameters = [] }: ExtraValues) =>
  parameters.map((parameter) => {
    const isNumeric = parameter.valueType === 'number' || parameter.valueType === 'integer'
    const { unit, min, max } = isNumeric ? parameter : {}
    return { ...parameter, labelEn: parameter.labelEn || null, unit: unit || null, min: min ?? null, max: max ?? null }
  })
