import type { z } from 'zod'
import type { Notice } from '#kernel/notices.ts'
import { logisticsEvents } from './contract.ts'

type Of<Name extends keyof typeof logisticsEvents> = z.infer<(typeof logisticsEvents)[Name]['payload']>
type News = Pick<Of<'arrived'>, 'shipmentId' | 'number' | 'buyerId' | 'supplierId'>

const page = ({ shipmentId }: News) => `/logistics/${shipmentId}`
const toBuyer = {
  recipient: (news: News) => news.buyerId,
  partner: (news: News) => news.supplierId,
  path: page,
  values: ({ number }: News) => ({ number }),
}
const toSupplier = { ...toBuyer, recipient: (news: News) => news.supplierId, partner: (news: News) => news.buyerId }

/** Of what the other side must hear. */
export const logisticsNotices: readonly Notice[] = [
  { ...toBuyer, event: logisticsEvents.issued.name, kind: 'logistics.issued', permission: 'logistics.receive' },
  { ...toBuyer, event: logisticsEvents.cancelled.name, kind: 'logistics.cancelled', permission: 'logistics.receive' },
  {
    ...toSupplier,
    event: logisticsEvents.received.name,
    kind: 'logistics.received',
    permission: 'logistics.ship',
    recipient: ({ withoutNotice, supplierId }: Of<'received'>) => (withoutNotice ? undefined : supplierId),
  } satisfies Notice<Of<'received'>>,
  {
    ...toSupplier,
    event: logisticsEvents.received.name,
    kind: 'logistics.receivedWithoutNotice',
    permission: 'logistics.ship',
    recipient: ({ withoutNotice, supplierId }: Of<'received'>) => (withoutNotice ? supplierId : undefined),
    values: ({ receiptNumber }: Of<'received'>) => ({ number: receiptNumber }),
  } satisfies Notice<Of<'received'>>,
  { ...toSupplier, event: logisticsEvents.returned.name, kind: 'logistics.returned', permission: 'logistics.ship' },
  { ...toBuyer, event: logisticsEvents.takenBack.name, kind: 'logistics.takenBack', permission: 'logistics.receive' },
  {
    ...toSupplier,
    event: logisticsEvents.claimOpened.name,
    kind: 'logistics.claimOpened',
    permission: 'logistics.claim',
    path: ({ claimId }) => `/logistics/claims?side=supplier&claim=${claimId}`,
    values: ({ claimNumber }: Of<'claimOpened'>) => ({ number: claimNumber }),
  } satisfies Notice<Of<'claimOpened'>>,
  {
    event: logisticsEvents.claimMoved.name,
    kind: 'logistics.claimMoved',
    permission: 'logistics.claim',
    recipient: (news) => (news.by === 'buyer' ? news.supplierId : news.buyerId),
    partner: (news) => (news.by === 'buyer' ? news.buyerId : news.supplierId),
    path: ({ by, claimId }) => `/logistics/claims?side=${by === 'buyer' ? 'supplier' : 'buyer'}&claim=${claimId}`,
    values: ({ claimNumber }) => ({ number: claimNumber }),
  } satisfies Notice<Of<'claimMoved'>>,
]
