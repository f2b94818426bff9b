import type { Clock } from '#kernel/clock.ts'
import { backgroundContext, type Context } from '#kernel/context.ts'
import type { Delivered, Subscription } from '#kernel/outbox-reader.ts'
import { opaque } from '#kernel/postgres.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import { inventoryEvents } from '#modules/trade/inventory/contract.ts'
import type { InventoryPublic, ValueChange } from '#modules/trade/inventory/public.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import type { Currency } from '#values/money.ts'
import type { InvoiceId } from '../../contract.ts'
import { fullNumberOf, readInvoice } from '../invoices/invoice-store.ts'
import { periodOf, postingDay } from '../ledger/ledger-rules.ts'
import { accountsOf, booksSince } from '../ledger/open-ledger.ts'
import { closedPeriods } from '../ledger/period-store.ts'
import { postVoucher } from '../ledger/post-voucher.ts'
import type { Rooms } from '../rooms.ts'
import type { FinanceTx } from '../tables.ts'
import { addPosted, isKnown, lockPosted } from './stock-posting-store.ts'
import { linesOf, roleOf, type StockRole, stockRoles, stockWords } from './stock-rules.ts'

/** Own goods are valued in it; see inventory's setting. */
export const STOCK_CURRENCY: Currency = 'CNY'

interface Parts extends Pick<Rooms, 'db'> {
  inventory: Pick<InventoryPublic, 'changedSources' | 'valueChanges'>
  organisations: Pick<OrganisationsPublic, 'facts'>
  clock: Clock
}

const contextOf = async ({ organisations, clock }: Parts, name: string, orgId: OrgId, trace: string): Promise<Context | undefined> => {
  const facts = await organisations.facts(orgId)
  return facts?.active ? backgroundContext(facts, { kind: 'job', id: name }, trace, clock.now()) : undefined
}

/** Issues, scrap, counts, what was sold, and what is left between receipt and stock: each document in a transaction of its own. */
export const postStock = (parts: Parts): Subscription => ({
  name: 'finance.postStock',
  event: inventoryEvents.valueChanged.name,
  handle: async (event: Delivered<{ batchId: string }>) => {
    const ctx = await contextOf(parts, 'finance.postStock', event.orgId, event.trace)
    if (!ctx) return
    const sources = await parts.db.inTenant(ctx, async (tx) =>
      (await booksSince(tx)) === undefined ? [] : parts.inventory.changedSources(opaque(tx), event.payload.batchId),
    )
    for (const source of sources) await bookStock(parts, ctx, source)
  },
})

/** Goods used from consignment are accrued after they have moved; and what came in or went back may be worth nothing in stock. */
export const postAccruedStock = (parts: Parts): Subscription => ({
  name: 'finance.postAccruedStock',
  event: 'finance.receiptAccrued',
  handle: async (event: Delivered<{ receiptId: string; buyerId: OrgId }>) => {
    const ctx = await contextOf(parts, 'finance.postAccruedStock', event.payload.buyerId, event.trace)
    if (ctx) await bookStock(parts, ctx, event.payload.receiptId)
  },
})

/** Where nothing is left of the goods of an invoice at another price, the stock ledger has nothing to tell. */
export const postInvoicedStock = (parts: Parts): Subscription => ({
  name: 'finance.postInvoicedStock',
  event: 'finance.invoiceApproved',
  handle: async (event: Delivered<{ invoiceId: InvoiceId; buyerId: OrgId }>) => {
    const ctx = await contextOf(parts, 'finance.postInvoicedStock', event.payload.buyerId, event.trace)
    if (ctx) await bookStock(parts, ctx, event.payload.invoiceId)
  },
})

/**
 * Brings the stock account to what the document is worth, by a voucher of what it lacks: told again, or of several postings at once, it
 * finds nothing left to do. What moved before there were books is left alone, and goods that came in are until they are accrued: those in
 * another currency have their vouchers in that.
 */
export const bookStock = ({ db, inventory }: Pick<Parts, 'db' | 'inventory'>, ctx: Context, sourceId: string): Promise<void> =>
  db.inTenant(ctx, async (tx) => {
    const since = await booksSince(tx)
    if (since === undefined) return
    const known = await isKnown(tx, sourceId)
    const read = async () => {
      const all = await inventory.valueChanges(opaque(tx), sourceId)
      return known ? all : all.filter(({ batchId }) => batchId >= since)
    }
    const roles = (await read()).flatMap((change) => roleOf(change) ?? []).filter((role) => role !== 'priceDifference')
    const posted = await lockPosted(tx, sourceId, roles)
    // Again, for others may have posted until the lock was had.
    const changes = await read()
    const missing = stockRoles.flatMap((role) => {
      const before = posted.get(role)
      if (before === undefined) return []
      const worth = changes.reduce((sum, change) => (roleOf(change) === role ? sum + change.value : sum), 0n)
      return worth === before ? [] : [{ role, amount: worth - before }]
    })
    if (missing.length === 0) return
    for (const { role, amount } of missing) await addPosted(tx, sourceId, role, amount)
    await post(tx, ctx, sourceId, changes, missing)
  })

async function post(
  tx: FinanceTx,
  ctx: Context,
  sourceId: string,
  changes: readonly ValueChange[],
  missing: readonly { role: StockRole; amount: bigint }[],
): Promise<void> {
  const of = changes.find((change) => missing.some(({ role }) => role === roleOf(change))) ?? changes[0]
  const own = await ownDocument(tx, sourceId)
  const sourceDay =
    changes
      .map((change) => change.day)
      .sort()
      .at(-1) ?? own?.day
  if (sourceDay === undefined) throw new Error(`Nothing is known of ${sourceId}, whose value is to be posted.`)
  const number = own?.number ?? of?.number ?? ''
  const day = postingDay(sourceDay, await closedPeriods(tx, periodOf(sourceDay)))
  const accountOf = await accountsOf(tx, day, ['stock', ...missing.map(({ role }) => role)])
  const words = (role: StockRole) => `${stockWords[role]} ${number}`.trim()
  await postVoucher(tx, ctx, {
    day,
    kind: 'stock',
    currency: STOCK_CURRENCY,
    summary: `${missing.map(({ role }) => stockWords[role]).join('、')} ${number}`.trim(),
    lines: missing.flatMap(({ role, amount }) =>
      linesOf(role, amount).map((line) => ({ ...line, account: accountOf(line.role), summary: words(role), partner: null })),
    ),
    source: { entity: of?.entity ?? own?.entity ?? '', id: of ? sourceId : (own?.id ?? sourceId), number, day: sourceDay },
  })
}

/** What finance itself knows of it: a receipt that it accrued, an invoice that it booked. */
async function ownDocument(tx: FinanceTx, id: string): Promise<{ entity: string; id: string; number: string; day: string } | undefined> {
  const accrual = await tx.sql
    .selectFrom('finance.accrual')
    .select(['id', 'receipt_number', 'day'])
    .where('buyer_org', '=', tx.orgId)
    .where('receipt_id', '=', id)
    .executeTakeFirst()
  if (accrual) return { entity: 'finance.accrual', id: accrual.id, number: accrual.receipt_number, day: accrual.day }
  const invoice = await readInvoice(tx, id as InvoiceId)
  if (!invoice?.approved_at) return undefined
  return { entity: 'finance.invoice', id, number: fullNumberOf(invoice), day: chinaDay(invoice.approved_at) }
}
