import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { type Context, inScope } from '#kernel/context.ts'
import type { ImportDefinition, Resolved } from '#kernel/imports/definition.ts'
import { publish } from '#kernel/outbox.ts'
import { narrow, opaque } from '#kernel/postgres.ts'
import type { DeviceInfo, ModelInfo } from '#modules/shopfloor/devices/public.ts'
import { type AlarmRuleId, alarmsEvents, RuleInput } from '../contract.ts'
import { makeAlarms } from './make-alarms.ts'
import type { Rooms } from './rooms.ts'
import { type PointProblem, pointProblem } from './rule-points.ts'
import {
  type CellProblem,
  fieldProblems,
  problemOf,
  type RuleColumn,
  type RuleColumns,
  type RuleRowRead,
  ruleColumns,
  ruleOfRow,
} from './rule-sheet.ts'
import { countAlarms, inputOf, saveRules } from './rule-store.ts'
import { MAX_ALARMS, ruleRows, rulesInScope } from './rules.ts'
import type { AlarmsTables, AlarmsTx } from './tables.ts'

type Importing = Pick<Rooms, 'devices'>
interface Ready {
  id: AlarmRuleId
  /** Null: the rule is so already. */
  input: RuleInput | null
}

/** Rules by spreadsheet: new ones, and those of an export that were changed in it. A row that says what is so already changes nothing. */
export const ruleImportDefinition = (rooms: Importing): ImportDefinition<RuleColumns, Ready> => ({
  kind: 'alarms.rule',
  wordsAt: 'alarms.importRows',
  columns: ruleColumns,
  resolve: async (ctx, opaqueTx, rows) => {
    const stored = await readStored(rooms, narrow<AlarmsTables>(opaqueTx), ctx, rows)
    return rows.map((row) => resolveRow(row, stored))
  },
  apply: async (ctx, opaqueTx, rows) => {
    await writeRules(rooms, narrow<AlarmsTables>(opaqueTx), ctx, rows)
    return rows.map(({ id }) => ({ id }))
  },
})

async function writeRules(rooms: Importing, tx: AlarmsTx, ctx: Context, rows: readonly Ready[]): Promise<void> {
  const changed = rows.flatMap(({ id, input }) => (input ? [{ id, input }] : []))
  if (changed.length === 0) return
  await makeAlarms(rooms, tx, await saveRules(tx, changed, ctx.now), ctx)
  await publish(tx, ctx, alarmsEvents.rulesChanged, tx.orgId, { orgId: tx.orgId })
}

/** A point by its name and by what people call it. */
interface Points {
  types: Map<string, string>
  names: Map<string, string>
}

const normal = (text: string) => text.normalize('NFKC').trim().toLowerCase()

function pointsOf(points: readonly { name: string; label: string; valueType: string }[]): Points {
  const called = Map.groupBy(points, ({ label }) => normal(label))
  return {
    types: new Map(points.map(({ name, valueType }) => [name, valueType])),
    // What two are called names neither.
    names: new Map([...called].flatMap(([label, [point, another]]) => (point && !another ? [[label, point.name]] : []))),
  }
}

async function readStored({ devices }: Importing, tx: AlarmsTx, ctx: Context, rows: readonly RuleRowRead[]) {
  const inUse = await devices.inUse(opaque(tx))
  const byCode = new Map(inUse.filter(({ siteId }) => inScope(ctx, siteId)).map((device) => [normal(device.code), device]))
  const deviceIds = [...new Set(rows.flatMap((row) => (row.device === null ? [] : (byCode.get(normal(row.device))?.id ?? []))))]
  const points = Map.groupBy(await devices.points(opaque(tx), { deviceIds }), (point) => point.deviceId)
  const models = new Map<string, ModelInfo>()
  for (const code of new Set(rows.flatMap((row) => row.model ?? []))) {
    const model = await devices.newestModel(opaque(tx), code)
    if (model && !model.retired) models.set(code, model)
  }
  const ids = rows.flatMap((row) => row.rule ?? [])
  const named = await rulesInScope(tx, ctx).where(sql<boolean>`r.id = any(${ids}::uuid[])`).orderBy('r.id').forUpdate().execute()
  const owners = await devices.devices(opaque(tx), [...new Set(named.flatMap((row) => row.device_id ?? []))])
  const alike = await ruleRows(tx)
    .where(sql<boolean>`(r.device_id = any(${deviceIds}::uuid[]) or r.model_code = any(${[...models.keys()]}::text[]))`)
    .execute()
  return {
    devices: byCode,
    points: new Map([...points].map(([id, some]) => [id as string, pointsOf(some)])),
    models,
    allSites: ctx.scopes.sites === 'all',
    rules: new Map(
      named.map((row) => {
        const of = row.device_id ? owners.get(row.device_id)?.code : row.model_code
        return [row.id, { input: RuleInput.parse(inputOf(row)), version: row.version, of: normal(of ?? '') }]
      }),
    ),
    /** Conditions that stand, also by rows before. */
    conditions: new Map(alike.map((row) => [conditionKey(RuleInput.parse(inputOf(row))), row.name])),
    devicesOf: Map.groupBy(inUse, (device) => device.modelCode),
    alarms: await countAlarms(tx),
  }
}
type Stored = Awaited<ReturnType<typeof readStored>>

