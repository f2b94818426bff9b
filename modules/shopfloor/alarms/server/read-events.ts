import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { FileAnswer } from '#kernel/file-answer.ts'
import { readPage } from '#kernel/page.ts'
import { streamWorkbook } from '#kernel/spreadsheet-writer.ts'
import { CHINA_ZONE, chinaDay, wallMs } from '#values/instant.ts'
import type { Page } from '#values/list.ts'
import type { AlarmEvent, alarmsApi } from '../contract.ts'
import { priorityOf, rankOf } from '../priority.ts'
import { type Facts, factsOf, likePart, pointFacts } from './read-alarms.ts'
import type { Rooms } from './rooms.ts'
import type { AlarmsTx } from './tables.ts'

type Filter = z.output<typeof alarmsApi.exportEvents.query>
const MAX_ROWS = 50_000

function eventRows(tx: AlarmsTx, ctx: Context, filter: Filter) {
  let rows = tx.sql
    .selectFrom('alarms.event as e')
    .innerJoin('alarms.alarm as a', (join) => join.onRef('a.org_id', '=', 'e.org_id').onRef('a.id', '=', 'e.alarm_id'))
    .innerJoin('alarms.rule as r', (join) => join.onRef('r.org_id', '=', 'a.org_id').onRef('r.id', '=', 'a.rule_id'))
    .select(['e.id', 'e.alarm_id', 'e.device_id', 'e.kind', 'e.at', 'e.recorded_at', 'e.late', 'e.from_state', 'e.to_state', 'e.rank'])
    .select(['e.value', 'e.first_out', 'e.actor_name', 'e.comment', 'e.until', 'r.name', 'r.name_en', 'r.point_name'])
    .where('e.org_id', '=', tx.orgId)
  const { sites } = ctx.scopes
  if (sites !== 'all') rows = rows.where(sql<boolean>`e.site_id = any(${[...sites]}::uuid[])`)
  if (filter.alarmId) rows = rows.where('e.alarm_id', '=', filter.alarmId)
  if (filter.deviceId) rows = rows.where('e.device_id', '=', filter.deviceId)
  if (filter.kind) rows = rows.where('e.kind', '=', filter.kind)
  if (filter.priority) rows = rows.where('e.rank', '=', rankOf(filter.priority))
  if (filter.from) rows = rows.where('e.at', '>=', new Date(filter.from))
  if (filter.until) rows = rows.where('e.at', '<', new Date(filter.until))
  return rows
}
type Row = Awaited<ReturnType<ReturnType<typeof eventRows>['executeTakeFirstOrThrow']>>

export function listEvents(
  rooms: Pick<Rooms, 'db' | 'devices'>,
  ctx: Context,
  list: z.output<typeof alarmsApi.events.query>,
): Promise<Page<AlarmEvent>> {
  return rooms.db.inTenant(ctx, async (tx) => {
    const rows = eventRows(tx, ctx, list)
    const searched = list.search ? rows.where('r.search_text', 'like', likePart(list.search)) : rows
    const page = await readPage(tx, searched, list, { sorts: { at: { by: 'e.at', type: 'timestamptz' } }, id: 'e.id' }, (row) => row)
    const facts = await factsOf(rooms, tx, page.items)
    return { ...page, items: page.items.map((row) => eventOf(row, facts)) }
  })
}

function eventOf(row: Row, facts: Facts): AlarmEvent {
  const device = facts.devices.get(row.device_id)
  return {
    id: row.id,
    alarmId: row.alarm_id,
    name: row.name,
    nameEn: row.name_en,
    deviceId: row.device_id,
    deviceName: device?.name ?? '',
    deviceNameEn: device?.nameEn ?? null,
    priority: priorityOf(row.rank),
    kind: row.kind,
    at: row.at.toISOString(),
    recordedAt: row.recorded_at.toISOString(),
    late: row.late,
    fromState: row.from_state,
    toState: row.to_state,
    value: row.value,
    point: pointFacts(facts, row),
    firstOut: row.first_out,
    actor: row.actor_name,
    comment: row.comment,
    until: row.until?.toISOString() ?? null,
  }
}

const columns = [
  ['at', 22],
  ['device', 24],
  ['alarm', 28],
  ['priority', 10],
  ['event', 14],
  ['value', 12],
  ['unit', 10],
  ['state', 16],
  ['actor', 14],
  ['comment', 40],
  ['late', 10],
] as const

/** What happened, the newest first. */
export async function exportEvents(rooms: Pick<Rooms, 'db' | 'devices' | 'translate'>, ctx: Context, filter: Filter): Promise<FileAnswer> {
  const word = (key: string) => rooms.translate(ctx.locale, `alarms.${key}`) ?? key
  const english = ctx.locale === 'en-US'
  const events = await rooms.db.inTenant(ctx, async (tx) => {
    const rows = await eventRows(tx, ctx, filter).orderBy('e.at', 'desc').orderBy('e.id', 'desc').limit(MAX_ROWS).execute()
    const facts = await factsOf(rooms, tx, rows)
    return rows.map((row) => eventOf(row, facts))
  })
  return {
    fileName: `${word('export.events')}-${chinaDay(ctx.now)}.xlsx`,
    bytes: streamWorkbook(
      word('export.events'),
      columns.map(([key, width]) => ({ title: word(`export.${key}`), width })),
      events.map((event) => [
        new Date(wallMs(Date.parse(event.at), CHINA_ZONE)).toISOString().replace('T', ' ').slice(0, 23),
        (english && event.deviceNameEn) || event.deviceName,
        (english && event.nameEn) || event.name,
        word(`priorities.${event.priority}`),
        word(`events.${event.kind}`),
        event.value === null ? '' : String(event.value),
        event.point?.unit ?? '',
        word(`states.${event.toState}`),
        event.actor ?? '',
        event.comment,
        event.late ? word('late') : '',
      ]),
    ),
  }
}
