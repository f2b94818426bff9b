import { sql } from 'kysely'
import type { GatewaysPublic } from '../public.ts'
import type { GatewaysSystem } from './tables.ts'

export const gatewaysPublic = (system: GatewaysSystem): GatewaysPublic => ({
  // The system role reads it: the ingest is no member of the organisation.
  devicesOf: async (orgId, deviceId) => {
    const { rows } = await system.inSystem((tx) =>
      sql<{ code: string; codes: string[] }>`
        select g.code, array(
          select c.code from gateways.connection c join gateways.link l on l.org_id = c.org_id and l.id = c.link_id
          where l.org_id = g.org_id and l.gateway_id = g.device_id) as codes
        from gateways.gateway g where g.org_id = ${orgId} and g.device_id = ${deviceId}`.execute(tx),
    )
    const gateway = rows[0]
    return gateway && [gateway.code, ...gateway.codes]
  },
})
