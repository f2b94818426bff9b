import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { type Holiday, type PlantNodeId, type plantApi, plantEvents, type ShiftId } from '../contract.ts'
import { plantErrors } from '../errors.ts'
import { shiftsOverlap } from '../work-calendar.ts'
import { maySee } from './list-nodes.ts'
import { networksOf } from './network-store.ts'
import * as store from './site-store.ts'
import type { PlantDatabase, PlantTx } from './tables.ts'

type ShiftInput = z.output<typeof plantApi.createShift.body>

export const readSite = (db: PlantDatabase, ctx: Context, id: PlantNodeId, year: number) =>
  db.inTenant(ctx, async (tx) => {
    const site = await store.findSite(tx, id)
    if (!site || !maySee(ctx, { site_id: id })) throw plantErrors.notFound({ id })
    const dayStarts = await store.dayStartsOf(tx, id)
    const shifts = await store.shiftsOf(tx, id)
    const holidays = await store.holidaysOf(tx, id, year)
    const networks = await networksOf(tx, id)
    return { site, dayStarts, shifts, holidays, networks }
  })

export const updateSite = (
  db: PlantDatabase,
  ctx: Context,
  id: PlantNodeId,
  { version, timeZone, dayStarts }: z.output<typeof plantApi.updateSite.body>,
) =>
  db.inTenant(ctx, async (tx) => {
    await lockSite(tx, ctx, id, version)
    checkDistinct(dayStarts.map((d) => d.from))
    await store.replaceDayStarts(tx, id, dayStarts)
    await publish(tx, ctx, plantEvents.calendarChanged, id, { siteId: id })
    return { version: await store.changeSite(tx, id, { time_zone: timeZone }) }
  })

export const setHolidays = (
  db: PlantDatabase,
  ctx: Context,
  id: PlantNodeId,
  { version, year, holidays }: { version: number; year: number; holidays: Holiday[] },
) =>
  db.inTenant(ctx, async (tx) => {
    await lockSite(tx, ctx, id, version)
    checkDistinct(holidays.map((h) => h.date))
    const outside = holidays.find((h) => !h.date.startsWith(`${year}-`))
    if (outside) throw plantErrors.invalidPeriod({ date: outside.date, year })
    await store.replaceHolidays(tx, id, year, holidays)
    await publish(tx, ctx, plantEvents.calendarChanged, id, { siteId: id })
    return { version: await store.changeSite(tx, id, {}) }
  })

export const createShift = (db: PlantDatabase, ctx: Context, siteId: PlantNodeId, input: ShiftInput) =>
  db.inTenant(ctx, async (tx) => {
    await lockSite(tx, ctx, siteId)
    await checkShift(tx, siteId, input)
    const shift = await store.insertShift(tx, siteId, columnsOf(input))
    await publish(tx, ctx, plantEvents.calendarChanged, siteId, { siteId })
    return shift
  })

export const updateShift = (db: PlantDatabase, ctx: Context, id: ShiftId, input: ShiftInput & { version: number }) =>
  db.inTenant(ctx, async (tx) => {
    const shift = await store.lockShift(tx, id)
    if (!shift || !maySee(ctx, shift)) throw plantErrors.shiftNotFound({ id })
    if (shift.version !== input.version) throw plantErrors.changedMeanwhile({ id, version: shift.version })
    await lockSite(tx, ctx, shift.site_id)
    await checkShift(tx, shift.site_id, input, id)
    await publish(tx, ctx, plantEvents.calendarChanged, shift.site_id, { siteId: shift.site_id })
    return store.changeShift(tx, id, columnsOf(input))
  })

export const deleteShift = (db: PlantDatabase, ctx: Context, id: ShiftId) =>
  db.inTenant(ctx, async (tx) => {
    const shift = await store.lockShift(tx, id)
    if (!shift || !maySee(ctx, shift)) throw plantErrors.shiftNotFound({ id })
    await store.removeShift(tx, id)
    await publish(tx, ctx, plantEvents.calendarChanged, shift.site_id, { siteId: shift.site_id })
  })

/** Errors: plant.notFound, plant.changedMeanwhile where a version is given. */
export async function lockSite(tx: PlantTx, ctx: Context, id: PlantNodeId, version?: number): Promise<void> {
  const site = await store.lockSite(tx, id)
  if (!site || !maySee(ctx, { site_id: id })) throw plantErrors.notFound({ id })
  if (version !== undefined && site.version !== version) throw plantErrors.changedMeanwhile({ id, version: site.version })
}

async function checkShift(tx: PlantTx, siteId: PlantNodeId, input: ShiftInput, self?: ShiftId): Promise<void> {
  if (input.validUntil !== null && input.validUntil <= input.validFrom) throw plantErrors.invalidPeriod()
  const others = (await store.shiftsOf(tx, siteId)).filter((s) => s.id !== self)
  const overlapped = others.find((s) =>
    shiftsOverlap(input, { startMinute: s.start_minute, endMinute: s.end_minute, validFrom: s.valid_from, validUntil: s.valid_until }),
  )
  if (overlapped) throw plantErrors.shiftOverlap({ name: overlapped.name })
}

function checkDistinct(dates: readonly string[]): void {
  const twice = dates.find((date, i) => dates.indexOf(date) !== i)
  if (twice) throw plantErrors.duplicateDate({ date: twice })
}

const columnsOf = (input: ShiftInput) => ({
  name: input.name,
  start_minute: input.startMinute,
  end_minute: input.endMinute,
  valid_from: input.validFrom,
  valid_until: input.validUntil,
})
