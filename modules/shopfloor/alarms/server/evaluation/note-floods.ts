import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import type { AlarmFloodId, AlarmId } from '../../contract.ts'
import { type Area, announce, BEGINS_ABOVE, WINDOW_MS } from '../flood-rules.ts'
import type { AlarmsTx } from '../tables.ts'

/** What somebody is told of, in the order in which it is written; takes the flood that it belongs to. */
export interface Told {
  id: AlarmId
  site_id: PlantNodeId | null
  flood_id: AlarmFloodId | null
}

/**
 * Which of what is announced now belongs to a flood of its site; floods that begin or go on are written, with the alarms that were announced
 * before one was seen to be it. By the time of announcing, not of the source: what people must cope with is what they are told.
 */
export async function noteFloods(tx: AlarmsTx, told: readonly Told[], now: Date): Promise<void> {
  for (const [siteId, some] of Map.groupBy(told, (one) => one.site_id)) await noteInSite(tx, siteId, some, now)
}

async function noteInSite(tx: AlarmsTx, siteId: PlantNodeId | null, told: readonly Told[], now: Date): Promise<void> {
  const last = await lastFlood(tx, siteId)
  const area: Area<AlarmId> = { recent: await announcedBefore(tx, siteId, now), flood: last }
  const before: { alarmId: AlarmId; floodId: AlarmFloodId }[] = []
  let floodId = last?.id
  const floods = new Map<AlarmFloodId, NonNullable<typeof area.flood>>()
  for (const [i, one] of told.entries()) {
    const step = announce(area, { alarmId: one.id, atMs: now.getTime() })
    if (step.kind === 'begins') {
      floodId = uuidv7() as AlarmFloodId
      const joining = new Set(step.with)
      for (const earlier of told.slice(0, i)) if (joining.delete(earlier.id)) earlier.flood_id = floodId
      for (const alarmId of joining) before.push({ alarmId, floodId })
    }
    if (step.kind === 'alone' || !floodId || !area.flood) continue
    one.flood_id = floodId
    floods.set(floodId, area.flood)
  }
  for (const [id, flood] of floods) await writeFlood(tx, { id, siteId, ...flood })
  if (before.length > 0) await joinFlood(tx, before)
}

async function lastFlood(tx: AlarmsTx, siteId: PlantNodeId | null) {
  const row = await tx.sql
    .selectFrom('alarms.flood')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('site_id', siteId === null ? 'is' : '=', siteId)
    .orderBy('begun_at', 'desc')
    .limit(1)
    .forUpdate()
    .executeTakeFirst()
  return (
    row && {
      id: row.id,
      begunMs: row.begun_at.getTime(),
      endsMs: row.ends_at.getTime(),
      raised: row.raised,
      first: row.first_alarm_id,
    }
  )
}

async function announcedBefore(tx: AlarmsTx, siteId: PlantNodeId | null, now: Date): Promise<Area<AlarmId>['recent']> {
  const rows = await tx.sql
    .selectFrom('alarms.event')
    .select(['alarm_id', 'recorded_at'])
    .where('org_id', '=', tx.orgId)
    .where('site_id', siteId === null ? 'is' : '=', siteId)
    .where(sql<boolean>`kind = 'raised' and told`)
    .where('recorded_at', '>', new Date(now.getTime() - WINDOW_MS))
    .orderBy('recorded_at', 'desc')
    .orderBy('id', 'desc')
    .limit(BEGINS_ABOVE)
    .execute()
  return rows.reverse().map((row) => ({ alarmId: row.alarm_id, atMs: row.recorded_at.getTime() }))
}

interface WrittenFlood extends NonNullable<Area<AlarmId>['flood']> {
  id: AlarmFloodId
  siteId: PlantNodeId | null
}

const writeFlood = (tx: AlarmsTx, { id, siteId, begunMs, endsMs, raised, first }: WrittenFlood) =>
  tx.sql
    .insertInto('alarms.flood')
    .values({
      org_id: tx.orgId,
      id,
      site_id: siteId,
      begun_at: new Date(begunMs),
      ends_at: new Date(endsMs),
      raised,
      first_alarm_id: first,
    })
    .onConflict((conflict) =>
      conflict.columns(['org_id', 'id']).doUpdateSet((eb) => ({ ends_at: eb.ref('excluded.ends_at'), raised: eb.ref('excluded.raised') })),
    )
    .execute()

const joinFlood = (tx: AlarmsTx, joined: readonly { alarmId: AlarmId; floodId: AlarmFloodId }[]) =>
  sql`update alarms.alarm a set flood_id = n."floodId"
    from jsonb_to_recordset(${JSON.stringify(joined)}::jsonb) as n("alarmId" uuid, "floodId" uuid)
    where a.org_id = ${tx.orgId} and a.id = n."alarmId"`.execute(tx.sql)
