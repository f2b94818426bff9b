import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { AgreedScheduleLine } from '#modules/trade/orders/public.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { ContentInput, Shipment, ShipmentId, ShipmentInput } from '../contract.ts'
import { logisticsErrors } from '../errors.ts'
import { partiesOf } from './parties.ts'
import type { Rooms } from './rooms.ts'
import { mostToShip, packingFault, step, timeFault } from './shipment-rules.ts'
import { lockShipment, partsOf, sideOf } from './shipment-store.ts'
import { shipmentView } from './shipment-view.ts'
import type { LogisticsTx, Parties } from './tables.ts'

/** Errors: those of `drafting` in the contract. */
export const createShipment = (rooms: Rooms, ctx: Context, input: ShipmentInput): Promise<Shipment> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const lines = await checked(rooms, tx, ctx, input)
    const parties = await partiesOf(rooms, tx, input.buyerId, ctx.orgId)
    const shipment = await tx.sql
      .insertInto('logistics.shipment')
      .values({
        ...parties,
        ...columnsOf(input, lines, parties),
        number: null,
        state: 'draft',
        cancel_reason: null,
        created_at: ctx.now,
        created_by: ctx.actor.name ?? null,
        issued_at: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    await insertParts(tx, shipment.id, parties, input, lines)
    return shipmentView(await partsOf(tx, shipment), ctx.orgId)
  })

/** A draft is written anew as a whole. */
export const changeShipmentDraft = (
  rooms: Rooms,
  ctx: Context,
  id: ShipmentId,
  { version, ...input }: ShipmentInput & { version: number },
): Promise<Shipment> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const before = await lockShipment(tx, id)
    if (!before) throw logisticsErrors.notFound({ id })
    if (step(before.state, 'change', sideOf(tx, before)).kind !== 'to') throw logisticsErrors.notAllowedNow({ state: before.state })
    if (before.version !== version) throw logisticsErrors.changedMeanwhile({ id, version: before.version })
    if (before.buyer_org !== input.buyerId) throw logisticsErrors.lineNotShippable({ line: 1 })
    const lines = await checked(rooms, tx, ctx, input)
    for (const part of ['content', 'pack', 'line', 'shipment_container'] as const)
      await tx.sql.deleteFrom(`logistics.${part}`).where('shipment_id', '=', id).execute()
    const changed = await tx.sql
      .updateTable('logistics.shipment')
      .set((eb) => ({ ...columnsOf(input, lines, before), version: eb('version', '+', 1) }))
      .where('id', '=', id)
      .where('supplier_org', '=', tx.orgId)
      .returningAll()
      .executeTakeFirstOrThrow()
    await insertParts(tx, id, before, input, lines)
    return shipmentView(await partsOf(tx, changed), ctx.orgId)
  })

export const discardShipment = ({ db }: Rooms, ctx: Context, id: ShipmentId): Promise<Record<string, never>> =>
  db.inTenant(ctx, async (tx) => {
    const shipment = await lockShipment(tx, id)
    if (!shipment) throw logisticsErrors.notFound({ id })
    if (step(shipment.state, 'discard', sideOf(tx, shipment)).kind !== 'to') throw logisticsErrors.notAllowedNow({ state: shipment.state })
    for (const part of ['content', 'pack', 'line', 'shipment_container', 'appointment'] as const)
      await tx.sql.deleteFrom(`logistics.${part}`).where('shipment_id', '=', id).execute()
    await tx.sql.deleteFrom('logistics.shipment').where('id', '=', id).where('supplier_org', '=', tx.orgId).execute()
    return {}
  })

/** The agreed lines in the order of the input. */
async function checked(rooms: Rooms, tx: LogisticsTx, ctx: Context, input: ShipmentInput): Promise<AgreedScheduleLine[]> {
  const ids = input.lines.map((line) => line.scheduleLineId)
  if (new Set(ids).size < ids.length) throw logisticsErrors.lineTwice()
  const quantities = input.lines.map((line) => decimal(line.quantity))
  const amounts = (contents: readonly ContentInput[]) => contents.map((content) => ({ ...content, quantity: decimal(content.quantity) }))
  const fault = packingFault(
    quantities,
    input.packs.map((pack) => ({ ...pack, contents: amounts(pack.contents) })),
    amounts(input.loose),
  )
  if (fault) throw logisticsErrors[fault.fault]({ line: fault.line + 1 })
  const times = { departure: { kind: 'estimated', at: input.departureAt }, arrival: { kind: 'estimated', at: input.arrivalAt } } as const
  const wrong = timeFault(times, undefined, ctx.now)
  if (wrong) throw logisticsErrors.timeRule({ reasons: [wrong] })
  const agreed = new Map((await rooms.orders.lockScheduleLines(opaque(tx), ids)).map((line) => [line.id, line]))
  return ids.map((id, i) => {
    const line = agreed.get(id)
    const ours = line?.supplier === ctx.orgId && line.buyer === input.buyerId
    if (!line || !ours || (quantities[i] ?? 0n) > mostToShip(line)) throw logisticsErrors.lineNotShippable({ line: i + 1 })
    return line
  })
}

