import { sql } from 'kysely'
import type { PlantNodeId } from '../contract.ts'
import type { Level } from '../levels.ts'
import type { PlantTx } from './tables.ts'

export const countNodes = async (tx: PlantTx): Promise<number> => {
  const { n } = await tx.sql
    .selectFrom('plant.node')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('org_id', '=', tx.orgId)
    .executeTakeFirstOrThrow()
  return Number(n)
}

export const allNodes = (tx: PlantTx) =>
  tx.sql.selectFrom('plant.node').selectAll().where('org_id', '=', tx.orgId).orderBy('code').execute()

export const nodesByIds = (tx: PlantTx, ids: readonly string[]) =>
  tx.sql
    .selectFrom('plant.node')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where(sql<boolean>`id = any(${[...ids]}::uuid[])`)
    .execute()

export const lockNode = (tx: PlantTx, id: PlantNodeId) =>
  tx.sql.selectFrom('plant.node').selectAll().where('org_id', '=', tx.orgId).where('id', '=', id).forUpdate().executeTakeFirst()

export const insertNode = (
  tx: PlantTx,
  node: {
    id: PlantNodeId
    parent_id: PlantNodeId | null
    level: Level
    code: string
    name: string
    name_en: string | null
    site_id: PlantNodeId | null
  },
) =>
  tx.sql
    .insertInto('plant.node')
    .values({ org_id: tx.orgId, ...node })
    .returningAll()
    .executeTakeFirstOrThrow()

export const changeNode = (
  tx: PlantTx,
  id: PlantNodeId,
  change: { code?: string; name?: string; name_en?: string | null; parent_id?: PlantNodeId; retired_at?: Date | null },
) =>
  tx.sql
    .updateTable('plant.node')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()

/** Returns how many were in use before. */
export const retireSubtree = async (tx: PlantTx, ids: readonly PlantNodeId[], at: Date): Promise<number> => {
  const { numUpdatedRows } = await tx.sql
    .updateTable('plant.node')
    .set((eb) => ({ retired_at: at, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where('id', 'in', ids)
    .where('retired_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

/** The node first, then all below it. */
export async function subtreeIds(tx: PlantTx, id: PlantNodeId): Promise<PlantNodeId[]> {
  const { rows } = await sql<{ id: PlantNodeId }>`
    with recursive below as (
      select id, 0 as depth from plant.node where org_id = ${tx.orgId} and id = ${id}
      union all
      select n.id, b.depth + 1 from below b join plant.node n on n.org_id = ${tx.orgId} and n.parent_id = b.id
    ) select id from below order by depth`.execute(tx.sql)
  return rows.map((row) => row.id)
}

export interface Ancestor {
  of: PlantNodeId
  id: PlantNodeId
  level: Level
  name: string
  name_en: string | null
  site_id: PlantNodeId | null
  retired: boolean
}

/** Each node with those above it, the highest first, itself last. */
export async function ancestorsOf(tx: PlantTx, ids: readonly PlantNodeId[]): Promise<Ancestor[]> {
  const { rows } = await sql<Ancestor>`
    with recursive above as (
      select id as of, id, parent_id, level, name, name_en, site_id, retired_at is not null as retired, 0 as up
      from plant.node where org_id = ${tx.orgId} and id = any(${[...ids]}::uuid[])
      union all
      select a.of, n.id, n.parent_id, n.level, n.name, n.name_en, n.site_id, n.retired_at is not null, a.up + 1
      from above a join plant.node n on n.org_id = ${tx.orgId} and n.id = a.parent_id
    ) select of, id, level, name, name_en, site_id, retired from above order by of, up desc`.execute(tx.sql)
  return rows
}
