import { protocols } from '#edge/drivers/protocols.ts'
import type { ModelInfo } from '#modules/shopfloor/devices/public.ts'
import type { GatewaysPublic } from '#modules/shopfloor/gateways/public.ts'
import type { PieceState } from '../contract.ts'
import type { IndustryTemplate, ModelInput, TemplateRuleInput } from '../template.ts'

/** As much of an organisation as a template could meet. */
export interface Standing {
  /** Codes of places in use. */
  places: ReadonlySet<string>
  models: ReadonlyMap<string, Pick<ModelInfo, 'id' | 'retired' | 'definition'>>
  /** Names in lower case. */
  tables: ReadonlySet<string>
  /** By `ruleKey`. */
  rules: ReadonlySet<string>
}

export const ruleKey = (modelCode: string, name: string): string => `${modelCode} ${name}`

/** As PlantCode has it. */
const CODE_LENGTH = 40

/** Codes of places are unique in the organisation, and a second site may have the same workshops. */
export const placeCode = (siteCode: string, code: string): string => `${siteCode.slice(0, CODE_LENGTH - code.length - 1)}-${code}`

const SCAN_MS = 1_000

type NewTable = Parameters<GatewaysPublic['addPointTable']>[2]

/** Every property of the model with its place left to be filled in: nobody publishes where it lies in this very machine. */
export const rowsToFill = ({ definition }: Pick<ModelInput, 'definition'>): NewTable['rows'] =>
  definition.properties.map(({ name, access }) => ({ name, place: {}, scale: 1, offset: 0, periodMs: SCAN_MS, deadband: 0, access }))

export const tableName = ({ name }: Pick<ModelInput, 'name'>, protocol: string): string =>
  `${name} ${protocols[protocol]?.label.zh ?? protocol}`

/** Points that a rule looks at, of those that its machine has by the template. */
export function pointsOf({ pointName, condition, suppression }: TemplateRuleInput, model: Pick<ModelInput, 'definition'>): string[] {
  const words = condition.kind === 'expression' ? (condition.expression.match(/[A-Za-z_]\w*/g) ?? []) : []
  const from = condition.kind === 'deviation' && typeof condition.from === 'string' ? [condition.from] : []
  const wanted = new Set([pointName, ...from, ...(suppression ? [suppression.pointName] : []), ...words])
  return model.definition.properties.map(({ name }) => name).filter((name) => wanted.has(name))
}

export const modelState = ({ models }: Standing, { code }: Pick<ModelInput, 'code'>): PieceState => {
  const own = models.get(code)
  return own === undefined ? 'new' : own.retired ? 'blocked' : 'there'
}

/** A rule of a model that the organisation has in its own way fits only where its points are there, as numbers. */
export function ruleState(standing: Standing, model: ModelInput, rule: TemplateRuleInput): PieceState {
  if (standing.rules.has(ruleKey(model.code, rule.name))) return 'there'
  const own = standing.models.get(model.code)
  if (own === undefined) return 'new'
  const watchable = new Set(own.definition.properties.filter(({ valueType }) => valueType !== 'string').map(({ name }) => name))
  return !own.retired && pointsOf(rule, model).every((name) => watchable.has(name)) ? 'new' : 'blocked'
}

export const placeState = ({ places }: Standing, siteCode: string | undefined, code: string): PieceState =>
  siteCode !== undefined && places.has(placeCode(siteCode, code)) ? 'there' : 'new'

export const summaryOf = ({ industry, name, nameEn, machines, kpis }: IndustryTemplate) => ({
  industry,
  name,
  nameEn,
  machines: machines.length,
  rules: machines.reduce((sum, { rules }) => sum + rules.length, 0),
  kpis: kpis.length,
})
