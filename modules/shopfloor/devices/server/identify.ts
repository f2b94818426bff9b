import { sql } from 'kysely'
import type { DeviceId } from '../contract.ts'
import type { IngestDevice } from '../public.ts'
import type { States } from '../thing-model.ts'
import type { Rooms } from './rooms.ts'

type FoundPoint = Omit<IngestDevice['points'][number], 'states'> & { states: States | null }

/**
 * A device with its secrets, points and bindings in one query: the ingest asks for each device at its first message. The system role reads
 * it, since no organisation is known yet; the code must match to the letter, as the topic does.
 */
export async function identify(
  rooms: Pick<Rooms, 'system' | 'organisations'>,
  orgCode: string,
  deviceCode: string,
): Promise<IngestDevice | undefined> {
  const organisation = await rooms.organisations.organisationByCode(orgCode)
  if (!organisation) return undefined
  const { orgId, orgNo } = organisation
  const found = await rooms.system.inSystem((system) =>
    sql<{ id: DeviceId; sending: boolean; credentials: string[]; points: FoundPoint[] }>`
      select d.id, d.status in ('active', 'maintenance') as sending,
        array(select encode(c.secret_hash, 'hex') from devices.credential c
              where c.org_id = d.org_id and c.device_id = d.id and c.disabled_at is null) as credentials,
        coalesce((
          select json_agg(json_build_object('name', p.name, 'valueType', p.value_type, 'kind', p.kind, 'min', p.min, 'max', p.max, 'states', p.states, 'min', p.min, 'max', p.max, 'bindings', coalesce((
              select json_agg(json_build_object('series', p.series,
                'fromMs', (extract(epoch from b.valid_from) * 1000)::bigint, 'untilMs', (extract(epoch from b.valid_until) * 1000)::bigint) order by b.valid_from)
              from devices.binding b where b.org_id = d.org_id and b.device_id = d.id and b.point_id = p.id), '[]')) order by p.position)
          from devices.point p where p.org_id = d.org_id and p.device_id = d.id), '[]') as points
      from devices.device d where d.org_id = ${orgId} and d.code = ${deviceCode}`.execute(system),
  )
  const device = found.rows[0]
  if (!device) return undefined
  return {
    orgId,
    orgNo,
    deviceId: device.id,
    active: organisation.active && device.sending,
    credentials: device.credentials.map((hash) => ({ hash: Buffer.from(hash, 'hex') })),
    points: device.points.map(({ states, ...point }) => (states ? { ...point, states } : point)),
  }
}
