import type { Context } from '#kernel/context.ts'
import type { AccountId } from '../../contract.ts'
import { financeErrors } from '../../errors.ts'
import type { PostingRole } from '../../ledger-contract.ts'
import type { FinanceDatabase, FinanceTx } from '../tables.ts'
import { allAccounts, insertAccounts, postingAccounts, putPostings } from './account-store.ts'
import { CHART_FROM, chartTemplate, postingTemplate, type TemplateAccount } from './chart-template.ts'

/** Errors: finance.ledgerOpen. */
export const openLedger = (db: FinanceDatabase, ctx: Context) =>
  db.inTenant(ctx, async (tx) => {
    if (!(await makeLedger(tx))) throw financeErrors.ledgerOpen()
    return allAccounts(tx)
  })

/** Chart and posting rules from the template, where the organisation has none; also when two receipts come first at once. */
export async function makeLedger(tx: FinanceTx): Promise<boolean> {
  const accounts = chartTemplate.map(asNew)
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

const asNew = ({ code, name, nameEn, kind, side, source }: TemplateAccount) => ({
  code,
  name,
  name_en: nameEn,
  kind,
  side,
  valid_from: CHART_FROM,
  source,
})

/** The id of the organisation's first account; undefined: it has none. Nobody's books are opened by what others do. */
export const booksSince = async (tx: FinanceTx): Promise<string | undefined> =>
  (await tx.sql.selectFrom('finance.account').select('id').where('org_id', '=', tx.orgId).orderBy('id').limit(1).executeTakeFirst())?.id

/**
 * The accounts of these steps on a day; a chart from before they were in the template gets what it lacks of them, but an account that the
 * organisation has made under such a code is left alone. Errors: finance.ledgerNotOpen.
 */
export async function accountsOf<Role extends PostingRole>(
  tx: FinanceTx,
  day: string,
  roles: readonly Role[],
): Promise<(role: Role) => AccountId> {
  let accounts = await postingAccounts(tx, day)
  const missing = roles.filter((role) => !accounts.has(role))
  if (missing.length > 0) {
    const wanted = chartTemplate.filter(({ code }) => missing.some((role) => postingTemplate[role] === code))
    await insertAccounts(tx, wanted.map(asNew))
    const nameOf = new Map(wanted.map(({ code, name }) => [code, name]))
    const idOf = new Map((await allAccounts(tx)).filter(({ code, name }) => nameOf.get(code) === name).map(({ code, id }) => [code, id]))
    await putPostings(
      tx,
      missing.flatMap((role) => {
        const account = idOf.get(postingTemplate[role])
        return account ? [{ role, valid_from: CHART_FROM, account_id: account }] : []
      }),
    )
    accounts = await postingAccounts(tx, day)
  }
  return (role) => {
    const account = accounts.get(role)
    if (!account) throw financeErrors.ledgerNotOpen({ role })
    return account
  }
}
