import { z } from 'zod'

interface Words {
  zh: string
  en: string
}

/** What `.meta()` of a protocol's field says besides what zod knows. */
export interface FieldMeta extends Words {
  hint?: Words
  /** `ms`: behind the input. */
  unit?: string
  /** Goes to the secret store and never back to a page. */
  secret?: true
  /** Words of an enum's values. */
  choices?: Record<string, Words>
}

/** Words for `.meta()`. */
export const words = (meta: FieldMeta) => ({ ...meta })

export interface Field extends FieldMeta {
  name: string
  kind: 'text' | 'number' | 'boolean' | 'choice'
  required: boolean
  default?: string | number | boolean
  min?: number
  max?: number
  choices?: Record<string, Words>
}

interface Property extends FieldMeta {
  type?: string
  enum?: string[]
  default?: string | number | boolean
  minimum?: number
  maximum?: number
}

/** A protocol's schema as the fields of a form and the columns of a table, in their order. */
export function fieldsOf(schema: z.ZodObject): Field[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' })
  return Object.entries(properties).map(([name, property]) => field(name, property as unknown as Property, required.includes(name)))
}

function field(name: string, property: Property, required: boolean): Field {
  const { zh, en, hint, unit, secret, choices, minimum, maximum } = property
  return {
    name,
    kind: kindOf(name, property),
    required,
    zh,
    en,
    ...(hint && { hint }),
    ...(unit && { unit }),
    ...(secret && { secret }),
    ...(property.enum && { choices: Object.fromEntries(property.enum.map((value) => [value, choices?.[value] ?? same(value)])) }),
    ...(property.default !== undefined && { default: property.default }),
    ...(minimum !== undefined && { min: minimum }),
    ...(maximum !== undefined && { max: maximum }),
  }
}

const same = (value: string): Words => ({ zh: value, en: value })

function kindOf(name: string, property: Property): Field['kind'] {
  if (property.enum) return 'choice'
  switch (property.type) {
    case 'string':
      return 'text'
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    default:
      throw new Error(`${name}: a protocol's field is a text, a number, a boolean or an enum, not ${property.type}.`)
  }
}

/** Encodings that the texts of PLCs have. */
export const encodings = ['ascii', 'utf-8', 'gb18030'] as const
export type Encoding = (typeof encodings)[number]
