import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { type Currency, type Money, readMoney } from '#values/money.ts'
import type { VoucherId } from '../../contract.ts'
import { financeErrors } from '../../errors.ts'
import type { ledgerApi, Voucher } from '../../ledger-contract.ts'
import type { Names } from '../names.ts'
import type { FinanceDatabase } from '../tables.ts'
import { inRed } from './ledger-rules.ts'
import { postVoucher } from './post-voucher.ts'
import { readVoucher, voucherLines, wholeVoucher } from './voucher-store.ts'

/** Errors: finance.notBalanced, accountNotPostable, periodClosed, partnerUnknown. */
export const postByHand = (
  db: FinanceDatabase,
  names: Names,
  ctx: Context,
  given: z.output<typeof ledgerApi.postVoucher.body>,
): Promise<Voucher> =>
  db.inTenant(ctx, async (tx) => {
    const partners = given.lines.flatMap(({ partnerId }) => partnerId ?? [])
    const labels = await names(opaque(tx), partners)
    const lines = given.lines.map(({ accountId, summary, debit, credit, partnerId }) => ({
      account: accountId,
      summary,
      debit: minorOf(given.currency, debit),
      credit: minorOf(given.currency, credit),
      partner: partnerId && { orgId: partnerId, name: labels(partnerId) },
    }))
    const [first] = given.lines
    const id = await postVoucher(tx, ctx, {
      day: given.day,
      kind: 'manual',
      currency: given.currency,
      summary: first?.summary ?? '',
      lines,
      source: null,
    })
    return wholeVoucher(tx, id)
  })

function minorOf(currency: Currency, money: Money | null): bigint {
  if (!money) return 0n
  if (money.currency !== currency) throw financeErrors.notBalanced({ currency: money.currency })
  return readMoney(money)
}

/** Errors: finance.notFound, alreadyReversed, sourcedVoucher, periodClosed. */
export const reverseByHand = (db: FinanceDatabase, ctx: Context, id: VoucherId, given: { day: string; reason: string }): Promise<Voucher> =>
  db.inTenant(ctx, async (tx) => {
    const voucher = await readVoucher(tx, id)
    if (!voucher) throw financeErrors.notFound({ id })
    if (voucher.reversed || voucher.reverses) throw financeErrors.alreadyReversed({ number: voucher.number })
    if (voucher.source_entity) throw financeErrors.sourcedVoucher({ number: voucher.number, source: voucher.source_number })
    const lines = (await voucherLines(tx, id)).map((line) => ({
      account: line.account_id,
      summary: given.reason,
      debit: BigInt(line.debit),
      credit: BigInt(line.credit),
      partner: line.partner_org && { orgId: line.partner_org, name: line.partner_name ?? '' },
    }))
    const made = await postVoucher(tx, ctx, {
      day: given.day,
      kind: 'reversal',
      currency: voucher.currency,
      summary: given.reason,
      lines: inRed(lines),
      source: null,
      reverses: id,
    })
    return wholeVoucher(tx, made)
  })
