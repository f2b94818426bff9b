import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { configurationApi } from '../configuration-contract.ts'
import type { LinkId } from '../contract.ts'
import { askGateway, failed } from './ask-gateway.ts'
import { ownLink } from './gateway-access.ts'
import type { Rooms } from './rooms.ts'

type Answer = z.input<typeof configurationApi.trace.response>

/** What the gateway last sent and received over a link. Errors: gateways.linkNotFound. */
export async function traceLink(rooms: Rooms, ctx: Context, linkId: LinkId): Promise<Answer> {
  const answer = await askGateway(rooms, ctx, async (tx) => {
    const link = await ownLink(rooms, tx, ctx, linkId)
    return { gatewayId: link.gateway_id, request: { kind: 'trace', linkId } }
  })
  return 'frames' in answer ? { outcome: 'read', frames: answer.frames } : failed(answer)
}
