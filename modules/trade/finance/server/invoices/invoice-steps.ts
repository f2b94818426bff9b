import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { requestErrors } from '#values/errors.ts'
import { financeEvents, type InvoiceId } from '../../contract.ts'
import { financeErrors } from '../../errors.ts'
import type { Invoice, InvoiceState } from '../../invoice-contract.ts'
import type { Rooms } from '../rooms.ts'
import type { FinanceTx } from '../tables.ts'
import { newsOf } from './invoice-news.ts'
import { type InvoiceStep, nextInvoiceState } from './invoice-states.ts'
import { type InvoiceRow, lockInvoice, setInvoice, showLines } from './invoice-store.ts'
import { actorOf, wholeInvoice } from './invoice-view.ts'
import { compare } from './match-invoice.ts'

/** The invoice, locked, and the state the action leads to. Errors: finance.notFound, changedMeanwhile, notAllowedNow. */
export async function stepOf(
  tx: FinanceTx,
  id: InvoiceId,
  action: InvoiceStep,
  version: number,
): Promise<{ row: InvoiceRow; to: InvoiceState }> {
  const row = await lockInvoice(tx, id)
  if (!row) throw financeErrors.notFound({ id })
  if (row.version !== version) throw financeErrors.changedMeanwhile({ id, version: row.version })
  const to = nextInvoiceState(row.state, action, actorOf(tx, row))
  if (!to) throw financeErrors.notAllowedNow({ id, state: row.state })
  return { row, to }
}

/** The buyer's own is compared at once, the supplier's when the news has reached the buyer. */
export const submitInvoice = ({ db }: Rooms, ctx: Context, id: InvoiceId, { version }: { version: number }): Promise<Invoice> =>
  db.inTenant(ctx, async (tx) => {
    const { row, to } = await stepOf(tx, id, 'submit', version)
    await setInvoice(tx, id, { state: to, submitted_at: ctx.now })
    await showLines(tx, id)
    await publish(tx, ctx, financeEvents.invoiceSubmitted, id, newsOf(row))
    if (row.buyer_org === tx.orgId) await compare(tx, ctx, { ...row, state: to })
    return wholeInvoice(tx, id)
  })

export const matchAgain = ({ db }: Rooms, ctx: Context, id: InvoiceId, { version }: { version: number }): Promise<Invoice> =>
  db.inTenant(ctx, async (tx) => {
    const { row } = await stepOf(tx, id, 'match', version)
    await compare(tx, ctx, row)
    return wholeInvoice(tx, id)
  })

interface WithReason {
  version: number
  reason: string
}

export const withdrawInvoice = ({ db }: Rooms, ctx: Context, id: InvoiceId, { version, reason }: WithReason): Promise<Invoice> =>
  db.inTenant(ctx, async (tx) => {
    const { row, to } = await stepOf(tx, id, 'withdraw', version)
    // Whoever ends a bill must be able to make one.
    if (row.bill_number !== null && !ctx.scopes.permissions.has('finance.approve'))
      throw requestErrors.notAllowed({ permission: 'finance.approve' })
    await setInvoice(tx, id, { state: to, end_reason: reason })
    // The other party never heard of a draft: what is withdrawn before is shown to nobody.
    if (row.state !== 'draft') await publish(tx, ctx, financeEvents.invoiceWithdrawn, id, { ...newsOf(row), reason })
    return wholeInvoice(tx, id)
  })

export const rejectInvoice = ({ db }: Rooms, ctx: Context, id: InvoiceId, { version, reason }: WithReason): Promise<Invoice> =>
  db.inTenant(ctx, async (tx) => {
    const { row, to } = await stepOf(tx, id, 'reject', version)
    await setInvoice(tx, id, { state: to, end_reason: reason })
    await publish(tx, ctx, financeEvents.invoiceRejected, id, { ...newsOf(row), reason })
    return wholeInvoice(tx, id)
  })

export const blockInvoice = ({ db }: Rooms, ctx: Context, id: InvoiceId, { version, reason }: WithReason): Promise<Invoice> =>
  db.inTenant(ctx, async (tx) => {
    const { row, to } = await stepOf(tx, id, 'block', version)
    await setInvoice(tx, id, { state: to, blocked_by: ctx.actor.id, blocked_name: ctx.actor.name ?? null, block_reason: reason })
    await publish(tx, ctx, financeEvents.invoiceBlocked, id, { ...newsOf(row), reason })
    return wholeInvoice(tx, id)
  })

/** What differs is accepted by somebody who neither entered the invoice nor blocked it. Errors: also finance.secondPerson. */
export const releaseInvoice = ({ db }: Rooms, ctx: Context, id: InvoiceId, { version, reason }: WithReason): Promise<Invoice> =>
  db.inTenant(ctx, async (tx) => {
    const { row, to } = await stepOf(tx, id, 'release', version)
    if ([row.entered_by, row.blocked_by].includes(ctx.actor.id)) throw financeErrors.secondPerson()
    await setInvoice(tx, id, { state: to, released_by: ctx.actor.id, released_name: ctx.actor.name ?? null, release_reason: reason })
    await publish(tx, ctx, financeEvents.invoiceReleased, id, { ...newsOf(row), reason })
    return wholeInvoice(tx, id)
  })
