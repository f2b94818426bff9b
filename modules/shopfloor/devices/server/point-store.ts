import { sql } from 'kysely'
import type { DeviceId, MeasuringPointId } from '../contract.ts'
import type { Property } from '../thing-model.ts'
import type { DevicesTx } from './tables.ts'

const EXCLUSION_VIOLATION = '23P01'

/** Two requests at once that would bind the same thing twice: the second meets the constraint. */
export const isOverlap = (error: unknown): boolean => (error as { code?: string }).code === EXCLUSION_VIOLATION

export const pointsOfDevice = (tx: DevicesTx, deviceId: DeviceId) =>
  tx.sql
    .selectFrom('devices.point as p')
    .leftJoin('devices.binding as b', (join) =>
      join.onRef('b.org_id', '=', 'p.org_id').onRef('b.point_id', '=', 'p.id').on('b.valid_until', 'is', null),
    )
    .leftJoin('devices.measuring_point as m', (join) => join.onRef('m.org_id', '=', 'b.org_id').onRef('m.id', '=', 'b.measuring_point_id'))
    .selectAll('p')
    .select([
      'b.valid_from as bound_from',
      'm.id as measuring_point_id',
      'm.code as measuring_point_code',
      'm.label as measuring_point_label',
    ])
    .where('p.org_id', '=', tx.orgId)
    .where('p.device_id', '=', deviceId)
    .orderBy('p.position')
    .execute()

export async function insertPoints(tx: DevicesTx, deviceId: DeviceId, properties: readonly Property[], firstPosition: number) {
  if (properties.length === 0) return []
  return tx.sql
    .insertInto('devices.point')
    .values(
      properties.map((p, i) => ({
        org_id: tx.orgId,
        device_id: deviceId,
        position: firstPosition + i,
        ...quantityColumns(p),
        min: p.min,
        max: p.max,
        access: p.access,
      })),
    )
    .returningAll()
    .execute()
}

const quantityColumns = (p: Property) => ({
  name: p.name,
  label: p.label,
  label_en: p.labelEn,
  value_type: p.valueType,
  unit: p.unit === '' ? null : p.unit,
  kind: p.kind,
  states: p.states && JSON.stringify(p.states),
  decimals: p.decimals,
})

/** What a newer thing model says of a point that is there already: all but its quantity. */
export const updatePoint = (tx: DevicesTx, pointId: string, p: Property) =>
  tx.sql
    .updateTable('devices.point')
    .set({ ...quantityColumns(p), min: p.min, max: p.max, access: p.access })
    .where('org_id', '=', tx.orgId)
    .where('id', '=', pointId)
    .execute()

