import type { Clock } from '#kernel/clock.ts'
import { backgroundContext } from '#kernel/context.ts'
import type { Delivered, Subscription } from '#kernel/outbox-reader.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import { type ConsignmentUsed, inventoryEvents } from '#modules/trade/inventory/contract.ts'
import type { OrgId } from '#values/ids.ts'
import { logisticsEvents, type ShipmentId } from '../contract.ts'
import { followUsed, unsettled } from './follow-use.ts'
import type { Rooms } from './rooms.ts'
import { sendBeyond } from './send-stock.ts'
import { settleTransit } from './settle-transit.ts'

interface Parts extends Pick<Rooms, 'db' | 'inventory' | 'materials'> {
  organisations: Pick<OrganisationsPublic, 'facts'>
  clock: Clock
}

/** The buyer counted, or a discrepancy has ended: the supplier's goods leave transit in his own tenant. */
const settleOn =
  (name: string, event: string) =>
  (parts: Parts): Subscription => ({
    name,
    event,
    handle: async ({ payload, trace }: Delivered<{ shipmentId: ShipmentId; supplierId: OrgId }>) => {
      const supplier = await parts.organisations.facts(payload.supplierId)
      if (!supplier?.active) return
      const ctx = backgroundContext(supplier, { kind: 'job', id: name }, trace, parts.clock.now())
      // Two transactions: each posts at most once, so that none waits crosswise for another's materials.
      await parts.db.inTenant(ctx, (tx) => sendBeyond(parts, tx, ctx, payload.shipmentId))
      await parts.db.inTenant(ctx, (tx) => settleTransit(parts, tx, ctx, payload.shipmentId))
    },
  })

/** Consigned goods were used: they leave the supplier's own stock, once per usage. What has arrived meanwhile is settled first. */
export const followUse = (parts: Parts): Subscription => ({
  name: 'logistics.followUse',
  event: inventoryEvents.consignmentUsed.name,
  handle: async ({ payload, trace }: Delivered<ConsignmentUsed>) => {
    const supplier = await parts.organisations.facts(payload.supplierId)
    if (!supplier?.active) return
    const ctx = backgroundContext(supplier, { kind: 'job', id: 'logistics.followUse' }, trace, parts.clock.now())
    const arriving = await parts.db.inTenant(ctx, (tx) => unsettled(tx, payload))
    for (const id of arriving) await parts.db.inTenant(ctx, (tx) => settleTransit(parts, tx, ctx, id))
    await parts.db.inTenant(ctx, (tx) => followUsed(parts, tx, ctx, payload))
  },
})

export const settleOnReceipt = settleOn('logistics.settleOnReceipt', logisticsEvents.received.name)
export const settleOnClaim = settleOn('logistics.settleOnClaim', logisticsEvents.claimMoved.name)
