import type { z } from 'zod'
import type { Industry } from '#modules/foundation/organisations/contract.ts'
import type { RuleInput } from '#modules/shopfloor/alarms/contract.ts'
import type { devicesApi } from '#modules/shopfloor/devices/contract.ts'

export type ModelInput = z.output<typeof devicesApi.createThingModel.body>

interface Named {
  code: string
  name: string
  nameEn: string
}

/** A rule as the template has it: of which machine it is, its place tells. */
export type TemplateRuleInput = Omit<RuleInput, 'deviceId' | 'modelCode'>

export interface TemplateKpiFacts {
  key: string
  name: string
  nameEn: string
  unit: string
  source: { zh: string; en: string }
  formula: { zh: string; en: string }
  /** Whose, and from which of its points. */
  machine: string
  points: string[]
}

/** What an industry’s plants begin with, as its files below industries/ say. */
export interface IndustryTemplate {
  industry: Industry
  name: string
  nameEn: string
  places: (Named & { lines: Named[] })[]
  machines: { model: ModelInput; rules: TemplateRuleInput[] }[]
  kpis: TemplateKpiFacts[]
}
export type IndustryTemplates = ReadonlyMap<Industry, IndustryTemplate>
