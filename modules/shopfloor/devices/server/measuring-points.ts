import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import type { Page } from '#values/list.ts'
import type { DeviceId, devicesApi, MeasuringPoint, MeasuringPointId } from '../contract.ts'
import { deviceErrors } from '../errors.ts'
import { checkHappened, makeRoom, matchPoints } from './binding-rules.ts'
import { announce, isInScope, lockOwn } from './device-access.ts'
import { likePart, lockDevice, wordsOf } from './device-store.ts'
import { lastBindingOf, lockMeasuringPoint, type MeasuringPointRow, measuringPointQuery } from './measuring-point-store.ts'
import { endBindings, insertBindings, insertMeasuringPoints, isOverlap, lastOfPoints, pointsOfDevice } from './point-store.ts'
import type { Rooms } from './rooms.ts'
import type { DevicesTx } from './tables.ts'

type List = z.output<typeof devicesApi.measuringPoints.query>

export const listMeasuringPoints = (rooms: Rooms, ctx: Context, list: List): Promise<Page<MeasuringPoint>> =>
  rooms.db.inTenant(ctx, (tx) => {
    let query = inSites(tx, ctx, measuringPointQuery(tx))
    for (const word of wordsOf(list.search)) query = query.where('m.search_text', 'like', likePart(word))
    if (!list.retired) query = query.where('m.retired_at', 'is', null)
    if (list.kind !== undefined) query = query.where('m.kind', '=', list.kind)
    if (list.deviceId !== undefined)
      query = query.where('m.id', 'in', (eb) =>
        eb
          .selectFrom('devices.binding as b')
          .select('b.measuring_point_id')
          .where('b.org_id', '=', tx.orgId)
          .where('b.device_id', '=', list.deviceId ?? null),
      )
    const order = { sorts: { code: { by: 'm.code', type: 'text' }, label: { by: 'm.label', type: 'text' } }, id: 'm.id' } as const
    return readPage(tx, query, list, order, measuringPointOf)
  })

/** Whoever is confined to sites sees the measuring points of devices that stand or stood there. */
function inSites<Query extends ReturnType<typeof measuringPointQuery>>(tx: DevicesTx, ctx: Context, query: Query): Query {
  const { sites } = ctx.scopes
  if (sites === 'all') return query
  return query.where(
    sql<boolean>`m.id in (select b.measuring_point_id from devices.binding b
      join devices.placement p on p.org_id = b.org_id and p.device_id = b.device_id
      where b.org_id = ${tx.orgId} and p.site_id = any(${[...sites]}::uuid[]))`,
  ) as Query
}

const measuringPointOf = (row: MeasuringPointRow): MeasuringPoint => ({
  id: row.id,
  code: row.code,
  name: row.name,
  label: row.label,
  labelEn: row.label_en,
  unit: row.unit,
  kind: row.kind,
  valueType: row.value_type,
  decimals: row.decimals,
  states: row.states,
  retiredAt: row.retired_at?.toISOString() ?? null,
  bindings: (row.bindings ?? []).map((b) => ({
    ...b,
    from: new Date(b.from).toISOString(),
    until: b.until && new Date(b.until).toISOString(),
  })),
  version: row.version,
})

export const readMeasuringPoint = (rooms: Rooms, ctx: Context, id: MeasuringPointId): Promise<MeasuringPoint> =>
  rooms.db.inTenant(ctx, (tx) => visible(tx, ctx, id))

async function visible(tx: DevicesTx, ctx: Context, id: MeasuringPointId): Promise<MeasuringPoint> {
  const row = await inSites(tx, ctx, measuringPointQuery(tx)).where('m.id', '=', id).executeTakeFirst()
  if (!row) throw deviceErrors.measuringPointNotFound({ id })
  return measuringPointOf(row)
}

export const updateMeasuringPoint = (
  rooms: Rooms,
  ctx: Context,
  id: MeasuringPointId,
  input: z.output<typeof devicesApi.updateMeasuringPoint.body>,
) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { version } = await visible(tx, ctx, id)
    const row = await lockMeasuringPoint(tx, id)
    if (!row || row.version !== input.version) throw deviceErrors.changedMeanwhile({ id, version: row?.version ?? version })
    if (input.retired && (await lastBindingOf(tx, id))?.until === null) throw deviceErrors.measuringPointBound({ id })
    return tx.sql
      .updateTable('devices.measuring_point')
      .set((eb) => ({
        label: input.label,
        label_en: input.labelEn,
        decimals: input.decimals,
        retired_at: input.retired ? (row.retired_at ?? ctx.now) : null,
        version: eb('version', '+', 1),
      }))
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id)
      .returning('version')
      .executeTakeFirstOrThrow()
  })

