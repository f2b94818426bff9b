import { z } from 'zod'
import { readDecimal, writeDecimal } from '#values/decimal.ts'

const Label = z.string().trim().min(1).max(60)

/** What materials of a category are described by besides name and specification. */
export const Attribute = z.object({
  /** Names it in files and by the API; the same key further down the tree replaces it. */
  key: z.string().regex(/^[a-z][a-zA-Z0-9]{0,39}$/, { message: 'attributeKey' }),
  label: Label,
  labelEn: Label.nullable(),
  type: z.enum(['text', 'number', 'choice', 'yesNo']),
  /** Of a number, as it is written behind it: mm, kW. */
  unit: z.string().trim().max(20).nullable(),
  choices: z.array(Label).max(100),
  required: z.boolean(),
})
export type Attribute = z.infer<typeof Attribute>

export const Template = z
  .array(Attribute)
  .max(50)
  .refine((attributes) => new Set(attributes.map((a) => a.key)).size === attributes.length, { message: 'attributeTwice' })
  .refine((attributes) => attributes.every((a) => a.type !== 'choice' || a.choices.length > 0), { message: 'attributeChoices' })

/** By key: text, a decimal as text, one of the choices, or yes / no. */
export const AttributeValues = z.record(z.string().max(40), z.union([z.string().trim().max(200), z.boolean()]))
export type AttributeValues = z.infer<typeof AttributeValues>

/** The template of a category: what stands nearer to it replaces what comes from further up, at the place where it stood. */
export function inherited(path: readonly (readonly Attribute[])[]): Attribute[] {
  const found = new Map<string, Attribute>()
  for (const own of path) for (const attribute of own) found.set(attribute.key, attribute)
  return [...found.values()]
}

export type AttributeProblem = 'required' | 'unknown' | 'notText' | 'notNumber' | 'notAChoice' | 'notYesNo'

/** The values in their normal form, or what is wrong with which of them. An empty text is no value. */
export function checkAttributes(
  template: readonly Attribute[],
  values: AttributeValues,
): { values: AttributeValues } | { problems: { key: string; problem: AttributeProblem }[] } {
  const known = new Map(template.map((attribute) => [attribute.key, attribute]))
  const problems: { key: string; problem: AttributeProblem }[] = []
  const checked: AttributeValues = {}
  for (const [key, value] of Object.entries(values)) {
    if (value === '') continue
    const attribute = known.get(key)
    const result = attribute ? checkValue(attribute, value) : { problem: 'unknown' as const }
    if ('problem' in result) problems.push({ key, problem: result.problem })
    else checked[key] = result.value
  }
  for (const { key, required } of template)
    if (required && checked[key] === undefined && !problems.some((p) => p.key === key)) problems.push({ key, problem: 'required' })
  return problems.length > 0 ? { problems } : { values: checked }
}

function checkValue({ type, choices }: Attribute, value: string | boolean): { value: string | boolean } | { problem: AttributeProblem } {
  switch (type) {
    case 'text':
      return typeof value === 'string' ? { value } : { problem: 'notText' }
    case 'number': {
      const number = typeof value === 'string' ? readDecimal(value) : undefined
      return number === undefined ? { problem: 'notNumber' } : { value: writeDecimal(number) }
    }
    case 'choice':
      return typeof value === 'string' && choices.includes(value) ? { value } : { problem: 'notAChoice' }
    case 'yesNo':
      return typeof value === 'boolean' ? { value } : { problem: 'notYesNo' }
    default:
      return type satisfies never
  }
}
