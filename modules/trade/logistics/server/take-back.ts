import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { opaque } from '#kernel/postgres.ts'
import type { LocationId } from '#modules/trade/inventory/contract.ts'
import type { NewMove } from '#modules/trade/inventory/public.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { type Decimal, decimal, multiply, writeDecimal, ZERO } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import { logisticsEvents, type ShipmentId } from '../contract.ts'
import { logisticsErrors } from '../errors.ts'
import type { ClaimId } from '../receiving-contract.ts'
import type { TakeBackInput } from '../transit-contract.ts'
import { newsOf } from './issue-shipment.ts'
import { leftOf, type ReturningRow, returningOf, returningView } from './returning.ts'
import type { Rooms } from './rooms.ts'
import { ownLines } from './send-stock.ts'
import { lockShipment, type ShipmentRow, sideOf } from './shipment-store.ts'
import type { LogisticsTx } from './tables.ts'
import {
  type Ends,
  keptOf,
  lockParts,
  moveOfKept,
  moveOfStep,
  type Part,
  type Places,
  placesOf,
  startEnds,
  writeEnds,
  writeGone,
} from './transit-parts.ts'
import { takeOpen } from './transit-rules.ts'

interface Taken {
  row: ReturningRow
  quantity: Decimal
  forgone: Decimal
  lot: string | null
  serial: string | null
}

/**
 * The supplier has in his hands again what the buyer refused or returned, or awaits it no more. What was on the way leaves transit; what had
 * been delivered, or was never in his books, comes from the customer. One transaction in his tenant. Errors: see the contract; of inventory.
 */
export const takeBack = (rooms: Rooms, ctx: Context, id: ShipmentId, input: TakeBackInput) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const shipment = await lockShipment(tx, id)
    if (!shipment) throw logisticsErrors.notFound({ id })
    if (sideOf(tx, shipment) !== 'supplier') throw logisticsErrors.notYourSide()
    const taken = takenOf(await returningOf(tx, id), input)
    await addCounters(tx, taken)
    await postTaken(rooms, tx, ctx, { shipment, to: await placeFor(rooms, tx, input) }, taken)
    await publish(tx, ctx, logisticsEvents.takenBack, id, { ...newsOf(shipment), day: chinaDay(ctx.now) })
    return returningView(rooms, tx, shipment)
  })

function takenOf(rows: readonly ReturningRow[], { lines }: TakeBackInput): Taken[] {
  const left = new Map(rows.map((row) => [`${row.cause}.${row.id}`, { row, left: leftOf(row) }]))
  const taken = lines.map((line) => {
    const of = left.get(`${line.cause}.${line.id}`)
    if (!of) throw logisticsErrors.lineUnknown({ id: line.id })
    const [quantity, forgone] = [decimal(line.quantity), decimal(line.forgone)]
    if (quantity + forgone > of.left) throw logisticsErrors.tooMuchTakenBack({ number: of.row.number, left: writeDecimal(of.left) })
    of.left -= quantity + forgone
    return { row: of.row, quantity, forgone, lot: line.lot, serial: line.serial }
  })
  if (!taken.some(({ quantity, forgone }) => quantity + forgone > ZERO)) throw logisticsErrors.nothingReceived()
  return taken
}

/** Undefined: quarantine. */
async function placeFor({ inventory }: Rooms, tx: LogisticsTx, { locationId }: TakeBackInput): Promise<LocationId | undefined> {
  if (locationId === null) return undefined
  const known = (await inventory.warehouses(opaque(tx))).some((one) => one.id === locationId)
  if (!known) throw logisticsErrors.warehouseUnknown({ id: locationId })
  return locationId
}

async function addCounters(tx: LogisticsTx, taken: readonly Taken[]): Promise<void> {
  for (const { row, quantity, forgone } of taken) {
    row.cameBack += quantity
    row.forgone += forgone
  }
  for (const row of new Set(taken.map((one) => one.row))) {
    const counters = { came_back: writeDecimal(row.cameBack), forgone: writeDecimal(row.forgone) }
    if (row.cause === 'refused')
      await tx.sql
        .updateTable('logistics.claim')
        .set(counters)
        .where('id', '=', row.id as ClaimId)
        .where('supplier_org', '=', tx.orgId)
        .execute()
    else
      await tx.sql
        .updateTable('logistics.goods_return_line')
        .set(counters)
        .where('id', '=', row.id)
        .where('supplier_org', '=', tx.orgId)
        .execute()
  }
}

interface Where {
  shipment: ShipmentRow
  to: LocationId | undefined
}

