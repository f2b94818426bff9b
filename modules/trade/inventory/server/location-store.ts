import { sql } from 'kysely'
import { readPage } from '#kernel/page.ts'
import type { Page } from '#values/list.ts'
import type { Location, LocationId, LocationKind } from '../contract.ts'
import { locationKinds } from './location-kinds.ts'
import { likeParts } from './search-words.ts'
import type { InventoryTx } from './tables.ts'

const rows = (tx: InventoryTx) =>
  tx.sql
    .selectFrom('inventory.location as l')
    .leftJoin('inventory.location as w', (join) => join.onRef('w.org_id', '=', 'l.org_id').onRef('w.id', '=', 'l.warehouse_id'))
    .where('l.org_id', '=', tx.orgId)
    .select([
      'l.id',
      'l.kind',
      'l.code',
      'l.name',
      'l.warehouse_id',
      'l.closed_at',
      'l.version',
      'w.code as warehouse_code',
      'w.name as warehouse_name',
    ])
type LocationRow = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>

const view = (row: LocationRow): Location => ({
  id: row.id,
  kind: row.kind,
  code: row.code,
  name: row.name,
  warehouse: row.warehouse_id && { id: row.warehouse_id, code: row.warehouse_code ?? '', name: row.warehouse_name ?? '' },
  closed: row.closed_at !== null,
  version: row.version,
})

interface LocationList {
  search?: string | undefined
  sort: string
  cursor?: string | undefined
  limit: number
  kind?: 'warehouse' | 'bin' | 'system' | undefined
  warehouseId?: LocationId | undefined
  open?: 'true' | 'false' | undefined
}

export function listLocations(tx: InventoryTx, list: LocationList): Promise<Page<Location>> {
  let query = rows(tx)
  for (const part of likeParts(list.search)) query = query.where('l.search_text', 'like', part)
  if (list.kind === 'system')
    query = query.where(
      'l.kind',
      'in',
      (Object.keys(locationKinds) as LocationKind[]).filter((kind) => locationKinds[kind].system),
    )
  else if (list.kind !== undefined) query = query.where('l.kind', '=', list.kind)
  if (list.warehouseId !== undefined) query = query.where('l.warehouse_id', '=', list.warehouseId)
  if (list.open !== undefined) query = query.where('l.closed_at', list.open === 'true' ? 'is' : 'is not', null)
  const order = { sorts: { code: { by: 'l.code', type: 'text' }, name: { by: 'l.name', type: 'text' } }, id: 'l.id' } as const
  return readPage(tx, query, list, order, view)
}

export const readLocation = async (tx: InventoryTx, id: LocationId): Promise<Location | undefined> => {
  const row = await rows(tx).where('l.id', '=', id).executeTakeFirst()
  return row && view(row)
}

/** Shuts out postings meanwhile, which hold a key share. */
export const lockLocation = (tx: InventoryTx, id: LocationId) =>
  tx.sql.selectFrom('inventory.location').selectAll().where('org_id', '=', tx.orgId).where('id', '=', id).forUpdate().executeTakeFirst()

export interface PlaceFacts {
  id: LocationId
  kind: LocationKind
  code: string
  name: string
  /** The warehouse it is or lies in. */
  warehouseId: LocationId | null
  mayBeNegative: boolean
  closed: boolean
}

/** Held until the transaction ends: none of them is closed meanwhile. */
export async function holdLocations(tx: InventoryTx, ids: readonly LocationId[]): Promise<Map<LocationId, PlaceFacts>> {
  const found = await tx.sql
    .selectFrom('inventory.location')
    .select(['id', 'kind', 'code', 'name', 'warehouse_id', 'may_be_negative', 'closed_at'])
    .where('org_id', '=', tx.orgId)
    .where(sql<boolean>`id = any(${[...new Set(ids)]}::uuid[])`)
    .orderBy('id')
    .forKeyShare()
    .execute()
  return new Map(
    found.map((row) => [
      row.id,
      {
        id: row.id,
        kind: row.kind,
        code: row.code,
        name: row.name,
        warehouseId: row.kind === 'warehouse' ? row.id : row.warehouse_id,
        mayBeNegative: row.may_be_negative,
        closed: row.closed_at !== null,
      },
    ]),
  )
}

