import { sql } from 'kysely'
import { narrow } from '#kernel/postgres.ts'
import type { GatewaysPublic } from '../public.ts'
import { insertCommand } from './ask-gateway.ts'
import { createGateway } from './change-gateway.ts'
import { createLink } from './change-links.ts'
import { connectDevice } from './connect-device.ts'
import { addPointTable, createPointTable, pointTables } from './point-tables.ts'
import type { Rooms } from './rooms.ts'
import { withdrawWrite, writeTarget } from './send-write.ts'
import type { GatewaysTables } from './tables.ts'
import { wakeTopics } from './wake-up.ts'

export const gatewaysPublic = (rooms: Rooms): GatewaysPublic => ({
  // The system role reads it: the ingest is no member of the organisation.
  devicesOf: async (orgId, deviceId) => {
    const { rows } = await rooms.system.inSystem((tx) =>
      sql<{ code: string; codes: string[] }>`
        select g.code, array(
          select c.code from gateways.connection c join gateways.link l on l.org_id = c.org_id and l.id = c.link_id
          where l.org_id = g.org_id and l.gateway_id = g.device_id) as codes
        from gateways.gateway g where g.org_id = ${orgId} and g.device_id = ${deviceId}`.execute(tx),
    )
    const gateway = rows[0]
    return gateway && [gateway.code, ...gateway.codes]
  },
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
