import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import { auditEvent, opaque, violatedUnique } from '#kernel/postgres.ts'
import type { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { deviceErrors } from '#modules/shopfloor/devices/errors.ts'
import type { ModelInfo } from '#modules/shopfloor/devices/public.ts'
import type { Page } from '#values/list.ts'
import type { configurationApi, PointTable, PointTableSummary } from '../configuration-contract.ts'
import type { PointTableId } from '../contract.ts'
import { gatewayErrors } from '../errors.ts'
import { commandNames, isUnfilled, type PointRow, parsedSettings, rowProblems } from '../point-rows.ts'
import { protocolOf } from './check-settings.ts'
import { findTable, lockGateway, type TableUser, usersOfTable } from './configuration-store.ts'
import { announce } from './gateway-access.ts'
import { onceMore } from './once-more.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaysTx } from './tables.ts'

const PROBLEMS_TOLD = 200

export const listPointTables = (
  rooms: Rooms,
  ctx: Context,
  list: z.output<typeof configurationApi.pointTables.query>,
): Promise<Page<PointTableSummary>> =>
  rooms.db.inTenant(ctx, async (tx) => {
    let query = tx.sql
      .selectFrom('gateways.point_table as t')
      .where('t.org_id', '=', tx.orgId)
      .select((eb) => [
        't.id',
        't.name',
        't.protocol',
        't.model_code',
        't.version',
        sql<number>`jsonb_array_length(t.rows)`.as('points'),
        sql<number>`(select count(*)::int from jsonb_array_elements(t.rows) as r where r->'place' = '{}'::jsonb)`.as('unfilled'),
        eb
          .selectFrom('gateways.connection as c')
          .whereRef('c.org_id', '=', 't.org_id')
          .whereRef('c.point_table_id', '=', 't.id')
          .select(sql<number>`count(*)::int`.as('n'))
          .as('devices'),
        eb
          .selectFrom('gateways.connection as c')
          .whereRef('c.org_id', '=', 't.org_id')
          .whereRef('c.point_table_id', '=', 't.id')
          .whereRef('c.table_version', '<>', 't.version')
          .select(sql<number>`count(*)::int`.as('n'))
          .as('behind'),
      ])
    if (list.protocol !== undefined) query = query.where('t.protocol', '=', list.protocol)
    if (list.modelCode !== undefined) query = query.where('t.model_code', '=', list.modelCode)
    for (const word of list.search?.split(/\s+/).filter(Boolean).slice(0, 5) ?? [])
      query = query.where(sql<boolean>`position(${word.toLowerCase()} in lower(t.name || ' ' || t.model_code)) > 0`)
    const order = { sorts: { name: { by: 't.name', type: 'text' } }, id: 't.id' } as const
    const page = await readPage(tx, query, list, order, (row) => row)
    const models = new Map<string, ModelInfo | undefined>()
    for (const code of new Set(page.items.map((row) => row.model_code))) models.set(code, await rooms.devices.newestModel(opaque(tx), code))
    return {
      ...page,
      items: page.items.map((row) => ({
        id: row.id,
        name: row.name,
        protocol: row.protocol,
        modelCode: row.model_code,
        modelName: models.get(row.model_code)?.name ?? row.model_code,
        modelNameEn: models.get(row.model_code)?.nameEn ?? null,
        points: row.points,
        unfilled: row.unfilled,
        devices: row.devices ?? 0,
        behind: row.behind ?? 0,
        version: row.version,
      })),
    }
  })

export const readPointTable = (rooms: Rooms, ctx: Context, id: PointTableId): Promise<PointTable> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const table = await existingTable(tx, id)
    const model = await modelOf(rooms, tx, table.model_code)
    const users = await usersOfTable(tx, id)
    return {
      id,
      name: table.name,
      protocol: table.protocol,
      modelCode: table.model_code,
      modelName: model.name,
      modelNameEn: model.nameEn,
      points: table.rows.length,
      unfilled: table.rows.filter(isUnfilled).length,
      devices: users.length,
      behind: users.filter((user) => user.table_version !== table.version).length,
      version: table.version,
      rows: table.rows,
      properties: model.definition.properties,
      commands: model.definition.commands,
    }
  })

/** Errors: gateways.rowsWrong, gateways.nameTaken, gateways.deviceModelNotFound, devices.codeTaken, and those of the thing model. */
export const createPointTable = (rooms: Rooms, ctx: Context, input: z.output<typeof configurationApi.createPointTable.body>) =>
  onceMore(() =>
    rooms.db.inTenant(ctx, (tx) =>
      'deviceModel' in input
        ? copyDeviceModel(rooms, tx, ctx, input)
        : 'thingModel' in input
          ? addWithModel(rooms, tx, ctx, input)
          : addPointTable(rooms, tx, ctx, input),
    ),
  ).catch(nameTakenOr)

