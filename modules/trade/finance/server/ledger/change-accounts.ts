import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { AccountId } from '../../contract.ts'
import { financeErrors } from '../../errors.ts'
import type { Account, ledgerApi } from '../../ledger-contract.ts'
import type { FinanceDatabase } from '../tables.ts'
import {
  accountByCode,
  allPostings,
  insertAccounts,
  lockAccount,
  postedTo,
  putPostings,
  readAccounts,
  setAccount,
  toAccount,
  toPosting,
} from './account-store.ts'
import { isValidOn, parentCode } from './ledger-rules.ts'

/** Errors: finance.codeTaken, parentMissing, parentUsed. */
export const createAccount = (db: FinanceDatabase, ctx: Context, given: z.output<typeof ledgerApi.createAccount.body>): Promise<Account> =>
  db.inTenant(ctx, async (tx) => {
    const above = parentCode(given.code)
    const parent = above === undefined ? undefined : await accountByCode(tx, above)
    if (above !== undefined && !parent) throw financeErrors.parentMissing({ code: above })
    // Its balance would stand beside those of its own parts.
    if (parent && (await lockAccount(tx, parent.id)) && (await postedTo(tx, parent.id, null)))
      throw financeErrors.parentUsed({ code: parent.code })
    const { kind, side } = parent ?? given
    const [made] = await insertAccounts(tx, [
      { code: given.code, name: given.name, name_en: given.nameEn, kind, side, valid_from: given.validFrom, source: '企业自行设置' },
    ])
    if (!made) throw financeErrors.codeTaken({ code: given.code })
    return found(await readAccounts(tx, [made.id]), made.id)
  })

/** Errors: finance.notFound, changedMeanwhile, accountUsed. */
export const changeAccount = (
  db: FinanceDatabase,
  ctx: Context,
  id: AccountId,
  given: z.output<typeof ledgerApi.changeAccount.body>,
): Promise<Account> =>
  db.inTenant(ctx, async (tx) => {
    const account = await lockAccount(tx, id)
    if (!account) throw financeErrors.notFound({ id })
    if (account.version !== given.version) throw financeErrors.changedMeanwhile({ id, version: account.version })
    const { validUntil } = given
    if (validUntil !== null && (validUntil < account.valid_from || (await postedTo(tx, id, validUntil))))
      throw financeErrors.accountUsed({ code: account.code, day: validUntil })
    await setAccount(tx, id, { name: given.name, name_en: given.nameEn, valid_until: validUntil })
    return found(await readAccounts(tx, [id]), id)
  })

/** Errors: finance.notFound, accountNotPostable. */
export const setPosting = (db: FinanceDatabase, ctx: Context, given: z.output<typeof ledgerApi.setPosting.body>) =>
  db.inTenant(ctx, async (tx) => {
    const account = (await readAccounts(tx, [given.accountId])).get(given.accountId)
    if (!account) throw financeErrors.notFound({ id: given.accountId })
    if (!account.leaf || !isValidOn(account, given.validFrom))
      throw financeErrors.accountNotPostable({ account: `${account.code} ${account.name}`, day: given.validFrom })
    await putPostings(tx, [{ role: given.role, valid_from: given.validFrom, account_id: given.accountId }])
    return (await allPostings(tx)).map(toPosting)
  })

function found(accounts: Awaited<ReturnType<typeof readAccounts>>, id: AccountId): Account {
  const account = accounts.get(id)
  if (!account) throw financeErrors.notFound({ id })
  return toAccount(account)
}