const conditionKey = ({ deviceId, modelCode, pointName, condition }: RuleInput) =>
  `${deviceId ?? modelCode} ${pointName} ${JSON.stringify(condition)}`

function resolveRow(row: RuleRowRead, stored: Stored): Resolved<Ready, RuleColumn> {
  const problems = fieldProblems(row)
  if (problems.length === 0 && isAsStored(row, stored)) return { ready: { id: row.rule as AlarmRuleId, input: null } }
  const of = ofRow(row, stored)
  if ('column' in of) return { problems: [...problems, of] }
  if (problems.length > 0) return { problems }
  const { points } = of
  const pointOf = (text: string) => (points.types.has(text) ? text : (points.names.get(normal(text)) ?? text))
  const read = RuleInput.safeParse(ruleOfRow(row, { deviceId: of.device?.id ?? null, modelCode: of.model?.code ?? null }, pointOf))
  if (!read.success) return { problems: [pointUnknown(row, pointOf)] }
  const input = read.data
  const problem = pointProblem(input, points.types)
  if (problem) return { problems: [{ column: columnOf(problem, input), code: `alarms.errors.${problem.code}`, details: problem.details }] }
  return row.rule === null ? newRule(input, stored) : changedRule(row.rule, row.version, input, stored)
}

/** Also of a device that is retired, or a point that is no more: whoever imports a whole export again is not told of them. */
function isAsStored(row: RuleRowRead, stored: Stored): boolean {
  const known = row.rule === null ? undefined : stored.rules.get(row.rule)
  if (!known || normal(row.device ?? row.model ?? '') !== known.of) return false
  const { deviceId, modelCode } = known.input
  const read = RuleInput.safeParse(ruleOfRow(row, { deviceId, modelCode }))
  return read.success && isDeepStrictEqual(read.data, known.input)
}

/** What is no name of a point at all. */
function pointUnknown(row: RuleRowRead, pointOf: (text: string) => string): CellProblem {
  const columns = ['point', 'from', 'suppressionPoint'] as const
  const column = columns.find((key) => row[key] !== null && !RuleInput.shape.pointName.safeParse(pointOf(row[key])).success) ?? 'point'
  return { column, code: 'alarms.errors.pointNotFound', details: { point: row[column] } }
}

function ofRow(row: RuleRowRead, stored: Stored): CellProblem | { device?: DeviceInfo; model?: ModelInfo; points: Points } {
  if ((row.device === null) === (row.model === null)) return problemOf('device', 'deviceOrModel')
  if (row.device !== null) {
    const device = stored.devices.get(normal(row.device))
    if (!device) return problemOf('device', 'deviceUnknown', { text: row.device })
    return { device, points: stored.points.get(device.id) ?? pointsOf([]) }
  }
  if (!stored.allSites) return { column: 'model', code: 'alarms.errors.allSitesNeeded', details: {} }
  const model = stored.models.get(row.model ?? '')
  if (!model) return problemOf('model', 'modelUnknown', { text: row.model })
  return { model, points: pointsOf(model.definition.properties) }
}

function columnOf({ code, details }: PointProblem, { pointName, suppression }: RuleInput): RuleColumn {
  if (code.startsWith('expression')) return 'expression'
  if (details.point === pointName) return 'point'
  return details.point === suppression?.pointName ? 'suppressionPoint' : 'from'
}

function newRule(input: RuleInput, stored: Stored): Resolved<Ready, RuleColumn> {
  const same = stored.conditions.get(conditionKey(input))
  if (same !== undefined) return { problems: [problemOf('name', 'sameCondition', { name: same })] }
  const alarms = stored.alarms + (input.deviceId ? 1 : (stored.devicesOf.get(input.modelCode ?? '')?.length ?? 0))
  if (alarms > MAX_ALARMS) return { problems: [{ column: null, code: 'alarms.errors.tooManyRules', details: { limit: MAX_ALARMS } }] }
  stored.alarms = alarms
  stored.conditions.set(conditionKey(input), input.name)
  return { ready: { id: uuidv7() as AlarmRuleId, input } }
}

function changedRule(id: AlarmRuleId, version: number | null, input: RuleInput, stored: Stored): Resolved<Ready, RuleColumn> {
  const known = stored.rules.get(id)
  if (!known) return { problems: [problemOf('rule', 'ruleUnknown')] }
  if (version !== null && version !== known.version) return { problems: [problemOf('version', 'changedMeanwhile')] }
  if (known.input.deviceId !== input.deviceId || known.input.modelCode !== input.modelCode)
    return { problems: [problemOf(input.deviceId ? 'device' : 'model', 'otherDevice')] }
  return { ready: { id, input } }
}
