import { v7 as uuidv7 } from 'uuid'
import type { Context } from '#kernel/context.ts'
import { nextNumber } from '#kernel/numbering.ts'
import { publish } from '#kernel/outbox.ts'
import { opaque } from '#kernel/postgres.ts'
import { decimal } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import { inventoryEvents, type LocationId, type StockDocumentId, type StockReservationId } from '../contract.ts'
import type { DocumentKind, DocumentLine } from '../document-contract.ts'
import { inventoryErrors } from '../errors.ts'
import type { NewMove } from '../public.ts'
import { lockKnownItems } from './item-store.ts'
import { holdLocations, type PlaceFacts, systemLocation } from './location-store.ts'
import { hasExpired, passedOver } from './pick-rules.ts'
import { candidatesIn, type PickCandidate } from './pick-store.ts'
import { postMoves } from './post-moves.ts'
import { takeReserved } from './reservation-documents.ts'
import type { Rooms } from './rooms.ts'
import type { InventoryTx } from './tables.ts'

interface NewDocument {
  kind: DocumentKind
  day: string
  reason: string
  lines: readonly DocumentLine[]
  /** An issue of what it holds. */
  reservationId?: StockReservationId | undefined
}

const NUMBERS: Record<DocumentKind, string> = { transfer: 'ST', production: 'SI', scrap: 'SS', back: 'SB' }

/** A person's own document about stock: all lines or none. */
export const postDocument = (rooms: Rooms, ctx: Context, given: NewDocument): Promise<{ id: StockDocumentId; number: string }> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { kind, day, reason, lines, reservationId } = given
    if (reservationId !== undefined && kind !== 'production') throw inventoryErrors.reservationForIssues()
    if (kind === 'scrap' && reason === '') throw inventoryErrors.reasonNeeded()
    const outside = kind === 'transfer' ? undefined : await systemLocation(tx, kind === 'scrap' ? 'loss' : 'production')
    const id = uuidv7() as StockDocumentId
    const asked = lines.map((line, i): NewMove => {
      if (kind !== 'transfer' && line.owner !== null && line.owner !== ctx.orgId) throw inventoryErrors.ownGoodsOnly({ line: i + 1 })
      const to = outside ?? line.toId
      if (!to) throw inventoryErrors.targetNeeded({ line: i + 1 })
      return {
        materialId: line.materialId,
        quantity: decimal(line.quantity),
        from: kind === 'back' ? to : line.locationId,
        to: kind === 'back' ? line.locationId : to,
        owner: line.owner ?? ctx.orgId,
        lot: line.lot || null,
        serial: line.serial || null,
        expires: null,
        day,
        unitCost: null,
        reason: [reason, line.override].filter(Boolean).join('；'),
        source: { entity: 'inventory.document', id, line: String(i + 1) },
      }
    })
    const moves = await promisedFor(tx, reservationId, asked)
    await refuseTransit(tx, lines)
    if (kind === 'production') await refuseThePassedOver(rooms, tx, ctx, lines)
    await postMoves(rooms, tx, ctx, moves)
    const number = await nextNumber(opaque(tx), NUMBERS[kind], chinaDay(ctx.now))
    await tx.sql
      .insertInto('inventory.document')
      .values({ org_id: tx.orgId, id, kind, number, day, reason, created_at: ctx.now, created_by: ctx.actor.name ?? '' })
      .execute()
    await publish(tx, ctx, inventoryEvents.documentPosted, id, { documentId: id, kind, number, day })
    return { id, number }
  })

/** The issue of a reservation takes what it holds and nothing else. */
async function promisedFor(tx: InventoryTx, id: StockReservationId | undefined, moves: readonly NewMove[]): Promise<readonly NewMove[]> {
  if (id === undefined) return moves
  const places = await holdLocations(
    tx,
    moves.map(({ from }) => from),
  )
  return takeReserved(tx, id, moves, ({ from }) => warehouseOf(places, from))
}

/** What is on its way has its notice, and nobody counts it. */
async function refuseTransit(tx: InventoryTx, lines: readonly DocumentLine[]): Promise<void> {
  const places = await holdLocations(
    tx,
    lines.flatMap(({ locationId, toId }) => (toId ? [locationId, toId] : [locationId])),
  )
  if ([...places.values()].some(({ kind }) => kind === 'transit')) throw inventoryErrors.transitByNotice()
}

/** What expires or came first is taken first, unless somebody says why not. Earlier lines of the document count as taken. */
async function refuseThePassedOver({ materials }: Rooms, tx: InventoryTx, ctx: Context, lines: readonly DocumentLine[]): Promise<void> {
  const today = chinaDay(ctx.now)
  await lockKnownItems(
    tx,
    lines.map((line) => line.materialId),
  )
  const facts = await materials.facts(opaque(tx), [...new Set(lines.map((line) => line.materialId))])
  const places = await holdLocations(
    tx,
    lines.map((line) => line.locationId),
  )
  const known = new Map<string, PickCandidate[]>()
  for (const line of lines) {
    const warehouse = warehouseOf(places, line.locationId)
    const key = `${line.materialId}\n${warehouse}`
    const left = known.get(key) ?? (await candidatesIn(tx, line.materialId, warehouse))
    known.set(key, left)
    const chosen = left.find((c) => c.locationId === line.locationId && c.lot === (line.lot ?? '') && c.serial === (line.serial ?? ''))
    // What is not there is refused by the posting.
    if (!chosen) continue
    chosen.onHand -= decimal(line.quantity)
    if (line.override) continue
    const at = { material: facts.get(line.materialId)?.code, lot: chosen.lot || chosen.serial }
    if (hasExpired(chosen, today)) throw inventoryErrors.expired({ ...at, expires: chosen.expires })
    const earlier = passedOver(chosen, left, today)
    if (earlier)
      throw inventoryErrors.notOldest({
        ...at,
        earlier: earlier.lot || earlier.serial || earlier.locationCode,
        since: earlier.since,
        place: earlier.locationName,
      })
  }
}

function warehouseOf(places: ReadonlyMap<LocationId, PlaceFacts>, id: LocationId): LocationId {
  const place = places.get(id)
  if (!place) throw inventoryErrors.locationNotFound({ id })
  return place.warehouseId ?? place.id
}
