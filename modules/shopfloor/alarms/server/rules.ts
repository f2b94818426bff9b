import { sql } from 'kysely'
import type { z } from 'zod'
import { type Context, inScope } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { readPage } from '#kernel/page.ts'
import { opaque } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { DeviceInfo, ModelInfo, PointInfo } from '#modules/shopfloor/devices/public.ts'
import type { Page } from '#values/list.ts'
import { type AlarmRule, type AlarmRuleId, type alarmsApi, alarmsEvents, type RuleInput } from '../contract.ts'
import { alarmsErrors } from '../errors.ts'
import { makeAlarms } from './make-alarms.ts'
import { likePart } from './read-alarms.ts'
import type { Rooms } from './rooms.ts'
import { pointProblem } from './rule-points.ts'
import { alarmsOf, countAlarms, inputOf, lockRule, type RuleRow, valuesOf, watchedOf } from './rule-store.ts'
import type { AlarmsTx } from './tables.ts'
import { withdrawAlarms } from './withdraw-alarms.ts'

type Ruling = Pick<Rooms, 'db' | 'devices'>
/** Alarms of an organisation: what one process evaluates of it. */
export const MAX_ALARMS = 50_000

/** Errors: those of the endpoint `createRule`. */
export const createRule = (rooms: Ruling, ctx: Context, input: RuleInput): Promise<AlarmRule> =>
  rooms.db.inTenant(ctx, (tx) => addRule(rooms, tx, ctx, input))

