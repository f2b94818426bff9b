import type { z } from 'zod'
import type { Notice } from '#kernel/notices.ts'
import { type PartnerAction, programmeEvents } from '../contract.ts'

type News = z.infer<(typeof programmeEvents)['leaderActed']['payload']>

const path = ({ partnerId }: News) => `/programme/partners/${partnerId}`
const values = ({ name }: News) => ({ name })

const toLeader = (kind: string, ...actions: PartnerAction[]): Notice<News> => ({
  event: programmeEvents.supplierActed.name,
  kind: `programme.${kind}`,
  recipient: ({ action, buyerOrg }) => (actions.includes(action) ? buyerOrg : undefined),
  permission: 'programme.manage',
  path,
  values,
})

/** Whoever is not on the platform yet has no inbox: the leader sends the link himself. */
const toSupplier = (kind: string, ...actions: PartnerAction[]): Notice<News> => ({
  event: programmeEvents.leaderActed.name,
  kind: `programme.${kind}`,
  recipient: ({ action, supplierOrg }) => (actions.includes(action) ? (supplierOrg ?? undefined) : undefined),
  permission: 'programme.answer',
  partner: ({ buyerOrg }) => buyerOrg,
  path,
  values,
})

type Ends = z.infer<(typeof programmeEvents)['certificateEnds']['payload']>

const ofCertificate = (kind: 'certificateEnds' | 'certificateOver', to: 'leader' | 'supplier'): Notice<Ends> => ({
  event: programmeEvents.certificateEnds.name,
  kind: `programme.${kind}`,
  recipient: ({ daysLeft, buyerOrg, supplierOrg }) =>
    daysLeft < 0 === (kind === 'certificateOver') ? (to === 'leader' ? buyerOrg : (supplierOrg ?? undefined)) : undefined,
  permission: to === 'leader' ? 'programme.manage' : 'programme.answer',
  path: ({ partnerId }) => `/programme/partners/${partnerId}`,
  values: ({ name, certificate, validUntil, daysLeft }) => ({ name, certificate, day: validUntil, days: String(daysLeft) }),
})

export const programmeNotices: readonly Notice[] = [
  toLeader('applied', 'apply'),
  toLeader('left', 'decline', 'recall', 'exit'),
  toSupplier('invited', 'invite'),
  toSupplier('returned', 'return'),
  toSupplier('admitted', 'admit', 'resume'),
  toSupplier('changed', 'changeTier', 'suspend', 'refuse', 'exit', 'withdraw'),
  ...(['certificateEnds', 'certificateOver'] as const).flatMap((kind) => [ofCertificate(kind, 'leader'), ofCertificate(kind, 'supplier')]),
]