/** Binds to a device point, or to nothing, from an instant on. */
export const bindMeasuringPoint = (rooms: Rooms, ctx: Context, id: MeasuringPointId, input: z.output<typeof devicesApi.bind.body>) =>
  rooms.db
    .inTenant(ctx, async (tx) => {
      const from = new Date(input.from)
      checkHappened(from, ctx.now)
      await visible(tx, ctx, id)
      const target = input.to && (await lockOwn(tx, ctx, input.to.deviceId))
      const row = await lockMeasuringPoint(tx, id)
      if (!row) throw deviceErrors.measuringPointNotFound({ id })
      if (row.retired_at) throw deviceErrors.measuringPointRetired({ id })
      const last = await lastBindingOf(tx, id)
      const room = makeRoom(last, from)
      if (room === 'overlap') throw deviceErrors.bindingOverlap({ since: last?.from.toISOString() })
      if (last && room === 'end') {
        await endBindings(tx, [last.id], from)
        await announceById(rooms, tx, ctx, last.device_id)
      }
      if (input.to && target) {
        await bindTo(tx, id, row, target.id, input.to.pointName, from)
        await announce(rooms, tx, ctx, target)
      }
      return visible(tx, ctx, id)
    })
    .catch((error: unknown) => {
      throw isOverlap(error) ? deviceErrors.bindingOverlap() : error
    })

async function bindTo(
  tx: DevicesTx,
  id: MeasuringPointId,
  row: NonNullable<Awaited<ReturnType<typeof lockMeasuringPoint>>>,
  deviceId: DeviceId,
  pointName: string,
  from: Date,
): Promise<void> {
  const point = (await pointsOfDevice(tx, deviceId)).find((p) => p.name === pointName)
  if (!point) throw deviceErrors.pointNotFound({ name: pointName })
  const quantity = { name: pointName, valueType: row.value_type, unit: row.unit, kind: row.kind }
  const { differing } = matchPoints([quantity], [{ name: pointName, valueType: point.value_type, unit: point.unit, kind: point.kind }])
  if (differing.length > 0) throw deviceErrors.pointsDiffer({ names: pointName })
  const taken = (await lastOfPoints(tx, [point.id]))[0]
  if (makeRoom(taken, from) !== 'nothing') throw deviceErrors.bindingOverlap({ since: taken?.from.toISOString() })
  await insertBindings(tx, [{ measuring_point_id: id, device_id: deviceId, point_id: point.id, valid_from: from }])
}

async function announceById(rooms: Rooms, tx: DevicesTx, ctx: Context, deviceId: DeviceId): Promise<void> {
  const device = await lockDevice(tx, deviceId)
  if (device && (await isInScope(tx, ctx, deviceId))) await announce(rooms, tx, ctx, device)
}

/** For points of a device whose former measuring points went to another one. */
export const addMeasuringPoints = (
  rooms: Rooms,
  ctx: Context,
  deviceId: DeviceId,
  input: z.output<typeof devicesApi.addMeasuringPoints.body>,
) =>
  rooms.db
    .inTenant(ctx, async (tx) => {
      const from = new Date(input.from)
      checkHappened(from, ctx.now)
      const device = await lockOwn(tx, ctx, deviceId)
      const points = (await pointsOfDevice(tx, deviceId)).filter((p) => input.pointNames.includes(p.name))
      const unknown = input.pointNames.find((name) => !points.some((p) => p.name === name))
      if (unknown !== undefined) throw deviceErrors.pointNotFound({ name: unknown })
      await insertMeasuringPoints(tx, new Map([[device.id, device.code]]), points, { from, now: ctx.now })
      await announce(rooms, tx, ctx, device)
      return { added: points.length }
    })
    .catch((error: unknown) => {
      throw isOverlap(error) ? deviceErrors.bindingOverlap() : error
    })
