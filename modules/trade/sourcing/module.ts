import type { ServerModule } from '#kernel/module.ts'
import { prefixed } from '#values/import.ts'
import { agreementApi } from './agreement-contract.ts'
import { sourcingApi, sourcingPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import type { SourcingPublic } from './public.ts'
import { agreementDocument, agreementNotices, agreementTodos } from './server/agreements/agreement-news.ts'
import { agreementRoutes } from './server/agreements/agreement-routes.ts'
import { boundCallOff } from './server/agreements/bound-order.ts'
import { type ReleaseParts, releaseCallOff } from './server/agreements/call-off.ts'
import { firstSteps } from './server/first-steps.ts'
import { sourcingNotices, sourcingTodos } from './server/news.ts'
import { invitationDocument, requestDocument } from './server/request-documents.ts'
import { sourcingRoutes } from './server/routes.ts'
import { sourcingSearches } from './server/searches.ts'
import { type DeadlineParts, deadlineLoop } from './server/tell-deadlines.ts'
import zh from './zh.json' with { type: 'json' }

type Parts = Omit<ReleaseParts & DeadlineParts, 'termLimit'> & {
  /** Without one no term is too long. */
  termLimit?: ReleaseParts['termLimit']
}

export const sourcingModule = ({ termLimit = async () => undefined, ...around }: Parts): ServerModule & { public: SourcingPublic } => {
  const rooms = { ...around, termLimit }
  return {
    name: 'sourcing',
    api: { ...sourcingApi, ...prefixed('agreement', agreementApi) },
    permissions: sourcingPermissions,
    words: { zh, en },
    routes: (on) => {
      sourcingRoutes(rooms)(on)
      agreementRoutes(rooms)(on)
    },
    subscriptions: [releaseCallOff(rooms)],
    loops: [deadlineLoop(rooms)],
    notices: [...sourcingNotices, ...agreementNotices],
    documents: [requestDocument, invitationDocument, agreementDocument],
    searches: sourcingSearches,
    todos: [...sourcingTodos, ...agreementTodos],
    public: { ...firstSteps(rooms), boundCallOff: boundCallOff(rooms) },
  }
}