/** In the caller's transaction. Errors: those of the endpoint `createRule`. */
export async function addRule(rooms: Pick<Rooms, 'devices'>, tx: AlarmsTx, ctx: Context, input: RuleInput): Promise<AlarmRule> {
  if ((input.deviceId === null) === (input.modelCode === null)) throw alarmsErrors.deviceOrModel()
  const row = await tx.sql
    .insertInto('alarms.rule')
    .values({
      ...valuesOf(input),
      org_id: tx.orgId,
      device_id: input.deviceId,
      model_code: input.modelCode,
      created_at: ctx.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await checkPoints(rooms, tx, ctx, row)
  await makeAlarms(rooms, tx, [row], ctx)
  if ((await countAlarms(tx)) > MAX_ALARMS) throw alarmsErrors.tooManyRules({ limit: MAX_ALARMS })
  return changed(rooms, tx, ctx, row)
}

/** Names of the rules in use of whole thing models. */
export async function rulesOfModels(tx: AlarmsTx, modelCodes: readonly string[]): Promise<{ modelCode: string; name: string }[]> {
  const rows = await ruleRows(tx)
    .where(sql<boolean>`r.model_code = any(${[...modelCodes]}::text[])`)
    .execute()
  return rows.flatMap((row) => (row.model_code === null ? [] : [{ modelCode: row.model_code, name: row.name }]))
}

type Change = z.output<typeof alarmsApi.changeRule.body>

/** Errors: those of the endpoint `changeRule`. */
export function changeRule(rooms: Ruling, ctx: Context, id: AlarmRuleId, { version, ...input }: Change): Promise<AlarmRule> {
  return rooms.db.inTenant(ctx, async (tx) => {
    await lockedRule(rooms, tx, ctx, id, version)
    const row = await tx.sql
      .updateTable('alarms.rule')
      .set((eb) => ({ ...valuesOf(input), version: eb('version', '+', 1) }))
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    await checkPoints(rooms, tx, ctx, row)
    await makeAlarms(rooms, tx, [row], ctx)
    return changed(rooms, tx, ctx, row)
  })
}

/** Errors: alarms.ruleNotFound, alarms.allSitesNeeded, alarms.changedMeanwhile. */
export function retireRule(rooms: Ruling, ctx: Context, id: AlarmRuleId, version: number): Promise<{ withdrawn: number }> {
  return rooms.db.inTenant(ctx, async (tx) => {
    await lockedRule(rooms, tx, ctx, id, version)
    await tx.sql
      .updateTable('alarms.rule')
      .set((eb) => ({ retired_at: ctx.now, version: eb('version', '+', 1) }))
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id)
      .execute()
    const withdrawn = await withdrawAlarms(tx, ctx, await alarmsOf(tx, [id]))
    await publish(tx, ctx, alarmsEvents.rulesChanged, tx.orgId, { orgId: tx.orgId })
    return { withdrawn }
  })
}

async function lockedRule(
  { devices }: Pick<Rooms, 'devices'>,
  tx: AlarmsTx,
  ctx: Context,
  id: AlarmRuleId,
  version: number,
): Promise<RuleRow> {
  const rule = await lockRule(tx, id)
  if (!rule) throw alarmsErrors.ruleNotFound({ id })
  if (rule.device_id === null) seesAllSites(ctx)
  else if (!inScope(ctx, (await devices.device(opaque(tx), rule.device_id))?.siteId)) throw alarmsErrors.ruleNotFound({ id })
  if (rule.version !== version) throw alarmsErrors.changedMeanwhile({ id, version: rule.version })
  return rule
}

/** A rule of a thing model watches the devices of every site. Errors: alarms.allSitesNeeded. */
function seesAllSites({ scopes }: Context): void {
  if (scopes.sites !== 'all') throw alarmsErrors.allSitesNeeded()
}

async function changed(rooms: Pick<Rooms, 'devices'>, tx: AlarmsTx, ctx: Context, row: RuleRow): Promise<AlarmRule> {
  await publish(tx, ctx, alarmsEvents.rulesChanged, tx.orgId, { orgId: tx.orgId })
  const [rule] = await described(rooms, tx, [row])
  return rule!
}

/** What the rule looks at exists, lies within what the person may see, and is a number. */
async function checkPoints({ devices }: Pick<Rooms, 'devices'>, tx: AlarmsTx, ctx: Context, row: RuleRow): Promise<void> {
  const types = new Map<string, string>()
  if (row.device_id) {
    const device = await devices.device(opaque(tx), row.device_id)
    if (!device || !inScope(ctx, device.siteId)) throw alarmsErrors.deviceNotFound({ id: row.device_id })
    for (const point of await devices.points(opaque(tx), { deviceIds: [row.device_id] })) types.set(point.name, point.valueType)
  } else {
    seesAllSites(ctx)
    const model = await devices.newestModel(opaque(tx), row.model_code ?? '')
    if (!model || model.retired) throw alarmsErrors.modelNotFound({ code: row.model_code })
    for (const property of model.definition.properties) types.set(property.name, property.valueType)
  }
  const problem = pointProblem(watchedOf(row), types)
  if (problem) throw alarmsErrors[problem.code](problem.details)
}

export const ruleRows = (tx: AlarmsTx) =>
  tx.sql.selectFrom('alarms.rule as r').selectAll('r').where('r.org_id', '=', tx.orgId).where('r.retired_at', 'is', null)

/** Those that watch a device of the person's sites. */
export function rulesInScope(tx: AlarmsTx, { scopes: { sites } }: Context) {
  if (sites === 'all') return ruleRows(tx)
  return ruleRows(tx).where((eb) =>
    eb.exists(
      eb
        .selectFrom('alarms.alarm as a')
        .select('a.id')
        .where('a.org_id', '=', tx.orgId)
        .whereRef('a.rule_id', '=', 'r.id')
        .where(sql<boolean>`a.site_id = any(${[...sites]}::uuid[])`),
    ),
  )
}

export function listRules(rooms: Ruling, ctx: Context, list: z.output<typeof alarmsApi.rules.query>): Promise<Page<AlarmRule>> {
  return rooms.db.inTenant(ctx, async (tx) => {
    let rows = rulesInScope(tx, ctx)
    if (list.search) rows = rows.where('r.search_text', 'like', likePart(list.search))
    if (list.priority) rows = rows.where('r.priority', '=', list.priority)
    const { deviceId } = list
    if (deviceId)
      rows = rows.where((eb) =>
        eb.exists(
          eb
            .selectFrom('alarms.alarm as a')
            .select('a.id')
            .where('a.org_id', '=', tx.orgId)
            .where('a.device_id', '=', deviceId)
            .whereRef('a.rule_id', '=', 'r.id'),
        ),
      )
    const order = {
      sorts: {
        name: { by: 'r.name', type: 'text' },
        priority: { by: "array_position(array['critical','high','medium','low'], r.priority)", type: 'int' },
      },
      id: 'r.id',
    } as const
    const page = await readPage(tx, rows, list, order, (row) => row)
    return { ...page, items: await described(rooms, tx, page.items) }
  })
}

export async function described({ devices }: Pick<Rooms, 'devices'>, tx: AlarmsTx, rows: readonly RuleRow[]): Promise<AlarmRule[]> {
  const deviceIds = [...new Set(rows.flatMap((row) => row.device_id ?? []))]
  const named = await devices.devices(opaque(tx), deviceIds)
  const points = Map.groupBy(await devices.points(opaque(tx), { deviceIds }), (point) => point.deviceId)
  const models = new Map<string, ModelInfo | undefined>()
  for (const code of new Set(rows.flatMap((row) => row.model_code ?? []))) models.set(code, await devices.newestModel(opaque(tx), code))
  const counts = await tx.sql
    .selectFrom('alarms.alarm')
    .select(['rule_id', sql<number>`count(*)::int`.as('n')])
    .where('org_id', '=', tx.orgId)
    .where(sql<boolean>`rule_id = any(${rows.map((row) => row.id)}::uuid[])`)
    .groupBy('rule_id')
    .execute()
  const countOf = new Map(counts.map((row) => [row.rule_id, row.n]))
  return rows.map((row) => ruleOf(row, { named, points, models, devices: countOf.get(row.id) ?? 0 }))
}

interface RuleFacts {
  named: Map<DeviceId, DeviceInfo>
  points: Map<DeviceId | null, PointInfo[]>
  models: Map<string, ModelInfo | undefined>
  devices: number
}

function ruleOf(row: RuleRow, { named, points, models, devices }: RuleFacts): AlarmRule {
  const of = row.device_id ? named.get(row.device_id) : models.get(row.model_code ?? '')
  const point = row.device_id
    ? points.get(row.device_id)?.find((one) => one.name === row.point_name)
    : models.get(row.model_code ?? '')?.definition.properties.find((one) => one.name === row.point_name)
  return {
    id: row.id,
    ...inputOf(row),
    ofName: of?.name ?? row.model_code ?? '',
    ofNameEn: of?.nameEn ?? null,
    point: point
      ? { label: point.label, labelEn: point.labelEn, unit: point.unit, valueType: point.valueType, states: point.states }
      : null,
    devices,
    version: row.version,
  }
}
