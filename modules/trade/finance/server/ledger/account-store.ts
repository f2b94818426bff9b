import { sql } from 'kysely'
import type { AccountId } from '../../contract.ts'
import type { Account, Posting, PostingRole } from '../../ledger-contract.ts'
import type { FinanceTx } from '../tables.ts'

const rows = (tx: FinanceTx) =>
  tx.sql
    .selectFrom('finance.account as a')
    .selectAll('a')
    .select(
      sql<boolean>`not exists (select from finance.account b where b.org_id = a.org_id and starts_with(b.code, a.code || '.'))`.as('leaf'),
    )
    .where('a.org_id', '=', tx.orgId)

export type AccountRow = Awaited<ReturnType<typeof allAccounts>>[number]

// An organisation has some hundred accounts: read whole.
export const allAccounts = (tx: FinanceTx) => rows(tx).orderBy('a.code').execute()

export const readAccounts = async (tx: FinanceTx, ids: readonly AccountId[]): Promise<Map<AccountId, AccountRow>> =>
  ids.length === 0 ? new Map() : new Map((await rows(tx).where('a.id', 'in', ids).execute()).map((row) => [row.id, row]))

export const accountByCode = (tx: FinanceTx, code: string) => rows(tx).where('a.code', '=', code).executeTakeFirst()

export const lockAccount = (tx: FinanceTx, id: AccountId) =>
  tx.sql.selectFrom('finance.account').selectAll().where('org_id', '=', tx.orgId).where('id', '=', id).forUpdate().executeTakeFirst()

export type NewAccount = Pick<AccountRow, 'code' | 'name' | 'name_en' | 'kind' | 'side' | 'valid_from' | 'source'>

export const insertAccounts = (tx: FinanceTx, accounts: readonly NewAccount[]) =>
  tx.sql
    .insertInto('finance.account')
    .values(accounts.map((account) => ({ ...account, valid_until: null, org_id: tx.orgId })))
    .onConflict((conflict) => conflict.constraint('account_code').doNothing())
    .returning(['id', 'code'])
    .execute()

export const setAccount = (tx: FinanceTx, id: AccountId, change: { name: string; name_en: string | null; valid_until: string | null }) =>
  tx.sql
    .updateTable('finance.account')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .execute()

export const postedTo = async (tx: FinanceTx, id: AccountId, after: string | null): Promise<boolean> => {
  let query = tx.sql
    .selectFrom('finance.voucher_line as l')
    .innerJoin('finance.voucher as v', (join) => join.onRef('v.org_id', '=', 'l.org_id').onRef('v.id', '=', 'l.voucher_id'))
    .select('l.id')
    .where('l.org_id', '=', tx.orgId)
    .where('l.account_id', '=', id)
  if (after !== null) query = query.where('v.day', '>', after)
  return (await query.limit(1).executeTakeFirst()) !== undefined
}

export const allPostings = (tx: FinanceTx) =>
  tx.sql
    .selectFrom('finance.posting as p')
    .innerJoin('finance.account as a', (join) => join.onRef('a.org_id', '=', 'p.org_id').onRef('a.id', '=', 'p.account_id'))
    .select(['p.role', 'p.valid_from', 'p.account_id', 'a.code', 'a.name'])
    .where('p.org_id', '=', tx.orgId)
    .orderBy('p.role')
    .orderBy('p.valid_from', 'desc')
    .execute()

/** The account of each role on a day. */
export async function postingAccounts(tx: FinanceTx, day: string): Promise<Map<PostingRole, AccountId>> {
  const found = await tx.sql
    .selectFrom('finance.posting')
    .select(['role', 'account_id'])
    .distinctOn('role')
    .where('org_id', '=', tx.orgId)
    .where('valid_from', '<=', day)
    .orderBy('role')
    .orderBy('valid_from', 'desc')
    .execute()
  return new Map(found.map((row) => [row.role, row.account_id]))
}

export const putPostings = (tx: FinanceTx, postings: readonly { role: PostingRole; valid_from: string; account_id: AccountId }[]) =>
  tx.sql
    .insertInto('finance.posting')
    .values(postings.map((posting) => ({ ...posting, org_id: tx.orgId })))
    .onConflict((conflict) =>
      conflict.columns(['org_id', 'role', 'valid_from']).doUpdateSet((eb) => ({
        account_id: eb.ref('excluded.account_id'),
        version: eb('finance.posting.version', '+', 1),
      })),
    )
    .execute()

export const toAccount = (row: AccountRow): Account => ({
  id: row.id,
  code: row.code,
  name: row.name,
  nameEn: row.name_en,
  kind: row.kind,
  side: row.side,
  validFrom: row.valid_from,
  validUntil: row.valid_until,
  source: row.source,
  leaf: row.leaf,
  version: row.version,
})

export const toPosting = (row: Awaited<ReturnType<typeof allPostings>>[number]): Posting => ({
  role: row.role,
  validFrom: row.valid_from,
  accountId: row.account_id,
  accountCode: row.code,
  accountName: row.name,
})
