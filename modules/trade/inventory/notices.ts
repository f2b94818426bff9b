import type { z } from 'zod'
import type { Notice } from '#kernel/notices.ts'
import { inventoryEvents } from './contract.ts'

type ShareNews = z.output<(typeof inventoryEvents)['stockShareAsked']['payload']>

/** Each step on shared stock is told to the other side. */
export const inventoryNotices: readonly Notice[] = (['stockShareAsked', 'stockShareGiven', 'stockShareEnded'] as const).map(
  (name): Notice<ShareNews> => ({
    event: inventoryEvents[name].name,
    kind: `inventory.${name}`,
    recipient: ({ buyerId, supplierId, by }) => (by === buyerId ? supplierId : buyerId),
    permission: 'inventory.share',
    partner: ({ by }) => by,
    path: ({ buyerId, by }) => `/inventory/shares?side=${by === buyerId ? 'supplier' : 'buyer'}`,
    values: ({ code, name: material }) => ({ code, name: material }),
  }),
)
