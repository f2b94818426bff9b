import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Context } from '#kernel/context.ts'
import { nextNumber } from '#kernel/numbering.ts'
import { publish } from '#kernel/outbox.ts'
import { opaque } from '#kernel/postgres.ts'
import type { AgreedScheduleLine } from '#modules/trade/orders/public.ts'
import { type Decimal, decimal, sumOf, writeDecimal, ZERO } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import { logisticsEvents } from '../contract.ts'
import { logisticsErrors } from '../errors.ts'
import type { Receipt, ReceiptId, ReceiptInput, ReceiptLineId, ReceivedLine } from '../receiving-contract.ts'
import { openClaims } from './claims.ts'
import { countContainers } from './containers.ts'
import { newsOf } from './issue-shipment.ts'
import { allowed } from './move-shipment.ts'
import { accruedLine, postReceipt } from './post-receipt.ts'
import { type Counted, countReceived, isWhole, missingOf, spreadExcess } from './receipt-rules.ts'
import { findByKey, insertReceipt, receiptView } from './receipt-store.ts'
import type { Rooms } from './rooms.ts'
import { changeShipment, type LineRow, linesOf, lockShipment, type ShipmentRow } from './shipment-store.ts'
import type { LogisticsTx } from './tables.ts'

/** A row of the receipt with what becomes of it. */
export interface TakenRow {
  id: ReceiptLineId
  input: ReceivedLine
  accepted: Decimal
  quarantined: Decimal
  /** Own goods onto the shelf, own goods into quarantine, the supplier's into quarantine. */
  shelf: Decimal
  apart: Decimal
  excess: Decimal
  bad: Decimal
  /** 来料必检: all of it waits in quarantine for quality. */
  inspect: boolean
}

export interface TakenLine {
  line: LineRow
  agreed: AgreedScheduleLine
  rows: TakenRow[]
  counted: Counted
  missing: Decimal
  /** Whether the shortage lies within the order's tolerance. */
  whole: boolean
}

const DAY_MS = 86_400_000

/** One transaction: receipt, order counters, stock, accrual, claims. Errors: see the contract. */
export const receiveGoods = (rooms: Rooms, ctx: Context, input: ReceiptInput): Promise<Receipt> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const known = await lockShipment(tx, input.shipmentId)
    if (!known) throw logisticsErrors.notFound({ id: input.shipmentId })
    const hash = hashOf(input)
    return (await receivedBefore(tx, input, hash)) ?? receiveOn(rooms, tx, ctx, allowed(tx, known, 'receive'), input, hash)
  })

export const hashOf = (input: { receiptKey: string }): Buffer => createHash('sha256').update(JSON.stringify(input)).digest()

/** The receipt that was made under this key. Errors: logistics.receiptDiffers. */
export async function receivedBefore(tx: LogisticsTx, { receiptKey }: { receiptKey: string }, hash: Buffer): Promise<Receipt | undefined> {
  const before = await findByKey(tx, receiptKey)
  if (before && !before.content_hash.equals(hash)) throw logisticsErrors.receiptDiffers({ number: before.number })
  return before && receiptView(tx, before)
}

/** In the caller's transaction, on a shipment that it holds and that may be received now. */
export async function receiveOn(
  rooms: Rooms,
  tx: LogisticsTx,
  ctx: Context,
  shipment: ShipmentRow,
  input: ReceiptInput,
  hash: Buffer,
): Promise<Receipt> {
  const receivedAt = receiptTime(ctx, input)
  const warehouse = await warehouseOf(rooms, tx, input)
  const lines = await takenLines(rooms, tx, shipment, input)
  checkOver(ctx, lines, input)
  const receipt = { id: uuidv7() as ReceiptId, shipment, day: chinaDay(receivedAt), warehouseId: warehouse.id }
  await countInOrders(rooms, tx, ctx, lines, receipt.day, input.finish)
  await postReceipt(rooms, tx, ctx, receipt, lines)
  const number = await nextNumber(opaque(tx), 'GR', receipt.day)
  const row = await insertReceipt(tx, ctx, { ...receipt, number, input, hash, receivedAt, warehouseName: warehouse.name }, lines)
  await accrue(rooms, tx, ctx, { ...receipt, number }, lines)
  const moved = await moveOn(tx, shipment, lines, { receivedAt, finish: input.finish })
  await openClaims(tx, ctx, moved, row, lines, input.finish)
  if (input.finish) await countContainers(tx, ctx, moved, row, input.containers)
  await publish(tx, ctx, logisticsEvents.received, shipment.id, {
    ...newsOf(moved),
    receiptId: row.id,
    receiptNumber: number,
    day: receipt.day,
    finished: input.finish,
    withoutNotice: moved.made_by === 'buyer',
    lines: lines
      .filter(({ counted }) => counted.good + counted.bad > ZERO)
      .map(({ line, counted }) => ({
        scheduleLineId: line.schedule_line_id,
        materialId: line.material_id,
        unit: line.unit,
        accepted: writeDecimal(counted.good),
        rejected: writeDecimal(counted.bad),
      })),
  })
  return receiptView(tx, row)
}