/** In the caller's transaction, which a name that is taken ends. Errors: gateways.rowsWrong, devices.modelNotFound, devices.modelRetired. */
export async function addPointTable(
  rooms: Pick<Rooms, 'devices'>,
  tx: GatewaysTx,
  ctx: Context,
  input: { name: string; protocol: string; modelCode: string; rows: readonly PointRow[] },
) {
  const model = await modelOf(rooms, tx, input.modelCode)
  if (model.retired) throw deviceErrors.modelRetired({ id: model.id })
  return insertTable(tx, ctx, { ...input, rows: checkedRows(input.protocol, input.rows, model) })
}

/** Both or neither. */
async function addWithModel(
  rooms: Rooms,
  tx: GatewaysTx,
  ctx: Context,
  {
    thingModel,
    ...table
  }: { name: string; protocol: string; thingModel: z.output<typeof devicesApi.createThingModel.body>; rows: PointRow[] },
) {
  const { code } = thingModel
  if (await rooms.devices.newestModel(opaque(tx), code)) throw deviceErrors.codeTaken({ code })
  await rooms.devices.saveModel(opaque(tx), ctx, thingModel)
  return addPointTable(rooms, tx, ctx, { ...table, modelCode: code })
}

export const pointTables = (tx: GatewaysTx) =>
  tx.sql.selectFrom('gateways.point_table').select(['id', 'name', 'protocol']).where('org_id', '=', tx.orgId).execute()

/** The same table a second time is the first one: what a site changed in it is kept. */
async function copyDeviceModel(
  rooms: Rooms,
  tx: GatewaysTx,
  ctx: Context,
  { deviceModel, protocol }: { deviceModel: string; protocol: string },
) {
  const known = rooms.deviceModels.get(deviceModel)
  const rows = known?.pointTables[protocol]
  if (!known || !rows) throw gatewayErrors.deviceModelNotFound({ deviceModel, protocol })
  const name = `${known.maker} ${known.model} ${protocolOf(protocol).label.zh}`.trim()
  const there = await tx.sql
    .selectFrom('gateways.point_table')
    .select('id')
    .where('org_id', '=', tx.orgId)
    .where(sql<boolean>`lower(name) = ${name.toLowerCase()}`)
    .executeTakeFirst()
  if (there) return there
  let model = await rooms.devices.newestModel(opaque(tx), known.thingModel.code)
  const lacking = known.thingModel.definition.properties.filter((p) => !model?.definition.properties.some((own) => own.name === p.name))
  if (!model || lacking.length > 0) {
    const properties = [...(model?.definition.properties ?? []), ...lacking]
    const { code, name: modelName, nameEn, description } = model ?? known.thingModel
    const definition = { ...(model?.definition ?? known.thingModel.definition), properties }
    await rooms.devices.saveModel(opaque(tx), ctx, { code, name: modelName, nameEn, description, definition })
    model = await modelOf(rooms, tx, code)
  }
  return insertTable(tx, ctx, { name, protocol, modelCode: model.code, rows: checkedRows(protocol, rows, model) })
}

export const updatePointTable = (
  rooms: Rooms,
  ctx: Context,
  id: PointTableId,
  input: z.output<typeof configurationApi.updatePointTable.body>,
) =>
  rooms.db
    .inTenant(ctx, async (tx) => {
      const table = await existingTable(tx, id, true)
      if (table.version !== input.version) throw gatewayErrors.changedMeanwhile({ id, version: table.version })
      let model = await modelOf(rooms, tx, table.model_code)
      const users = await usersOfTable(tx, id)
      if (input.newProperties.length + input.newCommands.length > 0) {
        const { code, name, nameEn, description, definition } = model
        const properties = [...definition.properties, ...input.newProperties]
        const commands = [
          ...definition.commands,
          ...input.newCommands.filter(({ name }) => !definition.commands.some((own) => own.name === name)),
        ]
        await rooms.devices.saveModel(opaque(tx), ctx, {
          code,
          name,
          nameEn,
          description,
          definition: { ...definition, properties, commands },
        })
        model = await modelOf(rooms, tx, code)
      }
      const rows = checkedRows(table.protocol, input.rows, model)
      const changed = await tx.sql
        .updateTable('gateways.point_table')
        .set((eb) => ({ name: input.name, rows: JSON.stringify(rows), version: eb('version', '+', 1) }))
        .where('org_id', '=', tx.orgId)
        .where('id', '=', id)
        .returning('version')
        .executeTakeFirstOrThrow()
      await insertRevision(tx, ctx, { id, version: changed.version, rows })
      const difference = differenceOf(table.rows, rows)
      await auditEvent(tx, {
        action: 'gateways.pointsChanged',
        entity: 'gateways.point_table',
        entityId: id,
        details: { ...difference, version: changed.version, devices: input.devices },
      })
      // A new name alone is no reason to wait for.
      const same = Object.values(difference).every((names) => names.length === 0)
      const taking = input.devices === 'atOnce' ? users : same ? users.filter((user) => user.table_version === table.version) : []
      await readByRevision(rooms, tx, ctx, { id, version: changed.version }, taking)
      return changed
    })
    .catch(nameTakenOr)

