import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { configurationApi } from '../configuration-contract.ts'
import type { LinkId } from '../contract.ts'
import { askGateway, failed } from './ask-gateway.ts'
import { protocolOf } from './check-settings.ts'
import { ownLink } from './gateway-access.ts'
import type { Rooms } from './rooms.ts'

type Question = z.output<typeof configurationApi.browse.body>
type Answer = z.input<typeof configurationApi.browse.response>

/** Lets the gateway look into a device's directory over the link that it runs. Errors: gateways.linkNotFound. */
export async function browseLink(rooms: Rooms, ctx: Context, linkId: LinkId, { at, cursor }: Question): Promise<Answer> {
  const answer = await askGateway(rooms, ctx, async (tx) => {
    const link = await ownLink(rooms, tx, ctx, linkId)
    if (!protocolOf(link.protocol).can.browse) return { failed: 'gateways.cannotBrowse' }
    return { gatewayId: link.gateway_id, request: { kind: 'browse', linkId, at, cursor } }
  })
  if ('nodes' in answer) return { outcome: 'read', nodes: answer.nodes, cursor: answer.cursor }
  return failed(answer)
}
