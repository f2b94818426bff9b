import type { ThingModel } from '../contract.ts'
import type { Definition, PointKind, ValueType } from '../thing-model.ts'
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

export interface ExtraValues {
  name: string
  label: string
  labelEn?: string | null
  severity?: 'info' | 'warning' | 'error'
  parameters?: Definition['commands'][number]['parameters']
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
  events: (values.events ?? []).map((e) => ({ ...e, labelEn: e.labelEn || null, severity: e.severity ?? 'info' })),
  commands: (values.commands ?? []).map((c) => ({ ...c, labelEn: c.labelEn || null })),
})
