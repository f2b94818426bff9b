import { type Context, inScope } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import { templatesErrors } from '../errors.ts'
import type { IndustryTemplate } from '../template.ts'
import type { Rooms, TemplatesTx } from './rooms.ts'
import { ruleKey, type Standing } from './template-rules.ts'

/** What the organisation has of a template's pieces already. */
export async function readStanding(rooms: Rooms, tx: TemplatesTx, { machines }: IndustryTemplate) {
  const known = opaque(tx)
  const places = await rooms.plant.places(known)
  const models: [string, NonNullable<Awaited<ReturnType<Rooms['devices']['newestModel']>>>][] = []
  for (const { model } of machines) {
    const own = await rooms.devices.newestModel(known, model.code)
    if (own) models.push([model.code, own])
  }
  const tables = await rooms.gateways.pointTables(known)
  const rules = await rooms.alarms.rulesOfModels(
    known,
    machines.map(({ model }) => model.code),
  )
  const standing: Standing = {
    places: new Set(places.map(({ code }) => code)),
    models: new Map(models),
    tables: new Set(tables.map(({ name }) => name.toLowerCase())),
    rules: new Set(rules.map(({ modelCode, name }) => ruleKey(modelCode, name))),
  }
  return { standing, places, tables }
}

type Places = Awaited<ReturnType<Rooms['plant']['places']>>

/** Errors: templates.siteNotFound, for one of another's sites too. */
export function siteIn(ctx: Context, places: Places, id: PlantNodeId) {
  const site = places.find((place) => place.id === id && place.level === 'site')
  if (!site || !inScope(ctx, site.siteId)) throw templatesErrors.siteNotFound({ id })
  return site
}
