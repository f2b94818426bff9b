import { z } from 'zod'
import { event } from '#values/event.ts'
import { OrgId } from '#values/ids.ts'
import { Instant } from '#values/instant.ts'
import { InvitationId, RequestId } from './contract.ts'

const about = { requestId: RequestId, buyerOrg: OrgId, number: z.string() }

/** Of deadlines, which come by themselves. */
export const deadlineEvents = {
  /** To a supplier who has not bid yet. */
  near: event('sourcing.deadlineNear', 1, z.object({ ...about, invitationId: InvitationId, supplierOrg: OrgId, deadline: Instant })),
  /** The bids of a request can be opened; `bids`: how many. */
  passed: event('sourcing.deadlinePassed', 1, z.object({ ...about, bids: z.int() })),
}
