import { z } from 'zod'
import type { Endpoint } from '#values/endpoint.ts'

/** A JSON schema as zod writes it, as far as the contracts use it. */
interface JsonSchema {
  $ref?: string
  $defs?: Record<string, JsonSchema>
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  prefixItems?: JsonSchema[]
  additionalProperties?: JsonSchema | boolean
}

const schemaOf = (schema: z.ZodType, io: 'input' | 'output') =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline', cycles: 'throw' }) as JsonSchema
const isNothing = (schema: z.ZodType) => schema.def.type === 'undefined'

/** As TypeScript, ids as plain strings: an integrator has no use for our brands. */
export function typeOf(s: JsonSchema): string {
  if (s.const !== undefined) return JSON.stringify(s.const)
  if (s.enum) return s.enum.map((one) => JSON.stringify(one)).join(' | ') || 'never'
  const choice = s.anyOf ?? s.oneOf
  if (choice) return [...new Set(choice.map(typeOf))].join(' | ')
  if (s.allOf) return s.allOf.map((one) => `(${typeOf(one)})`).join(' & ')
  if (Array.isArray(s.type)) return s.type.map((type) => typeOf({ ...s, type })).join(' | ')
  switch (s.type) {
    case 'string':
      return 'string'
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'null':
      return 'null'
    case 'array':
      return s.prefixItems ? `[${s.prefixItems.map(typeOf).join(', ')}]` : `(${s.items ? typeOf(s.items) : 'unknown'})[]`
    case 'object':
      return objectType(s)
    default:
      return 'unknown'
  }
}

function objectType({ properties = {}, required = [], additionalProperties }: JsonSchema): string {
  const fields = Object.entries(properties).map(([name, one]) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)
    return `${key}${required.includes(name) ? '' : '?'}: ${typeOf(one)}`
  })
  if (fields.length > 0) return `{ ${fields.join('; ')} }`
  return typeof additionalProperties === 'object' ? `Record<string, ${typeOf(additionalProperties)}>` : '{}'
}

/** What stands in an address may be given as what it means: `activeOnly: true`, `limit: 50`. */
function queryType(schema: z.ZodType): string {
  const { properties = {}, required = [] } = schemaOf(schema, 'input')
  const meant = schemaOf(schema, 'output').properties ?? {}
  const fields = Object.entries(properties).map(([name, one]) => {
    const types = new Set([typeOf(one), meant[name] ? typeOf(meant[name]) : ''].filter((type) => type !== '' && type !== 'unknown'))
    return `${name}${required.includes(name) && one.type !== undefined ? '' : '?'}: ${[...types].join(' | ') || 'unknown'}`
  })
  return `{ ${fields.join('; ')} }`
}

function inputType(e: Endpoint): { type: string; optional: boolean } {
  const parts: string[] = []
  let optional = true
  for (const [name, schema] of [
    ['params', e.params],
    ['query', e.query],
    ['body', e.body],
  ] as const) {
    if (isNothing(schema)) continue
    const json = schemaOf(schema, 'input')
    if (json.type === 'object' && Object.keys(json.properties ?? {}).length === 0 && typeof json.additionalProperties !== 'object') continue
    const needed = name === 'params' || (json.required ?? []).length > 0 || json.type !== 'object'
    if (needed) optional = false
    parts.push(`${name}${needed ? '' : '?'}: ${name === 'query' ? queryType(schema) : typeOf(json)}`)
  }
  if (e.takes === 'bytes') {
    optional = false
    parts.push('bytes: Uint8Array')
  }
  return { type: parts.length > 0 ? `{ ${parts.join('; ')} }` : '{}', optional }
}

function answerType(e: Endpoint): string {
  switch (e.answer) {
    case 'sse':
      return `AsyncIterableIterator<${typeOf(schemaOf(e.response, 'output'))}>`
    case 'csv':
      return 'string'
    case 'xlsx':
    case 'pdf':
    case 'file':
      return 'Uint8Array'
    default:
      return isNothing(e.response) ? 'void' : typeOf(schemaOf(e.response, 'output'))
  }
}

export function methodType(name: string, e: Endpoint): string {
  const { type, optional } = inputType(e)
  const codes = e.errors.map((error) => error.code)
  const note = [e.summary, `Permission: ${e.permission}.`, ...(codes.length > 0 ? [`Errors: ${codes.join(', ')}.`] : [])]
    .join(' ')
    .replaceAll('*/', '* /')
  // A property, not a method: it may be handed to `each` by itself.
  return `  /** ${note} */\n  ${name}: (input${optional ? '?' : ''}: ${type}, options?: CallOptions) => Promise<${answerType(e)}>`
}
