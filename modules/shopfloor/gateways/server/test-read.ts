import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { auditEvent } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { configurationApi } from '../configuration-contract.ts'
import type { TestReadCommand } from '../contract.ts'
import { gatewayErrors } from '../errors.ts'
import { filledIn, parsedSettings, placeProblems } from '../point-rows.ts'
import { askGateway, failed } from './ask-gateway.ts'
import { checkedConnection, checkedSettings, protocolOf } from './check-settings.ts'
import { findLink } from './configuration-store.ts'
import { ownGateway } from './gateway-access.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaysTx } from './tables.ts'

type Question = z.output<typeof configurationApi.testRead.body>
type Answer = z.input<typeof configurationApi.testRead.response>
type Request = Omit<TestReadCommand, 'id' | 'expiresAtMs'>

/** Asks the gateway to read points once and waits for its answer, or says why there is none. */
export async function testRead(rooms: Rooms, ctx: Context, gatewayId: DeviceId, question: Question): Promise<Answer> {
  const answer = await askGateway(rooms, ctx, async (tx) => {
    const request = await requestOf(rooms, tx, ctx, gatewayId, question)
    const { protocol, unit, points } = request
    const told = () =>
      auditEvent(tx, {
        action: 'gateways.testRead',
        entity: 'gateways.gateway',
        entityId: gatewayId,
        details: { protocol, unit, points: points.length },
      })
    return { gatewayId, request, told }
  })
  if ('samples' in answer) return { outcome: 'read', samples: answer.samples }
  return failed(answer)
}

async function requestOf(rooms: Rooms, tx: GatewaysTx, ctx: Context, gatewayId: DeviceId, question: Question): Promise<Request> {
  const { row: _, device } = await ownGateway(rooms, tx, ctx, gatewayId)
  const link = 'id' in question.link ? await findLink(tx, question.link.id) : undefined
  if ('id' in question.link && link?.gateway_id !== gatewayId) throw gatewayErrors.linkNotFound({ id: question.link.id })
  const typed = 'id' in question.link ? undefined : question.link
  const protocol = protocolOf(link?.protocol ?? typed?.protocol ?? '')
  const connection =
    link?.connection ??
    // Passwords do not travel with a question: it is kept in clear until it is answered.
    (await checkedConnection(rooms, tx, ctx, { protocol, connection: typed?.connection ?? {}, siteId: device.siteId })).settings
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
