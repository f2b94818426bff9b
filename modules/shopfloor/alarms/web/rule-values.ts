import type { Condition } from '../condition.ts'
import type { AlarmRule, Priority, RuleInput } from '../contract.ts'

export const kinds = ['limit', 'rate', 'deviation', 'state', 'expression', 'noData'] as const

/** A point as the form offers it. */
export interface PointChoice {
  name: string
  label: string
  unit: string | null
  /** Code → words; null: it is no state. */
  codes: Record<string, string> | null
}

/** A rule as the form holds it: one field each. */
export interface RuleValues {
  name: string
  nameEn?: string | null
  scope: 'device' | 'model'
  deviceId?: string
  modelCode?: string
  pointName: string
  priority: Priority
  kind: (typeof kinds)[number]
  level: 'HH' | 'H' | 'L' | 'LL'
  limit?: number
  deadband?: number | null
  direction: 'rise' | 'fall' | 'either'
  perS: 1 | 60 | 3600
  fromKind: 'value' | 'point'
  fromValue?: number
  fromPoint?: string
  values: number[]
  expression?: string
  afterS?: number
  onDelayS?: number | null
  offDelayS?: number | null
  badQuality: 'ignore' | 'raise'
  suppressionPoint?: string | null
  suppressionValues: number[]
  latched: boolean
  cause: string
  consequence: string
  response: string
  responseMinutes?: number | null
  notify: boolean
  escalateMinutes?: number | null
}

const usual: RuleValues = {
  name: '',
  scope: 'device',
  pointName: undefined as never,
  priority: 'medium',
  kind: 'limit',
  level: 'H',
  direction: 'either',
  perS: 60,
  fromKind: 'value',
  values: [],
  afterS: 300,
  deadband: 0,
  onDelayS: 0,
  offDelayS: 0,
  badQuality: 'ignore',
  suppressionValues: [],
  latched: false,
  cause: '',
  consequence: '',
  response: '',
  notify: false,
}

export function valuesOfRule(rule: AlarmRule | undefined, deviceId: string | undefined): RuleValues {
  if (!rule) return { ...usual, ...(deviceId ? { deviceId } : {}) }
  const { condition, suppression, deviceId: device, modelCode, ...rest } = rule
  return {
    ...usual,
    ...rest,
    scope: device ? 'device' : 'model',
    ...(device ? { deviceId: device } : {}),
    ...(modelCode ? { modelCode } : {}),
    ...fieldsOf(condition),
    suppressionPoint: suppression?.pointName ?? null,
    suppressionValues: suppression?.values ?? [],
  }
}

function fieldsOf(condition: Condition): Partial<RuleValues> {
  if (condition.kind !== 'deviation') return condition
  const { from, ...rest } = condition
  return typeof from === 'number' ? { ...rest, fromKind: 'value', fromValue: from } : { ...rest, fromKind: 'point', fromPoint: from }
}

export function ruleOfValues(values: RuleValues): RuleInput {
  return {
    name: values.name,
    nameEn: values.nameEn?.trim() || null,
    deviceId: values.scope === 'device' ? ((values.deviceId ?? null) as RuleInput['deviceId']) : null,
    modelCode: values.scope === 'model' ? (values.modelCode ?? null) : null,
    pointName: values.pointName,
    condition: conditionOf(values),
    onDelayS: values.onDelayS ?? 0,
    offDelayS: values.offDelayS ?? 0,
    badQuality: values.badQuality,
    suppression: values.suppressionPoint ? { pointName: values.suppressionPoint, values: values.suppressionValues } : null,
    priority: values.priority,
    latched: values.latched,
    cause: values.cause ?? '',
    consequence: values.consequence ?? '',
    response: values.response ?? '',
    responseMinutes: values.responseMinutes ?? null,
    notify: values.notify,
    escalateMinutes: values.escalateMinutes ?? null,
  }
}

function conditionOf(values: RuleValues): Condition {
  const limit = values.limit ?? 0
  const deadband = values.deadband ?? 0
  switch (values.kind) {
    case 'limit':
      return { kind: 'limit', level: values.level, limit, deadband }
    case 'rate':
      return { kind: 'rate', direction: values.direction, perS: values.perS, limit, deadband }
    case 'deviation': {
      const from = values.fromKind === 'point' ? (values.fromPoint ?? '') : (values.fromValue ?? 0)
      return { kind: 'deviation', from, limit, deadband }
    }
    case 'state':
      return { kind: 'state', values: values.values }
    case 'expression':
      return { kind: 'expression', expression: values.expression ?? '' }
    case 'noData':
      return { kind: 'noData', afterS: values.afterS ?? 300 }
    default:
      return values.kind satisfies never
  }
}
