import type { Context } from '#kernel/context.ts'
import { financeErrors } from '../../errors.ts'
import type { PostingRole } from '../../ledger-contract.ts'
import type { FinanceDatabase, FinanceTx } from '../tables.ts'
import { allAccounts, insertAccounts, putPostings } from './account-store.ts'
import { CHART_FROM, chartTemplate, postingTemplate } from './chart-template.ts'

/** Errors: finance.ledgerOpen. */
export const openLedger = (db: FinanceDatabase, ctx: Context) =>
  db.inTenant(ctx, async (tx) => {
    if (!(await makeLedger(tx))) throw financeErrors.ledgerOpen()
    return allAccounts(tx)
  })

/** Chart and posting rules from the template, where the organisation has none; also when two receipts come first at once. */
export async function makeLedger(tx: FinanceTx): Promise<boolean> {
  const accounts = chartTemplate.map(({ code, name, nameEn, kind, side, source }) => ({
    code,
    name,
    name_en: nameEn,
    kind,
    side,
    valid_from: CHART_FROM,
    source,
  }))
  const made = await insertAccounts(tx, accounts)
  if (made.length < accounts.length) return false
  const idOf = new Map(made.map(({ id, code }) => [code, id]))
  const postings = Object.entries(postingTemplate).flatMap(([role, code]) => {
    const account = idOf.get(code)
    return account ? [{ role: role as PostingRole, valid_from: CHART_FROM, account_id: account }] : []
  })
  await putPostings(tx, postings)
  return true
}
