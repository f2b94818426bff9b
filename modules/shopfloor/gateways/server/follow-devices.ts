import { sql } from 'kysely'
import type { Subscription } from '#kernel/outbox-reader.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { GatewaysSystem } from './tables.ts'

/** A device that was retired is read no more, one that went to work is: its gateway fetches its configuration anew. */
export const followDevices = (system: GatewaysSystem): Subscription => ({
  name: 'gateways.followDevices',
  event: 'devices.changed',
  handle: (event) =>
    system.inSystem(async (tx) => {
      const { deviceId } = event.payload as { deviceId: DeviceId }
      await sql`update gateways.gateway g set revision = revision + 1
        from gateways.connection c join gateways.link l on l.org_id = c.org_id and l.id = c.link_id
          left join gateways.pair p on p.org_id = l.org_id and p.gateway_id = l.gateway_id
        where c.org_id = ${event.orgId} and c.device_id = ${deviceId} and g.org_id = l.org_id and g.device_id in (l.gateway_id, p.standby_id)`.execute(
        tx,
      )
    }),
})
