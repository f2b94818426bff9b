import type { Holiday, PlantNodeId, ShiftId } from '../contract.ts'
import type { PlantTx } from './tables.ts'

const FIRST_DAY = '-01-01'

export const insertSite = (tx: PlantTx, id: PlantNodeId, timeZone: string) =>
  tx.sql.insertInto('plant.site').values({ org_id: tx.orgId, id, time_zone: timeZone }).execute()

export const findSite = (tx: PlantTx, id: PlantNodeId) =>
  tx.sql.selectFrom('plant.site').selectAll().where('org_id', '=', tx.orgId).where('id', '=', id).executeTakeFirst()

/** Held while shifts are compared with each other or the version is checked. */
export const lockSite = (tx: PlantTx, id: PlantNodeId) =>
  tx.sql.selectFrom('plant.site').selectAll().where('org_id', '=', tx.orgId).where('id', '=', id).forUpdate().executeTakeFirst()

export const changeSite = async (tx: PlantTx, id: PlantNodeId, change: { time_zone?: string }): Promise<number> => {
  const { version } = await tx.sql
    .updateTable('plant.site')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .returning('version')
    .executeTakeFirstOrThrow()
  return version
}

export const dayStartsOf = (tx: PlantTx, siteId: PlantNodeId) =>
  tx.sql
    .selectFrom('plant.day_start')
    .select(['valid_from as from', 'minute_of_day as minuteOfDay'])
    .where('org_id', '=', tx.orgId)
    .where('site_id', '=', siteId)
    .orderBy('valid_from')
    .execute()

/** Leaves untouched what is the same, so that the audit names what changed. */
export async function replaceDayStarts(tx: PlantTx, siteId: PlantNodeId, entries: readonly { from: string; minuteOfDay: number }[]) {
  let gone = tx.sql.deleteFrom('plant.day_start').where('org_id', '=', tx.orgId).where('site_id', '=', siteId)
  if (entries.length > 0)
    gone = gone.where(
      'valid_from',
      'not in',
      entries.map((e) => e.from),
    )
  await gone.execute()
  if (entries.length === 0) return
  await tx.sql
    .insertInto('plant.day_start')
    .values(entries.map((e) => ({ org_id: tx.orgId, site_id: siteId, valid_from: e.from, minute_of_day: e.minuteOfDay })))
    .onConflict((oc) =>
      oc.columns(['org_id', 'site_id', 'valid_from']).doUpdateSet((eb) => ({ minute_of_day: eb.ref('excluded.minute_of_day') })),
    )
    .execute()
}

export const shiftsOf = (tx: PlantTx, siteId: PlantNodeId) =>
  tx.sql
    .selectFrom('plant.shift')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('site_id', '=', siteId)
    .orderBy('valid_from')
    .orderBy('start_minute')
    .execute()

export const lockShift = (tx: PlantTx, id: ShiftId) =>
  tx.sql.selectFrom('plant.shift').selectAll().where('org_id', '=', tx.orgId).where('id', '=', id).forUpdate().executeTakeFirst()

interface ShiftColumns {
  name: string
  start_minute: number
  end_minute: number
  valid_from: string
  valid_until: string | null
}

export const insertShift = (tx: PlantTx, siteId: PlantNodeId, shift: ShiftColumns) =>
  tx.sql
    .insertInto('plant.shift')
    .values({ org_id: tx.orgId, site_id: siteId, ...shift })
    .returningAll()
    .executeTakeFirstOrThrow()

export const changeShift = (tx: PlantTx, id: ShiftId, shift: ShiftColumns) =>
  tx.sql
    .updateTable('plant.shift')
    .set((eb) => ({ ...shift, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()

export const removeShift = (tx: PlantTx, id: ShiftId) =>
  tx.sql.deleteFrom('plant.shift').where('org_id', '=', tx.orgId).where('id', '=', id).execute()

export const holidaysOf = (tx: PlantTx, siteId: PlantNodeId, year: number) =>
  tx.sql
    .selectFrom('plant.holiday')
    .select(['date', 'kind', 'name'])
    .where('org_id', '=', tx.orgId)
    .where('site_id', '=', siteId)
    .where('date', '>=', `${year}${FIRST_DAY}`)
    .where('date', '<', `${year + 1}${FIRST_DAY}`)
    .orderBy('date')
    .execute()

/** Leaves untouched what is the same, so that the audit names what changed. */
export async function replaceHolidays(tx: PlantTx, siteId: PlantNodeId, year: number, holidays: readonly Holiday[]) {
  let gone = tx.sql
    .deleteFrom('plant.holiday')
    .where('org_id', '=', tx.orgId)
    .where('site_id', '=', siteId)
    .where('date', '>=', `${year}${FIRST_DAY}`)
    .where('date', '<', `${year + 1}${FIRST_DAY}`)
  if (holidays.length > 0)
    gone = gone.where(
      'date',
      'not in',
      holidays.map((h) => h.date),
    )
  await gone.execute()
  if (holidays.length === 0) return
  await tx.sql
    .insertInto('plant.holiday')
    .values(holidays.map((h) => ({ org_id: tx.orgId, site_id: siteId, ...h })))
    .onConflict((oc) =>
      oc.columns(['org_id', 'site_id', 'date']).doUpdateSet((eb) => ({ kind: eb.ref('excluded.kind'), name: eb.ref('excluded.name') })),
    )
    .execute()
}
