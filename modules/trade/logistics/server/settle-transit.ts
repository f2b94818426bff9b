import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { LocationId } from '#modules/trade/inventory/contract.ts'
import { type Decimal, decimal, multiply, sumOf } from '#values/decimal.ts'
import type { ShipmentId, ShipmentState } from '../contract.ts'
import type { Rooms } from './rooms.ts'
import { type LineRow, linesOf, readShipment } from './shipment-store.ts'
import type { LogisticsTx } from './tables.ts'
import { lockParts, moveOfStep, type Part, type Places, placesOf, startEnds, writeEnds } from './transit-parts.ts'
import { type ClaimOnLine, type LineStanding, type Step, stepsTo, whereaboutsOf } from './transit-rules.ts'

type Parts = Pick<Rooms, 'inventory'>

/**
 * In the supplier's tenant: his goods in transit are moved to where they are by now. It reads how things stand and moves the difference, so
 * that it may be run at any moment, twice, and after any piece of news. Errors: those of inventory.
 */
export async function settleTransit(rooms: Parts, tx: LogisticsTx, ctx: Context, id: ShipmentId): Promise<void> {
  const all = await lockParts(tx, id)
  if (all.length === 0) return
  const shipment = await readShipment(tx, id)
  if (!shipment) return
  const claims = await claimsOf(tx, id)
  const counted = await countedOf(tx, id)
  const lines = await linesOf(tx, id)
  const steps = lines.flatMap((line) => {
    const parts = all.filter(({ row }) => row.line_id === line.id)
    const factor = parts[0] ? decimal(parts[0].row.factor) : undefined
    if (factor === undefined) return []
    const standing = standingOf(line, shipment.state, parts, { factor, claims: claims.get(line.id) ?? [] })
    return stepsTo(parts, whereaboutsOf(standing), counted.get(line.id) ?? new Set())
  })
  const consigned = new Set(lines.flatMap((line) => (line.consigned ? [line.id] : [])))
  if (steps.length > 0)
    await moveOut(rooms, tx, ctx, { reason: `${shipment.number ?? ''} ${shipment.buyer_name}`.trim(), consigned }, steps)
}

const ended: Partial<Record<ShipmentState, LineStanding['state']>> = { received: 'closed', short: 'closed', cancelled: 'cancelled' }

const standingOf = (
  line: LineRow,
  state: ShipmentState,
  parts: readonly Part[],
  { factor, claims }: { factor: Decimal; claims: readonly ClaimOnLine[] },
): LineStanding => ({
  sent: sumOf(parts.map((part) => part.quantity)),
  accepted: multiply(decimal(line.accepted), factor),
  missing: multiply(decimal(line.missing), factor),
  state: ended[state] ?? 'open',
  claims: claims.map((claim) => ({ ...claim, quantity: multiply(claim.quantity, factor), back: multiply(claim.back, factor) })),
  apart: sumOf(parts.map((part) => part.apart)),
  forgone: sumOf(parts.map((part) => part.forgone)),
})

async function claimsOf(tx: LogisticsTx, id: ShipmentId): Promise<Map<string, ClaimOnLine[]>> {
  const rows = await tx.sql
    .selectFrom('logistics.claim')
    .select(['line_id', 'kind', 'quantity', 'came_back', 'forgone', 'state', 'settlement'])
    .where('shipment_id', '=', id)
    .where('supplier_org', '=', tx.orgId)
    .orderBy('opened_at')
    .orderBy('id')
    .execute()
  const claims = rows.map(({ line_id, kind, quantity, came_back, forgone, state, settlement }) => ({
    line: line_id as string,
    kind,
    quantity: decimal(quantity),
    back: decimal(came_back) + decimal(forgone),
    state,
    settlement,
  }))
  return Map.groupBy(claims, (claim) => claim.line)
}

/** Lots and numbers of which the buyer took something over, by line. */
async function countedOf(tx: LogisticsTx, id: ShipmentId): Promise<Map<string, Set<string>>> {
  const rows = await tx.sql
    .selectFrom('logistics.receipt_line as r')
    .innerJoin('logistics.receipt as g', 'g.id', 'r.receipt_id')
    .select(['r.line_id', 'r.lot', 'r.serial'])
    .where('g.shipment_id', '=', id)
    .where('r.supplier_org', '=', tx.orgId)
    .where(sql<boolean>`r.accepted + r.quarantined + r.damaged_kept > r.excess - r.excess_kept`)
    .execute()
  const found = new Map<string, Set<string>>()
  for (const { line_id, lot, serial } of rows) {
    const name = serial ?? lot
    if (name) found.set(line_id, (found.get(line_id) ?? new Set()).add(name))
  }
  return found
}

/** To where they should be; a part whose place was closed meanwhile comes home into quarantine. */
async function moveOut(
  { inventory }: Parts,
  tx: LogisticsTx,
  ctx: Context,
  { reason, consigned }: { reason: string; consigned: ReadonlySet<string> },
  steps: readonly Step<Part>[],
): Promise<void> {
  const places = await placesOf(inventory, tx)
  const delivered = await deliveredTo(inventory, tx, places, consigned)
  const open = await inventory.openPlaces(
    opaque(tx),
    steps.map(({ part }) => part.row.from_id),
  )
  const home = ({ row }: Part) => (open.has(row.from_id) ? row.from_id : places.quarantine)
  const ends = startEnds()
  const moves = steps.map((step) =>
    moveOfStep(tx, ctx, ends, step, { reason, from: places.transit, to: placeOf(places, step, { home, delivered }) }),
  )
  await inventory.post(opaque(tx), ctx, moves)
  await writeEnds(tx, ends)
}

type PlaceOfPart = (part: Part) => LocationId

/** What the buyer has taken in is his; consigned goods are the supplier's still, and lie at the buyer's. */
async function deliveredTo(
  inventory: Rooms['inventory'],
  tx: LogisticsTx,
  places: Places,
  consigned: ReadonlySet<string>,
): Promise<PlaceOfPart> {
  if (consigned.size === 0) return () => places.customer
  const consignment = await inventory.systemLocation(opaque(tx), 'consignment')
  return ({ row }) => (consigned.has(row.line_id) ? consignment : places.customer)
}

function placeOf(places: Places, { part, end }: Step<Part>, { home, delivered }: Record<'home' | 'delivered', PlaceOfPart>): LocationId {
  switch (end) {
    case 'delivered':
      return delivered(part)
    case 'lost':
    case 'forgone':
      return places.loss
    case 'apart':
      return places.quarantine
    case 'home':
      return home(part)
    default:
      return end satisfies never
  }
}
