import type { z } from 'zod'
import type { Notice } from '#kernel/notices.ts'
import { gatewaysEvents } from '../contract.ts'

type TurnBegan = z.infer<typeof gatewaysEvents.turnBegan.payload>

/** Whoever switched by hand knows of it. */
export const takeOverNotice: Notice<TurnBegan> = {
  event: gatewaysEvents.turnBegan.name,
  kind: 'gateways.tookOver',
  recipient: ({ orgId, reason }) => (reason === 'silent' ? orgId : undefined),
  permission: 'gateways.manage',
  path: ({ gatewayId }) => `/gateways/${gatewayId}`,
  values: ({ active, before }) => ({ active, before }),
}
