import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { Industry } from '#modules/foundation/organisations/contract.ts'

const Words = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })

/** One property of a machine type: what a device of that type sends under this name, and how it is to be read. */
const Property = z
  .strictObject({
    name: z.string().regex(/^[a-z][A-Za-z0-9]{0,62}$/),
    label: z.string().min(1).max(40),
    labelEn: z.string().min(1).max(60),
    valueType: z.enum(['number', 'integer', 'boolean', 'string']),
    /** Roll-ups differ by it: a mean of instants, an increase of a counter, a sum of intervals, a time share of states. */
    kind: z.enum(['instant', 'counter', 'interval', 'state']),
    unit: z.string().max(20).optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    decimals: z.int().min(0).max(6).optional(),
    /** `rw`: may be written too. */
    access: z.enum(['r', 'rw']).optional(),
    /** Code on the wire → the words on the page. */
    states: z.record(z.string(), Words).optional(),
  })
  .refine((p) => p.kind !== 'counter' || ['number', 'integer'].includes(p.valueType), { message: 'a counter is a number' })
  .refine((p) => p.min === undefined || p.max === undefined || p.min < p.max, { message: 'min lies below max' })
  .refine((p) => p.valueType !== 'number' || p.decimals !== undefined, { message: 'a number says how many decimals it has' })
  .refine((p) => p.states === undefined || p.kind === 'state', { message: 'only a state has states' })

/** A machine type as data: `industries/<industry>/thing-models/<code>.yaml`. */
export const ThingModelFile = z
  .strictObject({
    code: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
    name: z.string().min(1).max(60),
    nameEn: z.string().min(1).max(80),
    version: z.int().min(1),
    properties: z.array(Property).min(1).max(200),
  })
  .refine((m) => new Set(m.properties.map((p) => p.name)).size === m.properties.length, { message: 'a property is named twice' })
export type ThingModelFile = z.infer<typeof ThingModelFile>
export type ThingModelProperty = ThingModelFile['properties'][number]

/** One of the seven sub-industries: its name and the machine types it starts with. */
export const IndustryFile = z.strictObject({
  industry: Industry,
  name: z.string().min(1),
  nameEn: z.string().min(1),
  machines: z.array(z.string()).min(5),
})
export type IndustryFile = z.infer<typeof IndustryFile>

const folder = import.meta.dirname
const files = (pattern: string) => globSync(pattern, { cwd: folder }).sort()
const read = (file: string): unknown => parse(readFileSync(join(folder, file), 'utf8'))

/** Every machine type by its code, as its file says; throws with the file's name where one is wrong. */
export function loadThingModels(): Map<string, ThingModelFile> {
  const models = new Map<string, ThingModelFile>()
  for (const file of files('*/thing-models/*.yaml')) {
    const parsed = ThingModelFile.safeParse(read(file))
    if (!parsed.success) throw new Error(`industries/${file}: ${z.prettifyError(parsed.error)}`)
    if (`${parsed.data.code}.yaml` !== basename(file)) throw new Error(`industries/${file}: its code is ${parsed.data.code}`)
    if (models.has(parsed.data.code)) throw new Error(`industries/${file}: ${parsed.data.code} exists twice`)
    models.set(parsed.data.code, parsed.data)
  }
  return models
}

export const loadIndustries = (): IndustryFile[] =>
  files('*/industry.yaml').map((file) => {
    const parsed = IndustryFile.safeParse(read(file))
    if (!parsed.success) throw new Error(`industries/${file}: ${z.prettifyError(parsed.error)}`)
    if (parsed.data.industry !== dirname(file)) throw new Error(`industries/${file} speaks of ${parsed.data.industry}`)
    return parsed.data
  })
