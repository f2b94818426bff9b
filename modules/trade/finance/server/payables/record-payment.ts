import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { nextNumber } from '#kernel/numbering.ts'
import { publish } from '#kernel/outbox.ts'
import { opaque } from '#kernel/postgres.ts'
import { readMoney, writeMoney } from '#values/money.ts'
import { financeEvents, type PaymentId } from '../../contract.ts'
import { financeErrors } from '../../errors.ts'
import type { Payment, payableApi } from '../../payable-contract.ts'
import { nextInvoiceState } from '../invoices/invoice-states.ts'
import { lockInvoice, setInvoice } from '../invoices/invoice-store.ts'
import { inRed } from '../ledger/ledger-rules.ts'
import { accountsFor, postVoucher } from '../ledger/post-voucher.ts'
import { voucherLines, voucherOf } from '../ledger/voucher-store.ts'
import type { Rooms } from '../rooms.ts'
import type { FinanceTx } from '../tables.ts'
import { lockPayables, type PayableRow, setPayable } from './payable-store.ts'
import { allocationsOf, insertAllocations, insertPayment, lockPayment, setCancelled, withAllocations } from './payment-store.ts'

/** Errors: finance.notFound, tooMuch, paysNothing, periodClosed. */
export const recordPayment = ({ db }: Rooms, ctx: Context, given: z.output<typeof payableApi.pay.body>): Promise<Payment> =>
  db.inTenant(ctx, async (tx) => {
    const { payables, amounts, total } = await judged(tx, given)
    const [first] = payables
    if (!first) throw financeErrors.notFound()
    if (total < 0n || (total === 0n) !== (given.method === 'offset')) throw financeErrors.paysNothing()
    const parties = { buyer_org: tx.orgId, supplier_org: given.partnerId }
    const number = await nextNumber(opaque(tx), 'FK', given.day)
    const { id } = await insertPayment(tx, {
      ...parties,
      buyer_name: first.buyer_name,
      supplier_name: first.supplier_name,
      number,
      day: given.day,
      currency: first.currency,
      amount: total,
      method: given.method,
      reference: given.reference,
      created_at: ctx.now,
      created_name: ctx.actor.name ?? null,
      cancelled_at: null,
      cancel_reason: null,
    })
    await insertAllocations(
      tx,
      payables.map((row) => ({ ...parties, payment_id: id, payable_id: row.id, amount: amounts.get(row.id) ?? 0n })),
    )
    for (const row of payables) await setPaid(tx, row, BigInt(row.paid) + (amounts.get(row.id) ?? 0n), given.day)
    if (total > 0n) await postPayment(tx, ctx, { id, number, day: given.day, total }, first)
    const news = { paymentId: id, number, amount: writeMoney(first.currency, total).amount, buyerId: tx.orgId, supplierId: given.partnerId }
    await publish(tx, ctx, financeEvents.paid, id, news)
    return wholePayment(tx, id)
  })

async function judged(tx: FinanceTx, { partnerId, allocations }: z.output<typeof payableApi.pay.body>) {
  const payables = await lockPayables(
    tx,
    allocations.map((one) => one.payableId),
  )
  const amounts = new Map(allocations.map((one) => [one.payableId, readMoney(one.amount)]))
  if (payables.length !== allocations.length || payables.some((row) => row.supplier_org !== partnerId)) throw financeErrors.notFound()
  const currencies = new Set([...payables.map((row) => row.currency), ...allocations.map((one) => one.amount.currency)])
  if (currencies.size !== 1) throw financeErrors.tooMuch({ currencies: [...currencies] })
  for (const row of payables) {
    const [amount, open] = [amounts.get(row.id) ?? 0n, BigInt(row.gross) - BigInt(row.paid)]
    if (amount === 0n || amount * open < 0n || (amount < 0n ? -amount > -open : amount > open))
      throw financeErrors.tooMuch({ invoice: row.invoice_number, open: writeMoney(row.currency, open).amount })
  }
  return { payables, amounts, total: [...amounts.values()].reduce((sum, amount) => sum + amount, 0n) }
}

