import { sql } from 'kysely'
import { protocols } from '#edge/drivers/protocols.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { Voice } from '../public.ts'
import type { GatewaysSystem } from './tables.ts'
import { spansOf } from './take-over-rules.ts'

interface Row {
  code: string
  owner_id: DeviceId
  paired: boolean
  devices: { code: string; protocol: string; measured: boolean }[]
  turns: { activeId: DeviceId; beganMs: number }[]
}

/** The system role reads it: the ingest is no member of the organisation. */
export async function voiceOf(system: GatewaysSystem, orgId: OrgId, deviceId: DeviceId): Promise<Voice | undefined> {
  const { rows } = await system.inSystem((tx) =>
    sql<Row>`
      select g.code, coalesce(p.gateway_id, g.device_id) as owner_id, p.gateway_id is not null as paired,
        (select coalesce(jsonb_agg(jsonb_build_object('code', c.code, 'protocol', l.protocol, 'measured', c.source_time is not null)), '[]')
          from gateways.connection c join gateways.link l on l.org_id = c.org_id and l.id = c.link_id
          where l.org_id = g.org_id and l.gateway_id = coalesce(p.gateway_id, g.device_id)) as devices,
        (select coalesce(jsonb_agg(jsonb_build_object('activeId', t.active_id, 'beganMs', floor(extract(epoch from t.began_at) * 1000))
            order by t.epoch), '[]')
          from gateways.turn t where t.org_id = p.org_id and t.gateway_id = p.gateway_id) as turns
      from gateways.gateway g
        left join gateways.pair p on p.org_id = g.org_id and g.device_id in (p.gateway_id, p.standby_id)
      where g.org_id = ${orgId} and g.device_id = ${deviceId}`.execute(tx),
  )
  const row = rows[0]
  if (!row) return undefined
  return {
    codes: [row.code, ...row.devices.map(({ code }) => code)],
    // A protocol by which a device sends by itself brings the device's own stamps.
    stampedBySource: row.devices.filter(({ protocol, measured }) => measured || protocols[protocol]?.can.subscribe).map(({ code }) => code),
    ...(row.paired ? { turns: spansOf(row.turns, deviceId, row.owner_id) } : {}),
  }
}
