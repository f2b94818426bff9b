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

/** The points of properties that devices have: those of a new thing model, or those that a newer version added. */
export async function insertPoints(
  tx: DevicesTx,
  devices: readonly { deviceId: DeviceId; properties: readonly Property[]; firstPosition: number }[],
): Promise<PointRow[]> {
  const points = devices.flatMap(({ deviceId, properties, firstPosition }) =>
    properties.map((p, i) => ({
      device_id: deviceId,
      position: firstPosition + i,
      ...quantityColumns(p),
      states: p.states,
      min: p.min,
      max: p.max,
      access: p.access,
    })),
  )
  if (points.length === 0) return []
  // As one text: a workbook's five hundred devices of some hundred points have more values than a statement has parameters.
  const { rows } = await sql<PointRow>`
    insert into devices.point (org_id, device_id, position, name, label, label_en, value_type, unit, kind, states, decimals, min, max, access)
    select ${tx.orgId}, p.device_id, p.position, p.name, p.label, p.label_en, p.value_type, p.unit, p.kind, nullif(p.states, 'null'::jsonb),
      p.decimals, p.min, p.max, p.access
    from jsonb_to_recordset(${JSON.stringify(points)}::jsonb) as p(device_id uuid, position int, name text, label text, label_en text,
      value_type text, unit text, kind text, states jsonb, decimals int, min double precision, max double precision, access text)
    order by p.device_id, p.position
    returning id, device_id, name, label, label_en, value_type, unit, kind, states, decimals`.execute(tx.sql)
  return rows
}

export interface PointRow {
  id: string
  device_id: DeviceId
  name: string
  label: string
  label_en: string | null
  value_type: Property['valueType']
  unit: string | null
  kind: Property['kind']
  states: Property['states']
  decimals: number | null
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

/** A measuring point for each device point, bound from an instant on. A code that is taken gets a number behind it. */
export async function insertMeasuringPoints(
  tx: DevicesTx,
  deviceCodes: ReadonlyMap<DeviceId, string>,
  points: readonly PointRow[],
  { from, now }: { from: Date; now: Date },
) {
  if (points.length === 0) return
  const wanted = points.map((p) => `${deviceCodes.get(p.device_id)}.${p.name}`)
  const taken = await takenCodes(tx, wanted)
  const codes = wanted.map((code) => freeCode(code, taken))
  const made = points.map((p, i) => ({ ...p, code: codes[i] }))
  const { rows } = await sql<{ id: MeasuringPointId; code: string }>`
    insert into devices.measuring_point (org_id, code, name, label, label_en, value_type, unit, kind, states, decimals, created_at)
    select ${tx.orgId}, m.code, m.name, m.label, m.label_en, m.value_type, m.unit, m.kind, nullif(m.states, 'null'::jsonb), m.decimals, ${now}
    from jsonb_to_recordset(${JSON.stringify(made)}::jsonb) as m(code text, name text, label text, label_en text, value_type text, unit text,
      kind text, states jsonb, decimals int)
    returning id, code`.execute(tx.sql)
  const idOf = new Map(rows.map((m) => [m.code, m.id]))
  await insertBindings(
    tx,
    points.flatMap((p, i) => {
      const id = idOf.get(codes[i] ?? '')
      return id ? [{ measuring_point_id: id, device_id: p.device_id, point_id: p.id, valid_from: from }] : []
    }),
  )
}

/** With those that have a number behind them, where the code itself is taken. */
async function takenCodes(tx: DevicesTx, wanted: readonly string[]): Promise<Set<string>> {
  const { rows: exact } = await sql<{ code: string }>`select code from devices.measuring_point
    where org_id = ${tx.orgId} and code = any(${[...wanted]})`.execute(tx.sql)
  if (exact.length === 0) return new Set()
  // No index serves it: a scan of the organisation's measuring points, for the few that need it.
  const { rows } = await sql<{ code: string }>`select code from devices.measuring_point
    where org_id = ${tx.orgId} and regexp_replace(code, '-[0-9]+$', '') = any(${exact.map((row) => row.code)})`.execute(tx.sql)
  return new Set([...exact, ...rows].map((row) => row.code))
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
  await sql`insert into devices.binding (org_id, measuring_point_id, device_id, point_id, valid_from)
    select ${tx.orgId}, b.measuring_point_id, b.device_id, b.point_id, b.valid_from
    from jsonb_to_recordset(${JSON.stringify(bindings)}::jsonb) as b(measuring_point_id uuid, device_id uuid, point_id uuid, valid_from timestamptz)`.execute(
    tx.sql,
  )
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
