import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Industry } from '#modules/foundation/organisations/contract.ts'
import { PlantCode } from '#modules/shopfloor/plant/contract.ts'
import type { IndustryTemplate, IndustryTemplates } from '#modules/shopfloor/templates/template.ts'
import { AlarmRuleFile } from './alarm-rule.ts'
import { modelInputOf } from './model-input.ts'
import { type IndustryFile, loadIndustries, loadThingModels, type ThingModelFile } from './thing-models.ts'

const Named = z.strictObject({ code: PlantCode, name: z.string().min(1).max(80), nameEn: z.string().min(1).max(80) })

const Words = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })

const KpiFile = z.strictObject({
  key: z.string().regex(/^[a-z][A-Za-z]{1,39}$/),
  name: z.string().min(1),
  nameEn: z.string().min(1),
  unit: z.string().min(1),
  source: Words,
  formula: Words,
})
type KpiFile = z.infer<typeof KpiFile>

/** `industries/<industry>/template.yaml`: what its plants begin with besides the machine types that industry.yaml names. */
export const TemplateFile = z.strictObject({
  places: z.array(Named.extend({ lines: z.array(Named).min(1) })).min(1),
  /** By machine type. */
  alarms: z.record(z.string(), z.array(AlarmRuleFile).min(1)),
  kpis: z.array(z.strictObject({ kpi: z.string(), machine: z.string(), points: z.array(z.string()).min(1) })).min(5),
})
export type TemplateFile = z.infer<typeof TemplateFile>

const folder = import.meta.dirname
/** Of every plant, whatever it makes. */
const EVERY_PLANT = ['air-compressor', 'electricity-meter']
const RULES = 10

function read<Schema extends z.ZodType>(schema: Schema, file: string): z.output<Schema> {
  const parsed = schema.safeParse(parse(readFileSync(join(folder, file), 'utf8')))
  if (!parsed.success) throw new Error(`industries/${file}: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}

let loaded: IndustryTemplates | undefined

/** Every industry's template, read once; throws with the file's name where one is wrong or speaks of what does not exist. */
export function loadTemplates(): IndustryTemplates {
  loaded ??= readTemplates()
  return loaded
}

function readTemplates(): IndustryTemplates {
  const models = loadThingModels()
  const kpis = new Map(read(z.array(KpiFile), 'every-industry/kpis.yaml').map((kpi) => [kpi.key, kpi]))
  const made = loadIndustries().map((industry): [Industry, IndustryTemplate] => {
    const file = `${industry.industry}/template.yaml`
    return [industry.industry, templateOf(industry, read(TemplateFile, file), { models, kpis, file })]
  })
  return new Map(made)
}

interface Known {
  models: ReadonlyMap<string, ThingModelFile>
  kpis: ReadonlyMap<string, KpiFile>
  file: string
}

function templateOf(industry: IndustryFile, template: TemplateFile, { models, kpis, file }: Known): IndustryTemplate {
  const wrong = (text: string): never => {
    throw new Error(`industries/${file}: ${text}`)
  }
  const codes = [...industry.machines, ...EVERY_PLANT]
  const rules = Object.values(template.alarms).reduce((sum, of) => sum + of.length, 0)
  if (rules < RULES) wrong(`${rules} alarm rules, at least ${RULES} are wanted`)
  for (const code of Object.keys(template.alarms)) if (!codes.includes(code)) wrong(`alarms: ${code} is no machine type of it`)
  return {
    industry: industry.industry,
    name: industry.name,
    nameEn: industry.nameEn,
    places: template.places,
    machines: codes.map((code) => ({
      model: modelInputOf(models.get(code) ?? wrong(`there is no machine type ${code}`)),
      rules: template.alarms[code] ?? [],
    })),
    kpis: template.kpis.map(({ kpi, machine, points }) => {
      const facts = kpis.get(kpi) ?? wrong(`there is no key figure ${kpi}`)
      const has = new Set(models.get(codes.includes(machine) ? machine : '')?.properties.map(({ name }) => name))
      for (const point of points) if (!has.has(point)) wrong(`${kpi}: ${machine} has no ${point}`)
      return { ...facts, machine, points }
    }),
  }
}
