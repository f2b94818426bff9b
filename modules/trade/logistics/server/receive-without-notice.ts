import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { nextNumber } from '#kernel/numbering.ts'
import { opaque } from '#kernel/postgres.ts'
import type { AgreedScheduleLine } from '#modules/trade/orders/public.ts'
import { type Decimal, decimal, least, sumOf, writeDecimal, ZERO } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import type { ShipmentLineId } from '../contract.ts'
import { logisticsErrors } from '../errors.ts'
import type { Receipt } from '../receiving-contract.ts'
import type { OwedLine, WithoutNoticeInput } from '../without-notice-contract.ts'
import { lineRow, searchTextOf } from './draft-shipment.ts'
import { partiesOf } from './parties.ts'
import { openNotices } from './read-owed.ts'
import { hashOf, receiptTime, receivedBefore, receiveOn } from './receive-goods.ts'
import type { Rooms } from './rooms.ts'
import { leftToShip, mostToShip } from './shipment-rules.ts'
import type { ShipmentRow } from './shipment-store.ts'
import type { LogisticsTx } from './tables.ts'

interface CountedLine {
  agreed: AgreedScheduleLine
  rows: readonly OwedLine[]
  /** Good and bad. */
  came: Decimal
}

/** One transaction: the notice that the supplier did not make, and the receipt on it as on any other. Errors: see the contract. */
export const receiveWithoutNotice = (rooms: Rooms, ctx: Context, input: WithoutNoticeInput): Promise<Receipt> =>
  rooms.db.inTenant(ctx, async (tx) => {
    await holdKey(tx, input.receiptKey)
    const hash = hashOf(input)
    const before = await receivedBefore(tx, input, hash)
    if (before) return before
    const lines = await countedLines(rooms, tx, ctx, input)
    await refuseNotified(tx, lines, input)
    refuseDelivered(lines)
    const { shipment, lineIds } = await makeNotice(rooms, tx, ctx, lines, input)
    const received = lines.flatMap(({ rows }, i) =>
      rows.map(({ scheduleLineId: _, ...row }) => ({ ...row, lineId: lineIds[i] as ShipmentLineId })),
    )
    const { receiptKey, warehouseId, receivedAt, signedBy, overReason, note } = input
    const receipt = { receiptKey, shipmentId: shipment.id, warehouseId, receivedAt, lines: received, signedBy, overReason, note }
    return receiveOn(rooms, tx, ctx, shipment, { ...receipt, containers: [], finish: true }, hash)
  })

/** Sent twice at once it is one receipt: there is no shipment yet that the second could wait for. */
const holdKey = (tx: LogisticsTx, key: string) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`logistics.receipt ${tx.orgId} ${key}`}, 0))`.execute(tx.sql)

/** By schedule line, in the order of the input; of what nothing came is left out. Its lines are locked. Errors: nothingReceived, lineNotOwed. */
async function countedLines(rooms: Rooms, tx: LogisticsTx, ctx: Context, input: WithoutNoticeInput): Promise<CountedLine[]> {
  const given = [...Map.groupBy(input.lines, (row) => row.scheduleLineId)].flatMap(([id, all]) => {
    const rows = all.filter((row) => cameOf(row) > ZERO)
    return rows.length === 0 ? [] : [{ id, rows, came: sumOf(rows.map(cameOf)) }]
  })
  if (given.length === 0) throw logisticsErrors.nothingReceived()
  const ids = given.map(({ id }) => id)
  const agreed = new Map((await rooms.orders.lockScheduleLines(opaque(tx), ids)).map((line) => [line.id, line]))
  return given.map(({ id, ...counted }) => {
    const line = agreed.get(id)
    if (line?.buyer !== ctx.orgId || line.supplier !== input.supplierId) throw logisticsErrors.lineNotOwed({ id })
    return { agreed: line, ...counted }
  })
}

const cameOf = (row: OwedLine): Decimal => decimal(row.accepted) + decimal(row.quarantined) + decimal(row.damaged) + decimal(row.wrong)

/** Asked with the orders locked: a notice that is just being issued is waited for. */
async function refuseNotified(tx: LogisticsTx, lines: readonly CountedLine[], { besides }: WithoutNoticeInput): Promise<void> {
  const notices = await openNotices(
    tx,
    lines.map(({ agreed }) => agreed.id),
  )
  const seen = new Set(besides)
  const unseen = lines.flatMap(({ agreed }) =>
    (notices.get(agreed.id) ?? []).filter((one) => !seen.has(one.shipmentId)).map((one) => ({ ...one, material: agreed.materialCode })),
  )
  const [first] = unseen
  if (!first) return
  const numbers = [...new Set(unseen.map((one) => one.number))].join('、')
  throw logisticsErrors.noticeOpen({ numbers, material: first.material, shipmentIds: [...new Set(unseen.map((one) => one.shipmentId))] })
}

function refuseDelivered(lines: readonly CountedLine[]): void {
  const delivered = lines.find(({ agreed }) => !agreed.open || leftToShip(agreed) === ZERO)?.agreed
  if (delivered)
    throw logisticsErrors.nothingOwed({ order: delivered.orderNumber, line: delivered.lineNo, material: delivered.materialCode })
}

/** What was counted, as far as it may be shipped, is taken as notified; what is more is judged by the receipt. */
async function makeNotice(
  rooms: Rooms,
  tx: LogisticsTx,
  ctx: Context,
  lines: readonly CountedLine[],
  input: WithoutNoticeInput,
): Promise<{ shipment: ShipmentRow; lineIds: ShipmentLineId[] }> {
  const quantities = lines.map(({ agreed, came }) => least(came, mostToShip(agreed)))
  const parties = await partiesOf(rooms, tx, ctx.orgId, input.supplierId)
  const arrivedAt = receiptTime(ctx, input)
  await rooms.orders.addShipped(
    opaque(tx),
    ctx,
    lines.map(({ agreed }, i) => ({ id: agreed.id, quantity: quantities[i] ?? ZERO })),
  )
  const number = await nextNumber(opaque(tx), 'RN', chinaDay(arrivedAt))
  const agreed = lines.map((line) => line.agreed)
  const shipment = await tx.sql
    .insertInto('logistics.shipment')
    .values({
      ...parties,
      made_by: 'buyer',
      number,
      state: 'arrived',
      deliver_to: agreed[0]?.deliverTo ?? '',
      carrier: '',
      vehicle: input.vehicle,
      driver_name: '',
      driver_phone: '',
      note: '',
      departure_kind: null,
      departure_at: null,
      arrival_kind: 'actual',
      arrival_at: arrivedAt,
      line_count: lines.length,
      pack_count: 0,
      search_text: `${number} ${searchTextOf(parties, input.vehicle, agreed)}`.toLowerCase(),
      cancel_reason: null,
      created_at: ctx.now,
      created_by: ctx.actor.name ?? null,
      issued_at: ctx.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  const { id: shipment_id, buyer_org, supplier_org } = shipment
  const rows = await tx.sql
    .insertInto('logistics.line')
    .values(
      agreed.map((line, i) => ({
        shipment_id,
        buyer_org,
        supplier_org,
        made_by: 'buyer' as const,
        issued: true,
        ...lineRow(line, i),
        quantity: writeDecimal(quantities[i] ?? ZERO),
      })),
    )
    .returning(['id', 'line_no'])
    .execute()
  return { shipment, lineIds: rows.toSorted((a, b) => a.line_no - b.line_no).map((row) => row.id) }
}
