import type { Clock } from '#kernel/clock.ts'
import type { ServerModule } from '#kernel/module.ts'
import { logisticsApi, logisticsPermissions } from './contract.ts'
import { dockApi } from './dock-contract.ts'
import en from './en.json' with { type: 'json' }
import { labelApi } from './label-contract.ts'
import { logisticsNotices } from './notices.ts'
import type { LogisticsPublic } from './public.ts'
import { receivingApi } from './receiving-contract.ts'
import { claimDocument, logisticsTodos, shipmentDocument } from './server/document-kind.ts'
import { logisticsPublic } from './server/logistics-public.ts'
import type { Rooms } from './server/rooms.ts'
import { logisticsRoutes } from './server/routes.ts'
import { logisticsSearches } from './server/searches.ts'
import { followUse, settleOnClaim, settleOnReceipt } from './server/subscriptions.ts'
import { transitApi } from './transit-contract.ts'
import { withoutNoticeApi } from './without-notice-contract.ts'
import zh from './zh.json' with { type: 'json' }

export const logisticsModule = ({ clock, ...rooms }: Rooms & { clock: Clock }): ServerModule & { public: LogisticsPublic } => ({
  name: 'logistics',
  api: { ...logisticsApi, ...labelApi, ...dockApi, ...receivingApi, ...transitApi, ...withoutNoticeApi },
  permissions: logisticsPermissions,
  words: { zh, en },
  routes: logisticsRoutes(rooms),
  subscriptions: [settleOnReceipt, settleOnClaim, followUse].map((subscription) => subscription({ ...rooms, clock })),
  notices: logisticsNotices,
  documents: [shipmentDocument, claimDocument],
  todos: logisticsTodos,
  searches: logisticsSearches,
  public: logisticsPublic(rooms),
})
