import type { Clock } from '#kernel/clock.ts'
import { backgroundContext, type Context } from '#kernel/context.ts'
import type { Delivered, Subscription } from '#kernel/outbox-reader.ts'
import { opaque } from '#kernel/postgres.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import { type ConsignmentUsed, inventoryEvents } from '#modules/trade/inventory/contract.ts'
import type { OrderId, ScheduleLineId } from '#modules/trade/orders/contract.ts'
import { decimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import type { InvoiceId } from '../contract.ts'
import { accrue } from './accruals/accrue-receipt.ts'
import { lockInvoice } from './invoices/invoice-store.ts'
import { compare } from './invoices/match-invoice.ts'
import { freezeSizes } from './payables/freeze-classes.ts'
import type { Rooms } from './rooms.ts'

interface Parts extends Rooms {
  organisations: Pick<OrganisationsPublic, 'facts'>
  clock: Clock
}

/**
 * What a supplier submits is compared in the buyer's tenant, where the tolerances are. A repetition finds it compared already.
 * Nobody of the supplier's acts in the buyer's house: the audit and the timeline there name the job.
 */
export const matchSubmitted = ({ db, organisations, clock }: Parts): Subscription => ({
  name: 'finance.matchSubmitted',
  event: 'finance.invoiceSubmitted',
  handle: async (event: Delivered<{ invoiceId: InvoiceId; buyerId: OrgId }>) => {
    const buyer = await organisations.facts(event.payload.buyerId)
    if (!buyer?.active) return
    const ctx = backgroundContext(buyer, { kind: 'job', id: 'finance.matchSubmitted' }, event.trace, clock.now())
    await db.inTenant(ctx, async (tx) => {
      const row = await lockInvoice(tx, event.payload.invoiceId)
      if (row?.state === 'submitted') await compare(tx, ctx, row)
    })
  },
})

/** The size of a party is that of the day on which the order is agreed (国令802 第三条). */
export const freezeAtAgreement = (parts: Parts): Subscription => ({
  name: 'finance.freezeAtAgreement',
  event: 'orders.agreed',
  handle: async (event: Delivered<{ orderId: string; buyerOrg: OrgId; supplierOrg: OrgId }>) => {
    const { orderId, buyerOrg, supplierOrg } = event.payload
    const buyer = await parts.organisations.facts(buyerOrg)
    if (!buyer?.active) return
    const ctx = backgroundContext(buyer, { kind: 'job', id: 'finance.freezeAtAgreement' }, event.trace, parts.clock.now())
    await parts.db.inTenant(ctx, (tx) => freezeSizes(tx, parts.sizes, supplierOrg, [orderId], chinaDay(new Date(event.occurredAt))))
  },
})

/**
 * Consigned goods used are owed from that day: accrued once per usage, as a receipt is. The contract behind them is the order that they came by,
 * else the consignment. What has
 * no price in force is accrued at nothing: it is in no self-bill, and an invoice of it needs somebody's release.
 */
export const accrueUsage = (parts: Parts): Subscription => ({
  name: 'finance.accrueUsage',
  event: inventoryEvents.consignmentUsed.name,
  handle: async (event: Delivered<ConsignmentUsed>) => {
    const used = event.payload
    const buyer = await parts.organisations.facts(used.buyerId)
    if (!buyer?.active) return
    const ctx = backgroundContext(buyer, { kind: 'job', id: 'finance.accrueUsage' }, event.trace, parts.clock.now())
    await accrueUsed(parts, ctx, used)
  },
})

/** Once per usage, whoever tells of it. */
export async function accrueUsed(parts: Rooms, ctx: Context, used: ConsignmentUsed): Promise<void> {
  const whole = { id: used.usageId as string, quantity: used.quantity, price: used.price, taxRate: used.taxRate, order: null }
  const lines = (used.parts ?? [whole]).map((part) => ({
    receiptLineId: part.id,
    scheduleLineId: part.id as ScheduleLineId,
    orderId: (part.order?.id ?? used.consignmentId) as OrderId,
    orderNumber: part.order?.number ?? '',
    materialId: used.materialId,
    materialCode: used.code,
    materialName: used.name,
    unit: used.unit,
    quantity: decimal(part.quantity),
    currency: part.price?.currency ?? 'CNY',
    netPrice: decimal(part.price?.amount ?? '0'),
    taxRate: decimal(part.taxRate ?? '0'),
    paymentDays: part.order?.paymentDays ?? null,
  }))
  await parts.db.inTenant(ctx, (tx) =>
    accrue(opaque(tx), ctx, parts, 'usage', {
      receiptId: used.usageId,
      number: used.number,
      supplier: used.supplierId,
      day: used.day,
      lines,
    }),
  )
}