/** These devices are read by this revision from now on; the gateways are told once each. */
export async function readByRevision(
  rooms: Rooms,
  tx: GatewaysTx,
  ctx: Context,
  { id, version }: { id: PointTableId; version: number },
  users: readonly Pick<TableUser, 'device_id' | 'gateway_id'>[],
): Promise<void> {
  const devices = users.map((user) => user.device_id)
  for (const deviceId of devices) await rooms.devices.takeNewestModel(opaque(tx), ctx, deviceId)
  await tx.sql
    .updateTable('gateways.connection')
    .set((eb) => ({ table_version: version, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where('point_table_id', '=', id)
    .where(sql<boolean>`device_id = any(${devices}::uuid[])`)
    .execute()
  for (const gatewayId of [...new Set(users.map((user) => user.gateway_id))].sort()) {
    const gateway = await lockGateway(tx, gatewayId)
    if (gateway) await announce(rooms, tx, ctx, gateway)
  }
}

export const deletePointTable = (rooms: Rooms, ctx: Context, id: PointTableId): Promise<void> =>
  rooms.db.inTenant(ctx, async (tx) => {
    await existingTable(tx, id, true)
    const users = await usersOfTable(tx, id)
    if (users.length > 0) throw gatewayErrors.tableInUse({ n: users.length })
    await tx.sql.deleteFrom('gateways.point_table').where('org_id', '=', tx.orgId).where('id', '=', id).execute()
  })

export async function existingTable(tx: GatewaysTx, id: PointTableId, lock = false) {
  if (lock)
    await tx.sql.selectFrom('gateways.point_table').select('id').where('org_id', '=', tx.orgId).where('id', '=', id).forUpdate().execute()
  const table = await findTable(tx, id)
  if (!table) throw gatewayErrors.pointTableNotFound({ id })
  return table
}

export async function modelOf(rooms: Pick<Rooms, 'devices'>, tx: GatewaysTx, code: string): Promise<ModelInfo> {
  const model = await rooms.devices.newestModel(opaque(tx), code)
  if (!model) throw deviceErrors.modelNotFound({ code })
  return model
}

/** As the protocol has them, defaults filled in. Errors: gateways.rowsWrong, with what is wrong in which row. */
export function checkedRows(protocolName: string, rows: readonly PointRow[], model: Pick<ModelInfo, 'definition'>): PointRow[] {
  const protocol = protocolOf(protocolName)
  const problems = rowProblems(
    protocolName,
    rows,
    new Map(model.definition.properties.map((p) => [p.name, p])),
    commandNames(model.definition),
  )
  if (problems.length > 0) throw gatewayErrors.rowsWrong({ n: problems.length, problems: problems.slice(0, PROBLEMS_TOLD) })
  return rows.map((row) => ({ ...row, place: isUnfilled(row) ? {} : parsedSettings(protocol.place, row.place) }))
}

async function insertTable(tx: GatewaysTx, ctx: Context, table: { name: string; protocol: string; modelCode: string; rows: PointRow[] }) {
  const made = await tx.sql
    .insertInto('gateways.point_table')
    .values({
      org_id: tx.orgId,
      name: table.name,
      protocol: table.protocol,
      model_code: table.modelCode,
      rows: JSON.stringify(table.rows),
      created_at: ctx.now,
    })
    .returning(['id', 'version'])
    .executeTakeFirstOrThrow()
  await insertRevision(tx, ctx, { ...made, rows: table.rows })
  return { id: made.id }
}

const insertRevision = (
  tx: GatewaysTx,
  ctx: Context,
  { id, version, rows }: { id: PointTableId; version: number; rows: readonly PointRow[] },
) =>
  tx.sql
    .insertInto('gateways.point_table_revision')
    .values({ org_id: tx.orgId, point_table_id: id, version, rows: JSON.stringify(rows), created_at: ctx.now })
    .execute()

const nameTakenOr = (error: unknown): never => {
  throw violatedUnique(error) === 'point_table_name' ? gatewayErrors.nameTaken() : error
}

/** Names of the points that came, went and changed: what the audit keeps of a table. */
function differenceOf(before: readonly PointRow[], after: readonly PointRow[]) {
  const old = new Map(before.map((row) => [row.name, JSON.stringify(row)]))
  const names = new Set(after.map((row) => row.name))
  return {
    added: after.filter((row) => !old.has(row.name)).map((row) => row.name),
    removed: before.filter((row) => !names.has(row.name)).map((row) => row.name),
    changed: after.filter((row) => old.has(row.name) && old.get(row.name) !== JSON.stringify(row)).map((row) => row.name),
  }
}
