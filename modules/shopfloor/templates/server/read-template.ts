import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { Industry } from '#modules/foundation/organisations/contract.ts'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import type { Template, TemplatePlace } from '../contract.ts'
import { templatesErrors } from '../errors.ts'
import type { IndustryTemplate } from '../template.ts'
import { readStanding, siteIn } from './read-standing.ts'
import type { Rooms } from './rooms.ts'
import { modelState, placeState, ruleState, type Standing, tableName } from './template-rules.ts'

export function templateOf({ templates }: Pick<Rooms, 'templates'>, industry: Industry): IndustryTemplate {
  const template = templates().get(industry)
  if (!template) throw templatesErrors.notFound({ industry })
  return template
}

/** Errors: templates.notFound, templates.siteNotFound. */
export const readTemplate = (
  rooms: Rooms,
  ctx: Context,
  industry: Industry,
  siteId: PlantNodeId | undefined,
): Promise<z.input<typeof Template>> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const template = templateOf(rooms, industry)
    const { standing, places, tables } = await readStanding(rooms, tx, template)
    const site = siteId === undefined ? undefined : siteIn(ctx, places, siteId)
    return {
      industry,
      name: template.name,
      nameEn: template.nameEn,
      places: placesOf(template, standing, site?.code),
      machines: template.machines.map(({ model, rules }) => ({
        code: model.code,
        name: model.name,
        nameEn: model.nameEn ?? model.name,
        state: modelState(standing, model),
        modelId: standing.models.get(model.code)?.id ?? null,
        points: model.definition.properties.map(({ name, label, labelEn, unit, valueType, kind, states }) => ({
          name,
          label,
          labelEn,
          unit,
          valueType,
          kind,
          states,
        })),
        tables: tables.filter(({ name, protocol }) => name.toLowerCase() === tableName(model, protocol).toLowerCase()),
        rules: rules.map((rule) => ({
          name: rule.name,
          nameEn: rule.nameEn ?? rule.name,
          pointName: rule.pointName,
          condition: rule.condition,
          priority: rule.priority,
          response: rule.response,
          responseMinutes: rule.responseMinutes,
          state: ruleState(standing, model, rule),
        })),
      })),
      kpis: template.kpis,
    }
  })

const placesOf = ({ places }: IndustryTemplate, standing: Standing, siteCode: string | undefined): TemplatePlace[] =>
  places.flatMap(({ lines, ...workshop }) => [
    { ...placeView(workshop), level: 'workshop' as const, state: placeState(standing, siteCode, workshop.code) },
    ...lines.map((line) => ({ ...placeView(line), level: 'line' as const, state: placeState(standing, siteCode, line.code) })),
  ])

const placeView = ({ code, name, nameEn }: { code: string; name: string; nameEn: string }) => ({ code, name, nameEn })
