import { type Selectable, sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import type { Shipment, ShipmentId } from '../contract.ts'
import type { Booked, Dock, DockId, Slot } from '../dock-contract.ts'
import { logisticsErrors } from '../errors.ts'
import { lockFor } from './move-shipment.ts'
import type { Rooms } from './rooms.ts'
import { partsOf, readShipment } from './shipment-store.ts'
import { shipmentView } from './shipment-view.ts'
import type { DockTable, LogisticsTx } from './tables.ts'

type Form = Omit<Dock, 'id' | 'version'>

const view = (row: Selectable<DockTable>): Dock => ({
  id: row.id,
  code: row.code,
  name: row.name,
  openMinute: row.open_minute,
  closeMinute: row.close_minute,
  slotMinutes: row.slot_minutes,
  capacity: row.capacity,
  closed: row.closed,
  version: row.version,
})
const columns = (form: Form) => ({
  code: form.code,
  name: form.name,
  open_minute: form.openMinute,
  close_minute: form.closeMinute,
  slot_minutes: form.slotMinutes,
  capacity: form.capacity,
  closed: form.closed,
})
const taken = (error: unknown): never => {
  throw violatedUnique(error) === 'dock_code' ? logisticsErrors.nameTaken() : error
}
const docksOf = (tx: LogisticsTx) => tx.sql.selectFrom('logistics.dock').selectAll().where('org_id', '=', tx.orgId)

export const listDocks = ({ db }: Rooms, ctx: Context): Promise<{ docks: Dock[] }> =>
  db.inTenant(ctx, async (tx) => ({ docks: (await docksOf(tx).orderBy('code').execute()).map(view) }))

/** Errors: logistics.nameTaken. */
export const createDock = ({ db }: Pick<Rooms, 'db'>, ctx: Context, form: Form): Promise<Dock> =>
  db
    .inTenant(ctx, async (tx) =>
      view(
        await tx.sql
          .insertInto('logistics.dock')
          .values({ org_id: tx.orgId, ...columns(form) })
          .returningAll()
          .executeTakeFirstOrThrow(),
      ),
    )
    .catch(taken)

/** Errors: logistics.notFound, logistics.changedMeanwhile, logistics.nameTaken. */
export const changeDock = ({ db }: Rooms, ctx: Context, id: DockId, { version, ...form }: Form & { version: number }): Promise<Dock> =>
  db
    .inTenant(ctx, async (tx) => {
      const row = await docksOf(tx).where('id', '=', id).forUpdate().executeTakeFirst()
      if (!row) throw logisticsErrors.notFound({ id })
      if (row.version !== version) throw logisticsErrors.changedMeanwhile({ id, version: row.version })
      const changed = tx.sql
        .updateTable('logistics.dock')
        .set((eb) => ({ ...columns(form), version: eb('version', '+', 1) }))
        .where('org_id', '=', tx.orgId)
        .where('id', '=', id)
      return view(await changed.returningAll().executeTakeFirstOrThrow())
    })
    .catch(taken)

export const listArrivals = ({ db }: Rooms, ctx: Context, day: string): Promise<{ appointments: Booked[] }> =>
  db.inTenant(ctx, async (tx) => {
    const rows = await tx.sql
      .selectFrom('logistics.appointment as a')
      .innerJoin('logistics.shipment as s', 's.id', 'a.shipment_id')
      .selectAll('a')
      .select(['s.number', 's.supplier_name', 's.vehicle', 's.state'])
      .where('a.buyer_org', '=', tx.orgId)
      .where('a.day', '=', day)
      .where('s.issued_at', 'is not', null)
      .orderBy('a.start_minute')
      .orderBy('a.dock_code')
      .limit(1_000)
      .execute()
    const appointments = rows.map((row) => ({
      shipmentId: row.shipment_id,
      number: row.number ?? '',
      supplierName: row.supplier_name,
      vehicle: row.vehicle,
      state: row.state,
      dock: row.dock_code,
      dockName: row.dock_name,
      day: row.day,
      startMinute: row.start_minute,
      endMinute: row.end_minute,
    }))
    return { appointments }
  })

const slotsOn = async (tx: LogisticsTx, id: ShipmentId, day: string): Promise<Slot[]> => {
  const { rows } =
    await sql<Slot>`select dock_id as "dockId", code, name, start_minute as "startMinute", end_minute as "endMinute", capacity, taken
    from logistics.dock_slots(${id}, ${day})`.execute(tx.sql)
  return rows
}

/** Errors: logistics.notFound. */
export const listSlots = ({ db }: Rooms, ctx: Context, id: ShipmentId, day: string): Promise<{ slots: Slot[] }> =>
  db.inTenant(ctx, async (tx) => {
    if (!(await readShipment(tx, id))) throw logisticsErrors.notFound({ id })
    return { slots: await slotsOn(tx, id, day) }
  })

export interface Booking {
  dockId: DockId
  day: string
  startMinute: number
}

/** The first place that nobody takes at the same moment; the index decides. Errors: logistics.slotFull, dockClosed, … */
export const bookSlot = (
  { db }: Pick<Rooms, 'db'>,
  ctx: Context,
  id: ShipmentId,
  { dockId, day, startMinute }: Booking,
): Promise<Shipment> =>
  db.inTenant(ctx, async (tx) => {
    const shipment = await lockFor(tx, id, 'book')
    await tx.sql.deleteFrom('logistics.appointment').where('shipment_id', '=', id).execute()
    const slot = (await slotsOn(tx, id, day)).find((one) => one.dockId === dockId && one.startMinute === startMinute)
    if (!slot) throw logisticsErrors.dockClosed()
    for (let place = 1; place <= slot.capacity; place++) {
      const booked = await tx.sql
        .insertInto('logistics.appointment')
        .values({
          shipment_id: id,
          buyer_org: shipment.buyer_org,
          supplier_org: shipment.supplier_org,
          dock_id: dockId,
          dock_code: slot.code,
          dock_name: slot.name,
          day,
          start_minute: startMinute,
          end_minute: slot.endMinute,
          place,
          booked_at: ctx.now,
        })
        .onConflict((conflict) => conflict.constraint('appointment_place').doNothing())
        .executeTakeFirst()
      if (booked.numInsertedOrUpdatedRows === 1n) return shipmentView(await partsOf(tx, shipment), ctx.orgId)
    }
    throw logisticsErrors.slotFull({ dock: slot.name })
  })

export const unbookSlot = ({ db }: Rooms, ctx: Context, id: ShipmentId): Promise<Shipment> =>
  db.inTenant(ctx, async (tx) => {
    const shipment = await lockFor(tx, id, 'book')
    await tx.sql.deleteFrom('logistics.appointment').where('shipment_id', '=', id).execute()
    return shipmentView(await partsOf(tx, shipment), ctx.orgId)
  })
