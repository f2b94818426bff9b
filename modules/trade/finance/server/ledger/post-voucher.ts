import type { Context } from '#kernel/context.ts'
import { nextNumber } from '#kernel/numbering.ts'
import { publish } from '#kernel/outbox.ts'
import { opaque } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { Currency } from '#values/money.ts'
import { type AccountId, financeEvents, type VoucherId } from '../../contract.ts'
import { financeErrors } from '../../errors.ts'
import type { PostingRole, VoucherKind } from '../../ledger-contract.ts'
import type { FinanceTx } from '../tables.ts'
import { postingAccounts, readAccounts } from './account-store.ts'
import { isBalanced, isValidOn, periodOf, sidesOf } from './ledger-rules.ts'
import { makeLedger } from './open-ledger.ts'
import { insertVoucher } from './voucher-store.ts'

export interface PostedLine {
  account: AccountId
  summary: string
  debit: bigint
  credit: bigint
  partner: { orgId: OrgId; name: string } | null
}

export interface Posted {
  day: string
  kind: VoucherKind
  currency: Currency
  summary: string
  lines: readonly PostedLine[]
  source: { entity: string; id: string; number: string; day: string } | null
  reverses?: VoucherId
}

/**
 * Writes a balanced voucher under the next number. Call it last: whoever posts next waits for the number.
 * Errors: finance.notBalanced, accountNotPostable, periodClosed.
 */
export async function postVoucher(tx: FinanceTx, ctx: Context, posted: Posted): Promise<VoucherId> {
  const { day, kind, currency, summary, source } = posted
  const lines = posted.lines.filter((line) => line.debit !== 0n || line.credit !== 0n)
  if (!isBalanced(lines)) throw financeErrors.notBalanced()
  const accounts = await readAccounts(tx, [...new Set(lines.map((line) => line.account))])
  const rows = lines.map((line, i) => {
    const account = accounts.get(line.account)
    // A red voucher takes back what was posted: also where the account has ended since.
    if (!account || (posted.reverses === undefined && !(account.leaf && isValidOn(account, day))))
      throw financeErrors.accountNotPostable({ line: i + 1, account: account && `${account.code} ${account.name}`, day })
    return {
      account_id: account.id,
      account_code: account.code,
      account_name: account.name,
      summary: line.summary,
      debit: line.debit,
      credit: line.credit,
      partner_org: line.partner?.orgId ?? null,
      partner_name: line.partner?.name ?? null,
    }
  })
  const number = await nextNumber(opaque(tx), 'JZ', day)
  const id = await insertVoucher(
    tx,
    {
      number,
      day,
      period: periodOf(day),
      summary,
      kind,
      currency,
      total: sidesOf(lines).debit,
      source_entity: source?.entity ?? null,
      source_id: source?.id ?? null,
      source_number: source?.number ?? null,
      source_day: source?.day ?? null,
      reverses: posted.reverses ?? null,
      posted_at: ctx.now,
      posted_by: ctx.actor.name ?? null,
    },
    rows,
  )
  await publish(tx, ctx, financeEvents.voucherPosted, id, { voucherId: id, number, day })
  return id
}

/** The account of each business step on a day; an organisation without a chart gets the template's. */
export async function accountsFor(tx: FinanceTx, day: string): Promise<(role: PostingRole) => AccountId> {
  let accounts = await postingAccounts(tx, day)
  if (accounts.size === 0) {
    // Also where another has made it meanwhile, for whom the making waited.
    await makeLedger(tx)
    accounts = await postingAccounts(tx, day)
  }
  return (role) => {
    const account = accounts.get(role)
    if (!account) throw financeErrors.ledgerNotOpen({ role })
    return account
  }
}
