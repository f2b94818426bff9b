import { z } from 'zod'

interface JsonSchema {
  type?: string | string[]
  entity?: string
  format?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  minItems?: number
  minimum?: number
  exclusiveMinimum?: number
  minLength?: number
  default?: unknown
  pattern?: string
  examples?: unknown[]
}

/** What a stranger would send: real ids by entity name, real values by field name where the schema cannot tell what fits. */
export interface KnownValues {
  ids: Record<string, string>
  fields: Record<string, unknown>
}

/** The smallest input that fits a schema, every optional field filled in too, with the given ids wherever an id is asked for. */
export function sampleOf(schema: z.ZodType, known: KnownValues): unknown {
  if (schema.def.type === 'undefined') return undefined
  return sample(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema, known, '')
}

function sample(s: JsonSchema, known: KnownValues, name: string): unknown {
  if (name in known.fields) return known.fields[name]
  if (s.entity !== undefined) return known.ids[s.entity] ?? known.ids.any
  if (s.const !== undefined) return s.const
  if (s.enum) return s.enum[0]
  const choice = s.anyOf ?? s.oneOf
  if (choice) return sample(choice.find((one) => one.type !== 'null') ?? {}, known, name)
  if (s.allOf) return Object.assign({}, ...s.allOf.map((one) => sample(one, known, name) as object))
  const type = Array.isArray(s.type) ? s.type[0] : s.type
  switch (type) {
    case 'object':
      return Object.fromEntries(Object.entries(s.properties ?? {}).map(([key, value]) => [key, sample(value, known, key)]))
    case 'array':
      return s.items ? [sample(s.items, known, singular(name))] : []
    case 'integer':
    case 'number':
      return s.minimum ?? (s.exclusiveMinimum === undefined ? 1 : s.exclusiveMinimum + 1)
    case 'boolean':
      return true
    case 'string':
      return text(s, known, name)
    default:
      return null
  }
}

const singular = (name: string) => name.replace(/s$/, '')

function text(s: JsonSchema, known: KnownValues, name: string): string {
  if (typeof s.examples?.[0] === 'string') return s.examples[0]
  if (s.format === 'uuid' || /uuid/i.test(s.pattern ?? '')) return known.ids.any ?? ''
  if (s.format === 'date-time') return '2026-01-01T00:00:00Z'
  if (s.format === 'date') return '2026-01-01'
  return (name || 'text').padEnd(s.minLength ?? 1, 'x').slice(0, 40)
}