export const followPoint = (tx: DevicesTx, id: MeasuringPointId, p: Property) =>
  tx.sql
    .updateTable('devices.measuring_point')
    .set((eb) => ({
      label: p.label,
      label_en: p.labelEn,
      states: p.states && JSON.stringify(p.states),
      decimals: p.decimals,
      version: eb('version', '+', 1),
    }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .execute()

type PointRow = Awaited<ReturnType<typeof insertPoints>>[number]

/** A measuring point for each device point, bound from an instant on. A code that is taken gets a number behind it. */
export async function insertMeasuringPoints(
  tx: DevicesTx,
  device: { id: DeviceId; code: string },
  points: readonly PointRow[],
  { from, now }: { from: Date; now: Date },
) {
  if (points.length === 0) return
  const wanted = points.map((p) => `${device.code}.${p.name}`)
  const taken = await takenCodes(tx, wanted)
  const codes = wanted.map((code) => freeCode(code, taken))
  const inserted = await tx.sql
    .insertInto('devices.measuring_point')
    .values(
      points.map((p, i) => ({
        org_id: tx.orgId,
        code: codes[i] ?? '',
        name: p.name,
        label: p.label,
        label_en: p.label_en,
        value_type: p.value_type,
        unit: p.unit,
        kind: p.kind,
        states: p.states && JSON.stringify(p.states),
        decimals: p.decimals,
        created_at: now,
        retired_at: null,
      })),
    )
    .returning(['id', 'code'])
    .execute()
  const idOf = new Map(inserted.map((m) => [m.code, m.id]))
  await insertBindings(
    tx,
    points.flatMap((p, i) => {
      const id = idOf.get(codes[i] ?? '')
      return id ? [{ measuring_point_id: id, device_id: device.id, point_id: p.id, valid_from: from }] : []
    }),
  )
}

async function takenCodes(tx: DevicesTx, wanted: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ code: string }>`select code from devices.measuring_point
    where org_id = ${tx.orgId} and (code = any(${[...wanted]}) or regexp_replace(code, '-[0-9]+$', '') = any(${[...wanted]}))`.execute(
    tx.sql,
  )
  return new Set(rows.map((row) => row.code))
}

function freeCode(code: string, taken: ReadonlySet<string>): string {
  if (!taken.has(code)) return code
  let n = 2
  while (taken.has(`${code}-${n}`)) n++
  return `${code}-${n}`
}

interface NewBinding {
  measuring_point_id: MeasuringPointId
  device_id: DeviceId
  point_id: string
  valid_from: Date
}

export async function insertBindings(tx: DevicesTx, bindings: readonly NewBinding[]) {
  if (bindings.length === 0) return
  await tx.sql
    .insertInto('devices.binding')
    .values(bindings.map((b) => ({ org_id: tx.orgId, valid_until: null, ...b })))
    .execute()
}

export async function endBindings(tx: DevicesTx, ids: readonly string[], at: Date) {
  if (ids.length === 0) return
  await tx.sql.updateTable('devices.binding').set({ valid_until: at }).where('org_id', '=', tx.orgId).where('id', 'in', ids).execute()
}

/** A retired device's. One that began in the same moment or later never was. */
export async function endBindingsOfDevice(tx: DevicesTx, deviceId: DeviceId, at: Date): Promise<void> {
  const open = { org_id: tx.orgId, device_id: deviceId }
  await tx.sql
    .deleteFrom('devices.binding')
    .where((eb) => eb.and(open))
    .where('valid_until', 'is', null)
    .where('valid_from', '>=', at)
    .execute()
  await tx.sql
    .updateTable('devices.binding')
    .set({ valid_until: at })
    .where((eb) => eb.and(open))
    .where('valid_until', 'is', null)
    .execute()
}

/** The last binding of each measuring point that was last bound to this device, with the quantity it stores. */
export async function lastBoundTo(tx: DevicesTx, deviceId: DeviceId) {
  const { rows } = await sql<{
    id: string
    measuringPointId: MeasuringPointId
    name: string
    valueType: Property['valueType']
    unit: string | null
    kind: Property['kind']
    from: Date
    until: Date | null
  }>`
    select b.id, m.id as "measuringPointId", m.name, m.value_type as "valueType", m.unit, m.kind, b.valid_from as "from", b.valid_until as "until"
    from devices.binding b
    join devices.measuring_point m on m.org_id = b.org_id and m.id = b.measuring_point_id and m.retired_at is null
    where b.org_id = ${tx.orgId} and b.device_id = ${deviceId}
      and not exists (select from devices.binding l where l.org_id = b.org_id and l.measuring_point_id = b.measuring_point_id and l.valid_from > b.valid_from)
    order by m.code`.execute(tx.sql)
  return rows
}

/** The last binding of each of these device points. */
export async function lastOfPoints(tx: DevicesTx, pointIds: readonly string[]) {
  if (pointIds.length === 0) return []
  return tx.sql
    .selectFrom('devices.binding')
    .distinctOn('point_id')
    .select(['id', 'point_id', 'measuring_point_id', 'valid_from as from', 'valid_until as until'])
    .where('org_id', '=', tx.orgId)
    .where('point_id', 'in', pointIds)
    .orderBy('point_id')
    .orderBy('valid_from', 'desc')
    .execute()
}

/** Those of the measuring points that nothing is bound to any more. */
export async function retireUnbound(tx: DevicesTx, ids: readonly MeasuringPointId[], at: Date) {
  if (ids.length === 0) return
  await tx.sql
    .updateTable('devices.measuring_point as m')
    .set((eb) => ({ retired_at: at, version: eb('m.version', '+', 1) }))
    .where('m.org_id', '=', tx.orgId)
    .where('m.id', 'in', ids)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('devices.binding as b')
            .select('b.id')
            .whereRef('b.org_id', '=', 'm.org_id')
            .whereRef('b.measuring_point_id', '=', 'm.id')
            .where('b.valid_until', 'is', null),
        ),
      ),
    )
    .execute()
}