/** A phone's clock may be ahead by some minutes; by more than a day it is wrong. */
export function receiptTime(ctx: Context, input: { receivedAt: string }): Date {
  const at = Date.parse(input.receivedAt)
  if (at > ctx.now.getTime() + DAY_MS) throw logisticsErrors.dayInFuture({ at: input.receivedAt })
  return new Date(Math.min(at, ctx.now.getTime()))
}

async function warehouseOf(rooms: Rooms, tx: LogisticsTx, { warehouseId }: ReceiptInput) {
  const warehouse = (await rooms.inventory.warehouses(opaque(tx))).find((one) => one.id === warehouseId)
  if (!warehouse) throw logisticsErrors.warehouseUnknown({ id: warehouseId })
  return warehouse
}

/** All lines of the shipment that the receipt speaks of, and with `finish` all of them. */
async function takenLines(rooms: Rooms, tx: LogisticsTx, shipment: ShipmentRow, input: ReceiptInput): Promise<TakenLine[]> {
  const lines = await linesOf(tx, shipment.id)
  const byId = new Map(lines.map((line) => [line.id, line]))
  const given = Map.groupBy(input.lines, (row) => row.lineId)
  for (const id of given.keys()) if (!byId.has(id)) throw logisticsErrors.lineUnknown({ id })
  const some = input.lines.some((row) => [row.accepted, row.quarantined, row.damaged, row.wrong].some((text) => decimal(text) > ZERO))
  if (!some && !input.finish) throw logisticsErrors.nothingReceived()
  const spoken = lines.filter((line) => input.finish || given.has(line.id))
  const agreed = new Map(
    (
      await rooms.orders.lockScheduleLines(
        opaque(tx),
        spoken.map((line) => line.schedule_line_id),
      )
    ).map((line) => [line.id, line]),
  )
  const facts = await rooms.materials.facts(opaque(tx), [...new Set(spoken.map((line) => line.material_id))])
  return spoken.map((line) => {
    const schedule = agreed.get(line.schedule_line_id)
    if (!schedule) throw logisticsErrors.lineUnknown({ id: line.id })
    const inspect = facts.get(line.material_id)?.inspectedOnReceipt ?? false
    return takenLine(line, schedule, inspected(given.get(line.id) ?? [], inspect), { finish: input.finish, inspect })
  })
}

/** Of what must be inspected nothing goes onto the shelf, whatever whoever counts has said. */
const inspected = (rows: readonly ReceivedLine[], inspect: boolean): readonly ReceivedLine[] =>
  inspect
    ? rows.map((row) => ({ ...row, accepted: '0', quarantined: writeDecimal(decimal(row.accepted) + decimal(row.quarantined)) }))
    : rows

function takenLine(
  line: LineRow,
  agreed: AgreedScheduleLine,
  given: readonly ReceivedLine[],
  { finish, inspect }: { finish: boolean; inspect: boolean },
): TakenLine {
  const rows = given.map((input) => {
    const [accepted, quarantined] = [decimal(input.accepted), decimal(input.quarantined)]
    const bad = decimal(input.damaged) + decimal(input.wrong)
    if (input.serial !== null && accepted + quarantined + bad > ONE) throw logisticsErrors.serialCount({ line: line.line_no })
    return { id: uuidv7() as ReceiptLineId, input, accepted, quarantined, bad }
  })
  const arrived = { good: sumOf(rows.map((row) => row.accepted + row.quarantined)), bad: sumOf(rows.map((row) => row.bad)) }
  const receivedBefore = decimal(line.accepted) + decimal(line.rejected)
  const standing = {
    notified: decimal(line.quantity),
    receivedBefore,
    agreed: agreed.agreedQuantity,
    over: agreed.overTolerance,
    under: agreed.underTolerance,
    shipped: agreed.shipped,
    accepted: agreed.accepted,
    rejected: agreed.rejected,
  }
  const counted = countReceived(standing, arrived)
  return {
    line,
    agreed,
    rows: spreadExcess(rows, counted.excess).map((row) => ({ ...row, inspect: inspect && row.apart > ZERO })),
    counted,
    missing: finish ? missingOf(standing.notified, receivedBefore + arrived.good + arrived.bad) : ZERO,
    whole: isWhole({ ...standing, accepted: agreed.accepted + counted.good }),
  }
}
const ONE = 1_000_000n

