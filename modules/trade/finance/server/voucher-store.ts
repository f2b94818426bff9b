import { readPage } from '#kernel/page.ts'
import type { ListQuery } from '#values/list.ts'
import type { VoucherId } from '../contract.ts'
import type { FinanceTx } from './tables.ts'

const rows = (tx: FinanceTx) => tx.sql.selectFrom('finance.voucher').select(['id', 'name', 'version']).where('org_id', '=', tx.orgId)

export const listFinance = (tx: FinanceTx, list: ListQuery) =>
  readPage(
    tx,
    list.search ? rows(tx).where('name', 'like', `%${list.search.replace(/[\\%_]/g, '\\$&')}%`) : rows(tx),
    list,
    { sorts: { name: { by: 'name', type: 'text' } }, id: 'id' },
    ({ id, name, version }) => ({ id, name, version }),
  )

export const lockVoucher = (tx: FinanceTx, id: VoucherId) => rows(tx).where('id', '=', id).forUpdate().executeTakeFirst()

export const insertVoucher = (tx: FinanceTx, name: string) =>
  tx.sql.insertInto('finance.voucher').values({ org_id: tx.orgId, name }).returning(['id', 'name', 'version']).executeTakeFirstOrThrow()

export const setVoucherName = (tx: FinanceTx, id: VoucherId, name: string) =>
  tx.sql
    .updateTable('finance.voucher')
    .set((eb) => ({ name, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .returning(['id', 'name', 'version'])
    .executeTakeFirstOrThrow()
