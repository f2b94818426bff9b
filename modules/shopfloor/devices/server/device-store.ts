import { sql } from 'kysely'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import type { DeviceId, DeviceStatus, ThingModelId } from '../contract.ts'
import type { DevicesTx } from './tables.ts'

export const lockDevice = (tx: DevicesTx, id: DeviceId) =>
  tx.sql.selectFrom('devices.device').selectAll().where('org_id', '=', tx.orgId).where('id', '=', id).forUpdate().executeTakeFirst()
export type DeviceRow = NonNullable<Awaited<ReturnType<typeof lockDevice>>>

/** Own devices with type and present place, without any filter; the lists narrow it. */
export const deviceQuery = (tx: DevicesTx) =>
  tx.sql
    .selectFrom('devices.device as d')
    .innerJoin('devices.thing_model as t', (join) => join.onRef('t.org_id', '=', 'd.org_id').onRef('t.id', '=', 'd.model_id'))
    .where('d.org_id', '=', tx.orgId)
    .select((eb) => [
      'd.id',
      'd.code',
      'd.name',
      'd.name_en',
      'd.status',
      'd.model_id',
      'd.maker',
      'd.model',
      'd.serial',
      'd.note',
      'd.created_at',
      'd.retired_at',
      'd.version',
      't.code as model_code',
      't.name as type_name',
      't.name_en as type_name_en',
      eb
        .selectFrom('devices.placement as p')
        .whereRef('p.org_id', '=', 'd.org_id')
        .whereRef('p.device_id', '=', 'd.id')
        .where('p.valid_until', 'is', null)
        .select(
          sql<{
            nodeId: PlantNodeId
            siteId: PlantNodeId
            from: string
          } | null>`json_build_object('nodeId', p.node_id, 'siteId', p.site_id, 'from', p.valid_from)`.as('place'),
        )
        .as('place'),
      eb
        .selectFrom('devices.attachment as a')
        .whereRef('a.org_id', '=', 'd.org_id')
        .whereRef('a.device_id', '=', 'd.id')
        .where('a.main', '=', true)
        .select('a.id')
        .as('main_photo_id'),
    ])

export type ListedDevice = Awaited<ReturnType<ReturnType<typeof deviceQuery>['executeTakeFirstOrThrow']>>

const MAX_WORDS = 5

export const wordsOf = (search: string | undefined): string[] => search?.split(/\s+/).filter(Boolean).slice(0, MAX_WORDS) ?? []

/** What `LIKE` would take for a wildcard is meant as it stands. */
export const likePart = (word: string): string => `%${word.toLowerCase().replace(/[\\%_]/g, (c) => `\\${c}`)}%`

export const findDevice = (tx: DevicesTx, id: DeviceId) => deviceQuery(tx).where('d.id', '=', id).executeTakeFirst()

interface Plate {
  name: string
  name_en: string | null
  maker: string
  model: string
  serial: string
  note: string
  status: DeviceStatus
}

/** Ids by code. */
export async function insertDevices(
  tx: DevicesTx,
  devices: readonly (Plate & { code: string; model_id: ThingModelId })[],
  createdAt: Date,
): Promise<Map<string, DeviceId>> {
  const { rows } = await sql<{ id: DeviceId; code: string }>`
    insert into devices.device (org_id, code, name, name_en, model_id, maker, model, serial, status, note, created_at)
    select ${tx.orgId}, d.code, d.name, d.name_en, d.model_id, d.maker, d.model, d.serial, d.status, d.note, ${createdAt}
    from jsonb_to_recordset(${JSON.stringify(devices)}::jsonb) as d(code text, name text, name_en text, model_id uuid, maker text, model text,
      serial text, status text, note text)
    returning id, code`.execute(tx.sql)
  return new Map(rows.map((row) => [row.code, row.id]))
}

export const devicesByIds = (tx: DevicesTx, ids: readonly DeviceId[]) =>
  tx.sql
    .selectFrom('devices.device')
    .select(['id', 'code', 'name', 'status'])
    .where('org_id', '=', tx.orgId)
    .where(sql<boolean>`id = any(${[...ids]}::uuid[])`)
    .orderBy('code')
    .execute()

/** Those of the codes that are taken, in small letters. */
export async function takenDeviceCodes(tx: DevicesTx, codes: readonly string[]): Promise<Set<string>> {
  const lower = codes.map((code) => code.toLowerCase())
  const { rows } = await sql<{ code: string }>`select code_key as code from devices.device
    where org_id = ${tx.orgId} and code_key = any(${lower})`.execute(tx.sql)
  return new Set(rows.map((row) => row.code))
}

export const changeDevice = async (
  tx: DevicesTx,
  id: DeviceId,
  change: Partial<Plate> & { model_id?: ThingModelId; retired_at?: Date },
): Promise<number> => {
  const { version } = await tx.sql
    .updateTable('devices.device')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .returning('version')
    .executeTakeFirstOrThrow()
  return version
}

export const placementsOf = (tx: DevicesTx, deviceId: DeviceId) =>
  tx.sql
    .selectFrom('devices.placement')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('device_id', '=', deviceId)
    .orderBy('valid_from', 'desc')
    .execute()

/** One that began in the same moment or later never was. */
export async function endPlacement(tx: DevicesTx, deviceId: DeviceId, at: Date): Promise<void> {
  const open = { org_id: tx.orgId, device_id: deviceId }
  await tx.sql
    .deleteFrom('devices.placement')
    .where((eb) => eb.and(open))
    .where('valid_until', 'is', null)
    .where('valid_from', '>=', at)
    .execute()
  await tx.sql
    .updateTable('devices.placement')
    .set({ valid_until: at })
    .where((eb) => eb.and(open))
    .where('valid_until', 'is', null)
    .execute()
}

export async function insertPlacements(
  tx: DevicesTx,
  placements: readonly { device_id: DeviceId; node_id: PlantNodeId; site_id: PlantNodeId }[],
  from: Date,
): Promise<void> {
  if (placements.length === 0) return
  await sql`insert into devices.placement (org_id, device_id, node_id, site_id, valid_from)
    select ${tx.orgId}, p.device_id, p.node_id, p.site_id, ${from}
    from jsonb_to_recordset(${JSON.stringify(placements)}::jsonb) as p(device_id uuid, node_id uuid, site_id uuid)`.execute(tx.sql)
}
