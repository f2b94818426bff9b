import type { Clock } from '#kernel/clock.ts'
import { backgroundContext } from '#kernel/context.ts'
import type { Delivered, Subscription } from '#kernel/outbox-reader.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import type { InvoiceId } from '../contract.ts'
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
