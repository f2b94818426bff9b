import type { z } from 'zod'
import type { Notice } from '#kernel/notices.ts'
import { sharingEvents } from './contract.ts'

type News = z.infer<typeof sharingEvents.granted.payload>

const toGrantee = (event: string): Notice<News> => ({
  event,
  kind: event,
  recipient: (payload) => payload.granteeId,
  partner: (payload) => payload.grantorId,
  permission: 'sharing.manage',
  path: ({ agreementId }) => `/sharing/${agreementId}`,
  values: () => ({}),
})

export const sharingNotices: readonly Notice[] = [toGrantee(sharingEvents.granted.name), toGrantee(sharingEvents.revoked.name)]