/** A paid part is no longer in dispute, as far as nothing else is open. */
async function setPaid(tx: FinanceTx, row: PayableRow, paid: bigint, day: string): Promise<void> {
  const open = BigInt(row.gross) - paid
  const disputed = BigInt(row.disputed) > open ? (open > 0n ? open : 0n) : BigInt(row.disputed)
  await setPayable(tx, row.id, { paid, disputed, settled_on: open === 0n ? day : null })
  const invoice = await lockInvoice(tx, row.invoice_id)
  const to = invoice && nextInvoiceState(invoice.state, open === 0n ? 'pay' : 'reopen', { drafter: false, buyer: true, supplier: false })
  if (invoice && to) await setInvoice(tx, invoice.id, { state: to })
}

async function postPayment(
  tx: FinanceTx,
  ctx: Context,
  payment: { id: PaymentId; number: string; day: string; total: bigint },
  to: PayableRow,
): Promise<void> {
  const { number, day, total } = payment
  const accountOf = await accountsFor(tx, day)
  const partner = { orgId: to.supplier_org, name: to.supplier_name }
  const summary = `付款 ${number} ${to.supplier_name}`
  await postVoucher(tx, ctx, {
    day,
    kind: 'payment',
    currency: to.currency,
    summary,
    lines: [
      { account: accountOf('payable'), summary, debit: total, credit: 0n, partner },
      { account: accountOf('bank'), summary, debit: 0n, credit: total, partner },
    ],
    source: { entity: 'finance.payment', id: payment.id, number, day },
  })
}

/** Errors: finance.notFound, changedMeanwhile, notAllowedNow, periodClosed. */
export const cancelPayment = (
  { db }: Rooms,
  ctx: Context,
  id: PaymentId,
  { version, reason }: { version: number; reason: string },
): Promise<Payment> =>
  db.inTenant(ctx, async (tx) => {
    const payment = await lockPayment(tx, id)
    if (!payment) throw financeErrors.notFound({ id })
    if (payment.version !== version) throw financeErrors.changedMeanwhile({ id, version: payment.version })
    if (payment.cancelled_at) throw financeErrors.notAllowedNow({ id })
    const amounts = new Map((await allocationsOf(tx, [id])).map((one) => [one.payable_id, BigInt(one.amount)]))
    for (const row of await lockPayables(tx, [...amounts.keys()]))
      await setPaid(tx, row, BigInt(row.paid) - (amounts.get(row.id) ?? 0n), payment.day)
    await setCancelled(tx, id, ctx.now, reason)
    await reverseVoucher(tx, ctx, id, payment.number, reason)
    await publish(tx, ctx, financeEvents.paymentCancelled, id, {
      paymentId: id,
      number: payment.number,
      amount: writeMoney(payment.currency, BigInt(payment.amount)).amount,
      buyerId: payment.buyer_org,
      supplierId: payment.supplier_org,
      reason,
    })
    return wholePayment(tx, id)
  })

/** On the payment's own day, so that the books of that day are right; in a closed period it is refused. */
async function reverseVoucher(tx: FinanceTx, ctx: Context, id: PaymentId, number: string, reason: string): Promise<void> {
  const voucher = await voucherOf(tx, 'finance.payment', id)
  if (!voucher) return
  const lines = (await voucherLines(tx, voucher.id)).map((line) => ({
    account: line.account_id,
    summary: reason,
    debit: BigInt(line.debit),
    credit: BigInt(line.credit),
    partner: line.partner_org && { orgId: line.partner_org, name: line.partner_name ?? '' },
  }))
  await postVoucher(tx, ctx, {
    day: voucher.day,
    kind: 'reversal',
    currency: voucher.currency,
    summary: `撤销付款 ${number} ${reason}`,
    lines: inRed(lines),
    source: null,
    reverses: voucher.id,
  })
}

async function wholePayment(tx: FinanceTx, id: PaymentId): Promise<Payment> {
  const row = await lockPayment(tx, id)
  const [payment] = row ? await withAllocations(tx, [row]) : []
  if (!payment) throw financeErrors.notFound({ id })
  return payment
}