export async function systemLocation(tx: InventoryTx, kind: LocationKind): Promise<LocationId> {
  const find = () =>
    tx.sql.selectFrom('inventory.location').select('id').where('org_id', '=', tx.orgId).where('kind', '=', kind).executeTakeFirst()
  const known = await find()
  if (known) return known.id
  const { outside } = locationKinds[kind]
  await tx.sql
    .insertInto('inventory.location')
    .values({ org_id: tx.orgId, kind, code: kind, name: kind, warehouse_id: null, may_be_negative: outside, closed_at: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const made = await find()
  if (!made) throw new Error(`The place of kind ${kind} was made and is not there.`)
  return made.id
}

export const openWarehouses = (tx: InventoryTx) =>
  tx.sql
    .selectFrom('inventory.location')
    .select(['id', 'code', 'name', 'kind'])
    .where('org_id', '=', tx.orgId)
    .where('kind', '=', 'warehouse')
    .where('closed_at', 'is', null)
    .orderBy('code')
    .execute()

/** Warehouses and bins that are open. */
export async function openPlaces(tx: InventoryTx): Promise<{ id: LocationId; code: string; warehouseId: LocationId | null }[]> {
  const found = await tx.sql
    .selectFrom('inventory.location')
    .select(['id', 'code', 'warehouse_id'])
    .where('org_id', '=', tx.orgId)
    .where('kind', 'in', ['warehouse', 'bin'])
    .where('closed_at', 'is', null)
    .execute()
  return found.map((row) => ({ id: row.id, code: row.code, warehouseId: row.warehouse_id }))
}

export const insertLocation = async (tx: InventoryTx, location: { code: string; name: string; warehouseId: LocationId | null }) =>
  (
    await tx.sql
      .insertInto('inventory.location')
      .values({
        org_id: tx.orgId,
        kind: location.warehouseId ? 'bin' : 'warehouse',
        code: location.code,
        name: location.name,
        warehouse_id: location.warehouseId,
        may_be_negative: false,
        closed_at: null,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
  ).id

/** Ids in the order given. */
export async function insertLocations(
  tx: InventoryTx,
  locations: readonly { code: string; name: string; warehouseId: LocationId | null }[],
): Promise<LocationId[]> {
  if (locations.length === 0) return []
  const made = await tx.sql
    .insertInto('inventory.location')
    .values(
      locations.map(({ code, name, warehouseId }) => ({
        org_id: tx.orgId,
        kind: warehouseId ? ('bin' as const) : ('warehouse' as const),
        code,
        name,
        warehouse_id: warehouseId,
        may_be_negative: false,
        closed_at: null,
      })),
    )
    .returning(['id', 'code', 'warehouse_id'])
    .execute()
  const ids = new Map(made.map((row) => [`${row.warehouse_id} ${row.code}`, row.id]))
  return locations.map(({ code, warehouseId }) => ids.get(`${warehouseId} ${code}`) as LocationId)
}

export interface NamedPlace {
  id: LocationId
  code: string
  name: string
  warehouseId: LocationId | null
  closed: boolean
  /** Of the platform's own places, which people do not name. */
  system: boolean
  version: number
}

/** Places that lie in none by their codes in small letters, or bins of warehouses by theirs; `lock`: until the transaction ends. */
export async function namedPlaces(
  tx: InventoryTx,
  { codes, warehouseIds, lock }: { codes: readonly string[]; warehouseIds: readonly LocationId[] | null; lock: boolean },
): Promise<NamedPlace[]> {
  const within = warehouseIds === null ? sql<boolean>`warehouse_id is null` : sql<boolean>`warehouse_id = any(${[...warehouseIds]}::uuid[])`
  const found = await tx.sql
    .selectFrom('inventory.location')
    .select(['id', 'kind', 'code', 'name', 'warehouse_id', 'closed_at', 'version'])
    .where('org_id', '=', tx.orgId)
    .where(within)
    .where(sql<boolean>`lower(code) = any(${[...codes]}::text[])`)
    .orderBy('id')
    .$if(lock, (query) => query.forUpdate())
    .execute()
  return found.map(({ warehouse_id, closed_at, kind, ...row }) => ({
    ...row,
    warehouseId: warehouse_id,
    closed: closed_at !== null,
    system: locationKinds[kind].system,
  }))
}

export const updateLocation = (tx: InventoryTx, id: LocationId, change: { code: string; name: string; closed_at: Date | null }) =>
  tx.sql
    .updateTable('inventory.location')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .execute()

/** Stock in it, or in an open bin of it. */
export const holdsStock = async (tx: InventoryTx, id: LocationId): Promise<boolean> =>
  (await tx.sql
    .selectFrom('inventory.balance as b')
    .innerJoin('inventory.location as l', (join) => join.onRef('l.org_id', '=', 'b.org_id').onRef('l.id', '=', 'b.location_id'))
    .select('b.id')
    .where('b.org_id', '=', tx.orgId)
    .where((eb) => eb.or([eb('l.id', '=', id), eb('l.warehouse_id', '=', id)]))
    .where('b.quantity', '<>', '0')
    .executeTakeFirst()) !== undefined
