import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { auditEvent } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { configurationApi } from '../configuration-contract.ts'
import { type CommandAnswer, type CommandId, type TestReadCommand, wireLimits } from '../contract.ts'
import { gatewayErrors } from '../errors.ts'
import { filledIn, parsedSettings, placeProblems } from '../point-rows.ts'
import { checkedConnection, checkedSettings, protocolOf } from './check-settings.ts'
import { findLink } from './configuration-store.ts'
import { ownGateway } from './gateway-access.ts'
import { stateOf } from './read-gateways.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaysTx } from './tables.ts'
import { lookUntil, wakeTopics } from './wake-up.ts'

type Question = z.output<typeof configurationApi.testRead.body>
type Answer = z.input<typeof configurationApi.testRead.response>

const LOOK_AGAIN_MS = 1_000

/** Asks the gateway to read points once and waits for its answer, or says why there is none. */
export async function testRead(rooms: Rooms, ctx: Context, gatewayId: DeviceId, question: Question): Promise<Answer> {
  const asked = await rooms.db.inTenant(ctx, async (tx) => {
    const { row } = await ownGateway(rooms, tx, ctx, gatewayId)
    const request = await requestOf(rooms, tx, ctx, gatewayId, question)
    return stateOf(row.received_at, ctx.now.getTime()) === 'online' ? insertCommand(tx, rooms, gatewayId, request) : undefined
  })
  if (!asked) return { outcome: 'failed', reason: 'gateways.offline' }
  rooms.bus.publish(wakeTopics.asked, JSON.stringify({ gatewayId }))
  const answer = await lookUntil(
    rooms.bus,
    { topics: [wakeTopics.answered], key: asked, withinMs: wireLimits.commandMs, everyMs: LOOK_AGAIN_MS },
    () => rooms.db.inTenant(ctx, (tx) => answerOf(tx, asked)),
  )
  if (!answer) return { outcome: 'failed', reason: 'gateways.noAnswer' }
  return 'samples' in answer ? { outcome: 'read', samples: answer.samples } : { outcome: 'failed', reason: answer.failed }
}

type Request = Omit<TestReadCommand, 'id' | 'expiresAtMs'>

async function requestOf(rooms: Rooms, tx: GatewaysTx, ctx: Context, gatewayId: DeviceId, question: Question): Promise<Request> {
  const { row: _, device } = await ownGateway(rooms, tx, ctx, gatewayId)
  const link = 'id' in question.link ? await findLink(tx, question.link.id) : undefined
  if ('id' in question.link && link?.gateway_id !== gatewayId) throw gatewayErrors.linkNotFound({ id: question.link.id })
  const typed = 'id' in question.link ? undefined : question.link
  const protocol = protocolOf(link?.protocol ?? typed?.protocol ?? '')
  const connection =
    link?.connection ?? (await checkedConnection(rooms, tx, ctx, { protocol, connection: typed?.connection ?? {}, siteId: device.siteId }))
  const problems = question.points.flatMap((point, row) =>
    placeProblems(protocol.place, point.place).map((problem) => ({ row, ...problem, field: `place.${problem.field}` })),
  )
  if (problems.length > 0) throw gatewayErrors.rowsWrong({ n: problems.length, problems })
  return {
    kind: 'testRead',
    linkId: link?.enabled ? link.id : null,
    protocol: protocol.name,
    connection,
    unit: checkedSettings(protocol.unit, filledIn(question.unit)),
    points: question.points.map((point) => ({ ...point, place: parsedSettings(protocol.place, point.place) })),
  }
}

async function insertCommand(tx: GatewaysTx, rooms: Rooms, gatewayId: DeviceId, request: Request): Promise<CommandId> {
  const { id } = await tx.sql
    .insertInto('gateways.command')
    .values({
      org_id: tx.orgId,
      gateway_id: gatewayId,
      request: JSON.stringify(request),
      answer: null,
      taken_at: null,
      expires_at: new Date(rooms.clock.nowMs() + wireLimits.commandMs),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  const { protocol, unit, points } = request
  await auditEvent(tx, {
    action: 'gateways.testRead',
    entity: 'gateways.gateway',
    entityId: gatewayId,
    details: { protocol, unit, points: points.length },
  })
  return id
}

const answerOf = async (tx: GatewaysTx, id: CommandId): Promise<CommandAnswer | undefined> =>
  (await tx.sql.selectFrom('gateways.command').select('answer').where('org_id', '=', tx.orgId).where('id', '=', id).executeTakeFirst())
    ?.answer ?? undefined
