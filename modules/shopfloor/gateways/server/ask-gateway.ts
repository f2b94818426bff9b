import type { Context } from '#kernel/context.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { type CommandAnswer, type CommandId, type CommandRequest, wireLimits } from '../contract.ts'
import { ownGateway } from './gateway-access.ts'
import { activeFor } from './pair-store.ts'
import { stateOf } from './read-gateways.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaysTx } from './tables.ts'
import { lookUntil, wakeTopics } from './wake-up.ts'

interface Asked {
  gatewayId: DeviceId
  request: CommandRequest
  /** In the same transaction, once it is certain that the gateway will be asked. */
  told?(): Promise<void>
}

const LOOK_AGAIN_MS = 1_000

/** Puts a command to a gateway and waits for its answer, or says why there is none. */
export async function askGateway(
  rooms: Rooms,
  ctx: Context,
  ask: (tx: GatewaysTx) => Promise<Asked | { failed: string }>,
): Promise<CommandAnswer> {
  const made = await rooms.db.inTenant(ctx, async (tx) => {
    const asked = await ask(tx)
    if ('failed' in asked) return asked
    const gatewayId = await activeFor(tx, asked.gatewayId)
    const { row } = await ownGateway(rooms, tx, ctx, gatewayId)
    if (stateOf(row.received_at, ctx.now.getTime()) !== 'online') return { failed: 'gateways.offline' }
    const id = await insertCommand(tx, { ...asked, gatewayId, expiresAt: new Date(rooms.clock.nowMs() + wireLimits.commandMs) })
    await asked.told?.()
    return { gatewayId, id }
  })
  if ('failed' in made) return made
  const { gatewayId, id } = made
  rooms.bus.publish(wakeTopics.asked, JSON.stringify({ gatewayId }))
  const answer = await lookUntil(
    rooms.bus,
    { topics: [wakeTopics.answered], key: id, withinMs: wireLimits.commandMs, everyMs: LOOK_AGAIN_MS },
    () => rooms.db.inTenant(ctx, (tx) => answerOf(tx, id)),
  )
  return answer ?? { failed: 'gateways.noAnswer' }
}

/** An answer that is not what was asked for. */
export const failed = (answer: CommandAnswer) => {
  const { failed: reason, details } = 'failed' in answer ? answer : { failed: 'gateways.noAnswer' }
  return { outcome: 'failed' as const, reason, ...(details ? { details } : {}) }
}

export async function insertCommand(
  tx: GatewaysTx,
  { gatewayId, request, expiresAt }: Pick<Asked, 'gatewayId' | 'request'> & { expiresAt: Date },
): Promise<CommandId> {
  const { id } = await tx.sql
    .insertInto('gateways.command')
    .values({
      org_id: tx.orgId,
      gateway_id: gatewayId,
      request: JSON.stringify(request),
      answer: null,
      taken_at: null,
      expires_at: expiresAt,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

const answerOf = async (tx: GatewaysTx, id: CommandId): Promise<CommandAnswer | undefined> =>
  (await tx.sql.selectFrom('gateways.command').select('answer').where('org_id', '=', tx.orgId).where('id', '=', id).executeTakeFirst())
    ?.answer ?? undefined