function checkOver(ctx: Context, lines: readonly TakenLine[], { overReason }: ReceiptInput): void {
  const over = lines.find(({ counted }) => counted.excess > ZERO)
  if (!over) return
  if (ctx.scopes.permissions.has('logistics.receiveOver') && overReason !== '') return
  throw logisticsErrors.overTolerance({
    line: over.line.line_no,
    material: over.line.material_code,
    excess: writeDecimal(over.counted.excess),
  })
}

/** First what came beyond the notice is counted as shipped: an order that the receipt completes takes no more. */
async function countInOrders(rooms: Rooms, tx: LogisticsTx, ctx: Context, lines: readonly TakenLine[], day: string, finish: boolean) {
  const shipped = lines
    .map(({ line, counted }) => ({ id: line.schedule_line_id, quantity: counted.shippedToo }))
    .filter((change) => change.quantity > ZERO)
  if (shipped.length > 0) await rooms.orders.addShipped(opaque(tx), ctx, shipped)
  const received = lines
    .filter(({ counted }) => counted.good + counted.bad > ZERO)
    .map(({ line, counted }) => ({ id: line.schedule_line_id, accepted: counted.good, rejected: counted.bad, day }))
  if (received.length > 0) await rooms.orders.addReceived(opaque(tx), ctx, received)
  const short = lines
    .filter(({ missing }) => finish && missing > ZERO)
    .map(({ line, missing }) => ({ id: line.schedule_line_id, quantity: -missing }))
  if (short.length > 0) await rooms.orders.addShipped(opaque(tx), ctx, short)
}

/** Consigned goods are owed when they are used. */
async function accrue(
  rooms: Rooms,
  tx: LogisticsTx,
  ctx: Context,
  receipt: { id: ReceiptId; number: string; day: string; shipment: ShipmentRow },
  lines: readonly TakenLine[],
): Promise<void> {
  const accrued = lines.flatMap(({ agreed, rows }) =>
    agreed.consigned ? [] : rows.map((row) => accruedLine(agreed, row.id, row.shelf + row.apart)).filter((line) => line.quantity > ZERO),
  )
  if (accrued.length === 0) return
  const { id, number, day, shipment } = receipt
  await rooms.finance.accrueReceipt(opaque(tx), ctx, { receiptId: id, number, supplier: shipment.supplier_org, day, lines: accrued })
}

/** Counters of the lines and the shipment's own state. Who receives says that it has arrived, where its departure was reported. */
async function moveOn(
  tx: LogisticsTx,
  shipment: ShipmentRow,
  lines: readonly TakenLine[],
  { receivedAt, finish }: { receivedAt: Date; finish: boolean },
): Promise<ShipmentRow> {
  await addToLines(tx, lines)
  const departed = shipment.departure_kind === 'actual' ? shipment.departure_at : null
  const arrives = departed !== null && shipment.arrival_kind === 'estimated' && receivedAt > departed
  const short = lines.some(({ missing }) => missing > ZERO)
  return changeShipment(tx, shipment.id, {
    state: finish ? (short ? 'short' : 'received') : 'receiving',
    ...(arrives ? { arrival_kind: 'actual', arrival_at: receivedAt } : {}),
    ...(finish ? { driver_phone: '' } : {}),
  })
}

const addToLines = (tx: LogisticsTx, lines: readonly TakenLine[]) => {
  const rows = lines.map(({ line, counted, missing }) => ({
    id: line.id,
    accepted: writeDecimal(decimal(line.accepted) + counted.good),
    rejected: writeDecimal(decimal(line.rejected) + counted.bad),
    excess: writeDecimal(decimal(line.excess) + counted.excess),
    missing: writeDecimal(missing),
  }))
  return sql`update logistics.line l set accepted = n.accepted, rejected = n.rejected, excess = n.excess, missing = n.missing
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(id uuid, accepted numeric, rejected numeric, excess numeric, missing numeric)
    where l.id = n.id and l.buyer_org = ${tx.orgId}`.execute(tx.sql)
}
