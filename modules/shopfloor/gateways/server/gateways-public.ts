import { narrow } from '#kernel/postgres.ts'
import type { GatewaysPublic } from '../public.ts'
import { insertCommand } from './ask-gateway.ts'
import { createGateway } from './change-gateway.ts'
import { createLink } from './change-links.ts'
import { connectDevice } from './connect-device.ts'
import { paceOf } from './pace-of.ts'
import { addPointTable, createPointTable, pointTables } from './point-tables.ts'
import type { Rooms } from './rooms.ts'
import { withdrawWrite, writeTarget } from './send-write.ts'
import type { GatewaysTables } from './tables.ts'
import { voiceOf } from './voice-of.ts'
import { wakeTopics } from './wake-up.ts'

export const gatewaysPublic = (rooms: Rooms): GatewaysPublic => ({
  voiceOf: (orgId, deviceId) => voiceOf(rooms.system, orgId, deviceId),
  paceOf: (tx, deviceId) => paceOf(rooms, narrow<GatewaysTables>(tx), deviceId),
  writeTarget: (tx, deviceId) => writeTarget(rooms, narrow<GatewaysTables>(tx), deviceId),
  sendWrite: (tx, input) => insertCommand(narrow<GatewaysTables>(tx), input),
  wake: (gatewayId) => rooms.bus.publish(wakeTopics.asked, JSON.stringify({ gatewayId })),
  withdrawWrite: (tx, id) => withdrawWrite(narrow<GatewaysTables>(tx), id),
  pointTables: (tx) => pointTables(narrow<GatewaysTables>(tx)),
  addPointTable: (tx, ctx, input) => addPointTable(rooms, narrow<GatewaysTables>(tx), ctx, input),
  createGateway: (ctx, input) => createGateway(rooms, ctx, input),
  createLink: (ctx, gatewayId, input) => createLink(rooms, ctx, gatewayId, input),
  createPointTable: (ctx, input) => createPointTable(rooms, ctx, input),
  connectDevice: (ctx, input) => connectDevice(rooms, ctx, input),
})
