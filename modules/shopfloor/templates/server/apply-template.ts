import { sql } from 'kysely'
import type { z } from 'zod'
import { protocols } from '#edge/drivers/protocols.ts'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { Industry } from '#modules/foundation/organisations/contract.ts'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import type { Counts, templatesApi } from '../contract.ts'
import { templatesErrors } from '../errors.ts'
import type { IndustryTemplate } from '../template.ts'
import { readStanding, siteIn } from './read-standing.ts'
import { templateOf } from './read-template.ts'
import type { Rooms, TemplatesTx } from './rooms.ts'
import { modelState, placeCode, rowsToFill, ruleState, type Standing, tableName } from './template-rules.ts'

type Wanted = z.output<typeof templatesApi.apply.body>
type Applied = z.input<typeof templatesApi.apply.response>

/** Of one organisation one after the other: two at once would both find nothing there. */
const oneByOne = (tx: TemplatesTx) =>
  sql`select pg_advisory_xact_lock(hashtextextended('templates.' || ${tx.orgId}::text, 0))`.execute(tx.sql)

/** All or nothing. Errors: those of the endpoint `apply`. */
export const applyTemplate = (rooms: Rooms, ctx: Context, industry: Industry, wanted: Wanted): Promise<Applied> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const template = templateOf(rooms, industry)
    await oneByOne(tx)
    const { standing, places } = await readStanding(rooms, tx, template)
    const applying: Applying = { rooms, tx, ctx, standing, applied: { made: nothing(), kept: nothing(), blocked: [] } }
    const site =
      wanted.siteId !== null
        ? siteIn(ctx, places, wanted.siteId)
        : wanted.newSite !== null
          ? await firstSite(applying, places, wanted.newSite)
          : undefined
    checkMachines(template, wanted)
    if (site) await addPlaces(applying, template, site)
    for (const { code, protocol } of wanted.machines) {
      const machine = template.machines.find(({ model }) => model.code === code)
      if (machine) await addMachine(applying, machine, protocol)
    }
    return applying.applied
  })

interface Applying {
  rooms: Rooms
  tx: TemplatesTx
  ctx: Context
  standing: Standing
  applied: Applied & { made: Counts; kept: Counts }
}

const nothing = (): Counts => ({ places: 0, models: 0, tables: 0, rules: 0 })

function checkMachines({ machines }: IndustryTemplate, wanted: Wanted): void {
  const known = new Set(machines.map(({ model }) => model.code))
  for (const { code, protocol } of wanted.machines) {
    if (!known.has(code)) throw templatesErrors.machineUnknown({ code })
    if (protocol !== null && !Object.hasOwn(protocols, protocol)) throw templatesErrors.protocolUnknown({ protocol })
  }
}

const FIRST_SITE = 'S-01'

/** Of an organisation without sites; its enterprise is made with it where there is none. Errors: templates.plantExists. */
async function firstSite(
  { rooms, tx, ctx, applied }: Applying,
  places: Awaited<ReturnType<Rooms['plant']['places']>>,
  name: string,
): Promise<{ id: PlantNodeId; code: string }> {
  if (places.some(({ level }) => level === 'site')) throw templatesErrors.plantExists()
  const own = (await rooms.organisations.labels(opaque(tx), [tx.orgId])).get(tx.orgId)
  const add = async (
    parentId: PlantNodeId | null,
    level: 'enterprise' | 'site',
    code: string,
    named: { name: string; nameEn: string | null },
  ) => {
    applied.made.places++
    return rooms.plant.addNode(opaque(tx), ctx, { parentId, level, code, ...named })
  }
  const enterprise =
    places.find(({ level }) => level === 'enterprise')?.id ??
    (await add(null, 'enterprise', 'E', { name: own?.name ?? name, nameEn: own?.nameEn ?? null }))
  return { id: await add(enterprise, 'site', FIRST_SITE, { name, nameEn: null }), code: FIRST_SITE }
}

async function addPlaces(applying: Applying, template: IndustryTemplate, site: { id: PlantNodeId; code: string }): Promise<void> {
  const { rooms, tx, ctx, applied } = applying
  const known = new Map((await rooms.plant.places(opaque(tx))).map((place) => [place.code, place.id]))
  const put = async (
    parentId: PlantNodeId,
    level: 'workshop' | 'line',
    { code, name, nameEn }: { code: string; name: string; nameEn: string },
  ) => {
    const full = placeCode(site.code, code)
    const there = known.get(full)
    applied[there ? 'kept' : 'made'].places++
    return there ?? rooms.plant.addNode(opaque(tx), ctx, { parentId, level, code: full, name, nameEn })
  }
  for (const { lines, ...workshop } of template.places) {
    const id = await put(site.id, 'workshop', workshop)
    for (const line of lines) await put(id, 'line', line)
  }
}

async function addMachine(
  { rooms, tx, ctx, standing, applied }: Applying,
  { model, rules }: IndustryTemplate['machines'][number],
  protocol: string | null,
): Promise<void> {
  const state = modelState(standing, model)
  if (state === 'new') await rooms.devices.saveModel(opaque(tx), ctx, model)
  applied[state === 'new' ? 'made' : 'kept'].models++
  if (protocol !== null && state !== 'blocked') {
    const name = tableName(model, protocol)
    const there = standing.tables.has(name.toLowerCase())
    applied[there ? 'kept' : 'made'].tables++
    // Of the organisation's own model, as far as it has the template's points.
    const own = new Set((standing.models.get(model.code) ?? model).definition.properties.map((property) => property.name))
    const rows = rowsToFill(model).filter((row) => own.has(row.name))
    if (!there) await rooms.gateways.addPointTable(opaque(tx), ctx, { name, protocol, modelCode: model.code, rows })
  }
  for (const rule of rules) {
    const can = ruleState(standing, model, rule)
    if (can === 'blocked') applied.blocked.push({ machine: model.code, rule: rule.name })
    else applied[can === 'new' ? 'made' : 'kept'].rules++
    if (can === 'new') await rooms.alarms.addRule(opaque(tx), ctx, { ...rule, deviceId: null, modelCode: model.code })
  }
}