async function postTaken(rooms: Rooms, tx: LogisticsTx, ctx: Context, { shipment, to }: Where, taken: readonly Taken[]): Promise<void> {
  const parts = Map.groupBy(await lockParts(tx, shipment.id), ({ row }) => row.line_id as string)
  const materials = await materialsOf(rooms, tx, shipment, taken)
  if (materials.size === 0) return
  const places = await placesOf(rooms.inventory, tx)
  const consignment = taken.some(({ row }) => row.line.consigned) ? await rooms.inventory.systemLocation(opaque(tx), 'consignment') : null
  const posting: Posting = {
    tx,
    ctx,
    places,
    consignment,
    to: to ?? places.quarantine,
    ends: startEnds(),
    used: new Map(),
    gone: new Map(),
    reason: reasonOf(shipment),
  }
  const moves = taken.flatMap((one, i) => {
    const of = materials.get(one.row.line.id)
    return of ? movesFor(posting, parts.get(one.row.line.id) ?? [], one, { ...of, no: i + 1 }) : []
  })
  await rooms.inventory.post(opaque(tx), ctx, moves)
  await writeEnds(tx, posting.ends)
  await writeGone(tx, posting.gone)
}

const reasonOf = ({ number, buyer_name }: ShipmentRow) => `${number ?? ''} ${buyer_name}`.trim()

interface OwnMaterial {
  materialId: MaterialId
  factor: Decimal
  control: 'none' | 'lot' | 'serial'
}

/** By line. Where the supplier's catalogue has nothing behind a line, it comes back without a move of stock. */
async function materialsOf(rooms: Rooms, tx: LogisticsTx, shipment: ShipmentRow, taken: readonly Taken[]) {
  const own = await ownLines(rooms, tx, shipment, [...new Set(taken.map((one) => one.row.line))])
  const facts = await rooms.materials.facts(opaque(tx), [...new Set(own.map((one) => one.materialId))])
  return new Map<string, OwnMaterial>(
    own.map(({ line, materialId, factor }) => [line.id, { materialId, factor, control: facts.get(materialId)?.control ?? 'none' }]),
  )
}

interface Posting {
  tx: LogisticsTx
  ctx: Context
  places: Places
  to: LocationId
  ends: Ends
  used: Map<string, Decimal>
  /** Where consigned goods lie for the supplier's books; of what parts they leave it, and how much. */
  consignment: LocationId | null
  gone: Map<string, Decimal>
  reason: string
}

/** Out of consignment, where the goods that the buyer sends back lay as the supplier's own. */
function goneMove({ ctx, consignment, gone, reason }: Posting, step: { part: Part; quantity: Decimal }, to: LocationId): NewMove {
  if (consignment === null) throw new Error('Consigned goods without their place.')
  return moveOfKept(ctx, step, { gone, reason, from: consignment, to })
}

/** What was accepted and returned left transit long ago; what was refused, or lay at the buyer's as the supplier's, is in it still. */
function movesFor(posting: Posting, parts: readonly Part[], one: Taken, { materialId, factor, control, no }: OwnMaterial & { no: number }) {
  const { tx, ctx, places, to, ends, used, reason } = posting
  const named = { lot: control === 'lot' ? one.lot : null, serial: control === 'serial' ? one.serial : null }
  const open = one.row.fromTransit ? parts.filter((part) => part.row.material_id === materialId) : []
  const back = takeOpen(open, used, { ...named, quantity: multiply(one.quantity, factor) })
  const givenUp = takeOpen(open, used, { lot: null, serial: null, quantity: multiply(one.forgone, factor) })
  const steps = [
    ...back.taken.map((step) => moveOfStep(tx, ctx, ends, { ...step, end: 'apart' }, { reason, from: places.transit, to })),
    ...givenUp.taken.map((step) =>
      moveOfStep(tx, ctx, ends, { ...step, end: 'forgone' }, { reason, from: places.transit, to: places.loss }),
    ),
  ]
  const kept = one.row.line.consigned && !one.row.fromTransit ? parts.filter((part) => part.row.material_id === materialId) : []
  const outOf = (to: LocationId, wanted: Parameters<typeof takeOpen>[2]) => {
    const { taken, rest } = takeOpen(kept, posting.gone, wanted, keptOf)
    return { rest, moves: taken.map((step) => goneMove(posting, step, to)) }
  }
  const returned = outOf(to, { ...named, quantity: back.rest })
  const lost = outOf(places.loss, { lot: null, serial: null, quantity: givenUp.rest })
  steps.push(...returned.moves, ...lost.moves)
  if (returned.rest <= ZERO) return steps
  const fromCustomer: NewMove = {
    materialId,
    quantity: returned.rest,
    from: places.customer,
    to,
    owner: tx.orgId,
    ...named,
    expires: null,
    day: chinaDay(ctx.now),
    // Not known: it costs what the stock costs just then.
    unitCost: null,
    reason,
    source: {
      entity: one.row.cause === 'refused' ? 'logistics.claim' : 'logistics.goods_return_line',
      id: one.row.id,
      line: `back.${writeDecimal(one.row.cameBack)}.${no}`,
    },
  }
  return [...steps, fromCustomer]
}
