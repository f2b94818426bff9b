import type pg from 'pg'
import { alarmsApi } from '#modules/shopfloor/alarms/contract.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { ApiClient } from '../api-client.ts'

/** A rule at the device, its alarm, and that somebody shelved it. */
export async function populateAlarms(client: ApiClient, deviceId: DeviceId, mark: string): Promise<Record<string, string>> {
  const rule = await client.call(alarmsApi.createRule, {
    body: {
      name: `${mark} temperature high`,
      nameEn: null,
      deviceId,
      modelCode: null,
      pointName: 'temperature',
      condition: { kind: 'limit', level: 'H', limit: 80 },
      onDelayS: 0,
      offDelayS: 0,
      badQuality: 'ignore',
      suppression: null,
      priority: 'high',
      latched: false,
      cause: mark,
      consequence: mark,
      response: mark,
      responseMinutes: 5,
      notify: true,
      escalateMinutes: 5,
    },
  })
  const { items: alarms } = await client.call(alarmsApi.list, { query: { view: 'all' } })
  const [alarm] = alarms
  if (!alarm) throw new Error('The rule made no alarm.')
  await client.call(alarmsApi.setAside, {
    body: { action: 'shelve', alarms: [{ id: alarm.id, version: alarm.version }], reason: `${mark} reason`, minutes: 60 },
  })
  const { items: events } = await client.call(alarmsApi.events)
  return { AlarmRule: rule.id, Alarm: alarm.id, AlarmEvent: events[0]?.id ?? '' }
}

/** A flood needs eleven alarms of real values: it is written as the evaluation would. */
export async function populateFlood(superuser: pg.Client, ids: Record<string, string>): Promise<string> {
  const { rows } = await superuser.query<{ id: string }>(
    `insert into alarms.flood (org_id, begun_at, ends_at, raised, first_alarm_id)
     values ($1, now() - interval '1 minute', now() + interval '1 day', 11, $2) returning id`,
    [ids.Organisation, ids.Alarm],
  )
  await superuser.query('update alarms.alarm set flood_id = $2 where org_id = $1', [ids.Organisation, rows[0]?.id])
  return rows[0]?.id ?? ''
}