function columnsOf(input: ShipmentInput, lines: readonly AgreedScheduleLine[], parties: Parties) {
  return {
    deliver_to: lines[0]?.deliverTo ?? '',
    carrier: input.carrier,
    vehicle: input.vehicle,
    driver_name: input.driverName,
    driver_phone: input.driverPhone,
    note: input.note,
    departure_kind: 'estimated' as const,
    departure_at: new Date(input.departureAt),
    arrival_kind: 'estimated' as const,
    arrival_at: new Date(input.arrivalAt),
    line_count: lines.length,
    pack_count: input.packs.length,
    search_text: searchTextOf(parties, input.vehicle, lines),
  }
}

export function searchTextOf(parties: Parties, vehicle: string, lines: readonly AgreedScheduleLine[]): string {
  const names = [parties.buyer_name, parties.buyer_name_en, parties.supplier_name, parties.supplier_name_en, vehicle]
  const words = lines.flatMap((line) => [line.orderNumber, line.materialCode, line.materialName, line.supplierCode])
  return [...new Set([...names, ...words])].filter(Boolean).join(' ').toLowerCase().slice(0, 8_000)
}

async function insertParts(
  tx: LogisticsTx,
  id: ShipmentId,
  { buyer_org, supplier_org }: Pick<Parties, 'buyer_org' | 'supplier_org'>,
  input: ShipmentInput,
  lines: readonly AgreedScheduleLine[],
): Promise<void> {
  const of = { shipment_id: id, buyer_org, supplier_org }
  await tx.sql
    .insertInto('logistics.line')
    .values(lines.map((line, i) => ({ ...of, ...lineRow(line, i), quantity: input.lines[i]?.quantity ?? '0' })))
    .execute()
  if (input.packs.length > 0)
    await tx.sql
      .insertInto('logistics.pack')
      .values(
        input.packs.map(({ kind, within }, i) => ({
          ...of,
          pack_no: i + 1,
          within_no: within === null ? null : within + 1,
          kind,
          sscc: null,
        })),
      )
      .execute()
  const rows = [
    ...input.packs.flatMap(({ contents }, i) => contents.map((content, position) => contentRow(content, i + 1, position))),
    ...input.loose.map((content, position) => contentRow(content, null, position)),
  ]
  // PostgreSQL takes 65,535 parameters a statement.
  for (let from = 0; from < rows.length; from += CHUNK)
    await tx.sql
      .insertInto('logistics.content')
      .values(rows.slice(from, from + CHUNK).map((row) => ({ ...of, ...row })))
      .execute()
  if (input.containers.length > 0)
    await tx.sql
      .insertInto('logistics.shipment_container')
      .values(input.containers.map(({ code, name, count }) => ({ ...of, code, name, quantity: count })))
      .execute()
}
const CHUNK = 4_000

/** What a notice's line takes over from the order. */
export const lineRow = (line: AgreedScheduleLine, position: number) => ({
  line_no: position + 1,
  schedule_line_id: line.id,
  order_id: line.orderId,
  order_number: line.orderNumber,
  order_line_no: line.lineNo,
  schedule_no: line.scheduleNo,
  material_id: line.materialId,
  material_code: line.materialCode,
  material_name: line.materialName,
  supplier_code: line.supplierCode,
  specification: line.specification,
  unit: line.unit,
  agreed_day: line.agreedDay,
  consigned: line.consigned,
  unit_factor: writeDecimal(line.unitFactor),
})

const contentRow = (content: ContentInput, packNo: number | null, position: number) => ({
  line_no: content.line + 1,
  pack_no: packNo,
  position,
  quantity: content.quantity,
  lot: content.lot,
  serial: content.serial,
  produced_on: content.producedOn,
  expires_on: content.expiresOn,
})
