import { type Selectable, sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { LocationId } from '#modules/trade/inventory/contract.ts'
import type { NewMove } from '#modules/trade/inventory/public.ts'
import { type Decimal, decimal, multiply, sumOf, writeDecimal } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import type { ShipmentId, ShipmentState } from '../contract.ts'
import type { Rooms } from './rooms.ts'
import { type LineRow, linesOf, readShipment } from './shipment-store.ts'
import type { LogisticsTx, TransitTable } from './tables.ts'
import { type ClaimOnLine, type End, type LineStanding, type Step, stepsTo, type TransitPart, whereaboutsOf } from './transit-rules.ts'

type Row = Selectable<TransitTable>
type Parts = Pick<Rooms, 'inventory'>

interface Part extends TransitPart {
  row: Row
}

/**
 * In the supplier's tenant: his goods in transit are moved to where they are by now. It reads how things stand and moves the difference, so
 * that it may be run at any moment, twice, and after any piece of news. Errors: those of inventory.
 */
export async function settleTransit(rooms: Parts, tx: LogisticsTx, ctx: Context, id: ShipmentId): Promise<void> {
  const rows = await lockTransit(tx, id)
  if (rows.length === 0) return
  const shipment = await readShipment(tx, id)
  if (!shipment) return
  const claims = await claimsOf(tx, id)
  const counted = await countedOf(tx, id)
  const steps = (await linesOf(tx, id)).flatMap((line) => {
    const parts = rows.filter((row) => row.line_id === line.id).map(partOf)
    const factor = parts[0] ? decimal(parts[0].row.factor) : undefined
    if (factor === undefined) return []
    const standing = standingOf(line, shipment.state, parts, { factor, claims: claims.get(line.id) ?? [] })
    return stepsTo(parts, whereaboutsOf(standing), counted.get(line.id) ?? new Set())
  })
  if (steps.length > 0) await moveOut(rooms, tx, ctx, `${shipment.number ?? ''} ${shipment.buyer_name}`.trim(), steps)
}

const lockTransit = (tx: LogisticsTx, id: ShipmentId): Promise<Row[]> =>
  tx.sql
    .selectFrom('logistics.transit')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('shipment_id', '=', id)
    .orderBy('position')
    .forUpdate()
    .execute()

const partOf = (row: Row): Part => ({
  id: row.id,
  row,
  quantity: decimal(row.quantity),
  lot: row.lot,
  serial: row.serial,
  delivered: decimal(row.delivered),
  lost: decimal(row.lost),
  apart: decimal(row.apart),
  home: decimal(row.home),
})

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
  claims: claims.map((claim) => ({ ...claim, quantity: multiply(claim.quantity, factor) })),
})

async function claimsOf(tx: LogisticsTx, id: ShipmentId): Promise<Map<string, ClaimOnLine[]>> {
  const rows = await tx.sql
    .selectFrom('logistics.claim')
    .select(['line_id', 'kind', 'quantity', 'state', 'settlement'])
    .where('shipment_id', '=', id)
    .where('supplier_org', '=', tx.orgId)
    .orderBy('opened_at')
    .orderBy('id')
    .execute()
  const claims = rows.map(({ line_id, kind, quantity, state, settlement }) => ({
    line: line_id as string,
    kind,
    quantity: decimal(quantity),
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
    .where(sql<boolean>`r.accepted + r.quarantined > r.excess`)
    .execute()
  const found = new Map<string, Set<string>>()
  for (const { line_id, lot, serial } of rows) {
    const name = serial ?? lot
    if (name) found.set(line_id, (found.get(line_id) ?? new Set()).add(name))
  }
  return found
}

async function moveOut({ inventory }: Parts, tx: LogisticsTx, ctx: Context, reason: string, steps: readonly Step<Part>[]): Promise<void> {
  const place = (kind: 'transit' | 'customer' | 'loss' | 'quarantine') => inventory.systemLocation(opaque(tx), kind)
  const [transit, customer, loss, quarantine] = [
    await place('transit'),
    await place('customer'),
    await place('loss'),
    await place('quarantine'),
  ]
  const open = await inventory.openPlaces(
    opaque(tx),
    steps.map(({ part }) => part.row.from_id),
  )
  const to = ({ part, end }: Step<Part>): LocationId => {
    const places = { delivered: customer, lost: loss, apart: quarantine, home: part.row.from_id }
    // A place that was closed meanwhile takes nothing back.
    return end === 'home' && !open.has(part.row.from_id) ? quarantine : places[end]
  }
  const totals = new Map<string, Record<End, Decimal>>()
  const moves = steps.map((step): NewMove => {
    const { part, end, quantity } = step
    const total = totals.get(part.id) ?? { delivered: part.delivered, lost: part.lost, apart: part.apart, home: part.home }
    total[end] += quantity
    totals.set(part.id, total)
    return {
      materialId: part.row.material_id,
      quantity,
      from: transit,
      to: to(step),
      owner: tx.orgId,
      lot: part.lot,
      serial: part.serial,
      expires: null,
      day: chinaDay(ctx.now),
      unitCost: null,
      reason,
      source: { entity: 'logistics.transit', id: part.id, line: `${end}.${writeDecimal(total[end])}` },
    }
  })
  await inventory.post(opaque(tx), ctx, moves)
  const ends = [...totals].map(([id, { delivered, lost, apart, home }]) => ({
    id,
    delivered: writeDecimal(delivered),
    lost: writeDecimal(lost),
    apart: writeDecimal(apart),
    home: writeDecimal(home),
  }))
  // In one statement: a notice may have thousands of parts.
  await sql`update logistics.transit as t set delivered = e.delivered, lost = e.lost, apart = e.apart, home = e.home
    from jsonb_to_recordset(${JSON.stringify(ends)}::jsonb) as e(id uuid, delivered numeric, lost numeric, apart numeric, home numeric)
    where t.org_id = ${tx.orgId} and t.id = e.id`.execute(tx.sql)
}
