import { readPage } from '#kernel/page.ts'
import type { ListQuery } from '#values/list.ts'
import type { MaterialId } from '../contract.ts'
import type { MaterialsTx } from './tables.ts'

const rows = (tx: MaterialsTx) => tx.sql.selectFrom('materials.material').select(['id', 'name', 'version']).where('org_id', '=', tx.orgId)

export const listMaterials = (tx: MaterialsTx, list: ListQuery) =>
  readPage(
    tx,
    list.search ? rows(tx).where('name', 'like', `%${list.search.replace(/[\\%_]/g, '\\$&')}%`) : rows(tx),
    list,
    { sorts: { name: { by: 'name', type: 'text' } }, id: 'id' },
    ({ id, name, version }) => ({ id, name, version }),
  )

export const lockMaterial = (tx: MaterialsTx, id: MaterialId) => rows(tx).where('id', '=', id).forUpdate().executeTakeFirst()

export const insertMaterial = (tx: MaterialsTx, name: string) =>
  tx.sql.insertInto('materials.material').values({ org_id: tx.orgId, name }).returning(['id', 'name', 'version']).executeTakeFirstOrThrow()

export const setMaterialName = (tx: MaterialsTx, id: MaterialId, name: string) =>
  tx.sql
    .updateTable('materials.material')
    .set((eb) => ({ name, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .returning(['id', 'name', 'version'])
    .executeTakeFirstOrThrow()
