import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { decimal, least, MAX_DECIMAL, writeDecimal, ZERO } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import { inventoryErrors } from '../errors.ts'
import type { NewMove } from '../public.ts'
import {
  type Availability,
  type Place,
  placeText,
  type Reservation,
  readAvailability,
  reservationsFor,
  writeAvailability,
  writeReservations,
} from './availability-store.ts'
import { belowZeroSince, type NewBalance, readBalances, serialsHeld, writeBalances } from './balance-store.ts'
import { addLayers, takeLayersBack } from './consigned-layers.ts'
import { addConsigned } from './consigned-store.ts'
import { lockItems, touchItems } from './item-store.ts'
import { holdLocations, type PlaceFacts } from './location-store.ts'
import { keepLots } from './lot-store.ts'
import { type Delta, deltasOf, keyText, moveProblem, sourceText } from './move-rules.ts'
import { insertMoves, isSame, movesOfSources } from './move-store.ts'
import { revalue } from './revalue.ts'
import type { MaterialFacts, Rooms } from './rooms.ts'
import { refreshShares } from './share-store.ts'
import type { InventoryTx } from './tables.ts'
import type { ValuedMove } from './valuation-rules.ts'
import { holdSetting, type OfMaterial } from './valuation-store.ts'

const MAX_MOVES = 5_000

interface Posting {
  tx: InventoryTx
  ctx: Context
  moves: readonly NewMove[]
  facts: Map<NewMove['materialId'], MaterialFacts>
  places: Map<NewMove['from'], PlaceFacts>
}

/** All or none; see public.ts. */
export async function postMoves(
  { materials }: Pick<Rooms, 'materials'>,
  tx: InventoryTx,
  ctx: Context,
  given: readonly NewMove[],
): Promise<void> {
  if (given.length === 0) return
  if (given.length > MAX_MOVES) throw new RangeError(`At most ${MAX_MOVES} moves are posted at once.`)
  const facts = await materials.facts(opaque(tx), [...new Set(given.map((move) => move.materialId))])
  const setting = await holdSetting(tx, 'share')
  const days = { today: chinaDay(ctx.now), closedUntil: setting.closed_until }
  for (const move of given) {
    const problem = moveProblem(move, facts.get(move.materialId), days)
    if (problem) throw problem
  }
  await lockItems(tx, [...facts.values()])
  const moves = await notYetPosted(tx, given)
  if (moves.length === 0) return
  const places = await openPlaces(tx, moves)
  const posting = { tx, ctx, moves, facts, places }
  await keepTheirLots(posting)
  const deltas = [...deltasOf(moves).values()]
  await moveBalances(posting, deltas)
  await moveAvailability(posting, deltas)
  await moveConsigned(posting, deltas)
  await moveLayers(posting)
  const written = await insertMoves(tx, ctx, moves)
  if (written.size !== moves.length) throw inventoryErrors.sourceDiffers({ line: moves[0]?.source.line })
  await refuseTheImpossiblePast(posting, deltas)
  await revalue(tx, ctx, setting, valuedOf(posting, written))
  await touchItems(tx, daysOf(posting))
}

/** Those whose source line is new; one that was posted otherwise is refused, within the call as well. */
async function notYetPosted(tx: InventoryTx, given: readonly NewMove[]): Promise<NewMove[]> {
  const posted = await movesOfSources(
    tx,
    given.map((move) => move.source),
  )
  const fresh = new Map<string, NewMove>()
  for (const move of given) {
    const text = sourceText(move.source)
    const before = posted.get(text)
    const twin = fresh.get(text)
    if (before && !isSame(before, move)) throw inventoryErrors.sourceDiffers({ line: move.source.line })
    if (twin && !sameMove(twin, move)) throw inventoryErrors.sourceDiffers({ line: move.source.line })
    if (!before && !twin) fresh.set(text, move)
  }
  return [...fresh.values()]
}

const sameMove = (a: NewMove, b: NewMove): boolean =>
  a.materialId === b.materialId &&
  a.quantity === b.quantity &&
  a.from === b.from &&
  a.to === b.to &&
  a.owner === b.owner &&
  a.lot === b.lot &&
  a.serial === b.serial

async function openPlaces(tx: InventoryTx, moves: readonly NewMove[]) {
  const places = await holdLocations(
    tx,
    moves.flatMap((move) => [move.from, move.to]),
  )
  for (const move of moves)
    for (const id of [move.from, move.to]) {
      const place = places.get(id)
      if (!place) throw inventoryErrors.locationNotFound({ id })
      if (place.closed) throw inventoryErrors.locationClosed({ code: place.code })
    }
  return places
}

async function keepTheirLots({ tx, moves }: Posting): Promise<void> {
  const lots = moves.flatMap(({ materialId, lot, expires, day }) => (lot ? [{ materialId, lot, expires, day }] : []))
  if (lots.length === 0) return
  const [conflict] = await keepLots(tx, lots)
  if (conflict) throw inventoryErrors.lotExpiryDiffers(conflict)
}

async function moveBalances({ tx, ctx, facts, places }: Posting, deltas: readonly Delta[]): Promise<void> {
  const stored = await readBalances(tx, deltas)
  const changed = deltas.filter((delta) => delta.quantity !== ZERO)
  const today = chinaDay(ctx.now)
  const balances = changed.map((delta): NewBalance => {
    const { materialId, locationId, owner, lot, serial } = delta
    const before = stored.get(keyText(delta))
    const place = places.get(locationId) as PlaceFacts
    const quantity = (before?.quantity ?? ZERO) + delta.quantity
    if (quantity < ZERO && !place.mayBeNegative) {
      const at = { material: facts.get(materialId)?.code, place: place.name, lot, serial }
      throw inventoryErrors.notEnough({ ...at, onHand: writeDecimal(before?.quantity ?? ZERO), wanted: writeDecimal(-delta.quantity) })
    }
    if (quantity > MAX_DECIMAL || quantity < -MAX_DECIMAL) throw new RangeError('A balance passes what numeric(18, 6) takes.')
    // What was elsewhere in the organisation before is as old here as there.
    const came = (delta.cameFrom && stored.get(keyText({ ...delta, locationId: delta.cameFrom }))?.since) ?? delta.cameOn ?? today
    const outside = delta.cameFrom === undefined || places.get(delta.cameFrom)?.mayBeNegative
    const arrived = outside ? (delta.cameOn ?? today) : came
    const since = before && before.quantity > ZERO && before.since < arrived ? before.since : arrived
    return { materialId, locationId, owner, lot, serial, quantity, since, mayBeNegative: place.mayBeNegative }
  })
  await refuseDoubledSerials({ tx, facts }, balances)
  await writeBalances(
    tx,
    balances.filter((_, i) => (changed[i]?.quantity ?? ZERO) < ZERO),
  )
  await writeBalances(
    tx,
    balances.filter((_, i) => (changed[i]?.quantity ?? ZERO) > ZERO),
  )
}

const ONE = decimal('1')

/** Beyond the world outside a serial number is at one place only, once. */
async function refuseDoubledSerials({ tx, facts }: Pick<Posting, 'tx' | 'facts'>, balances: readonly NewBalance[]): Promise<void> {
  const ofSerials = balances.filter((balance) => balance.serial !== '')
  if (ofSerials.length === 0) return
  const refuse = ({ materialId, serial }: NewBalance) => inventoryErrors.serialElsewhere({ material: facts.get(materialId)?.code, serial })
  for (const balance of ofSerials) if (balance.quantity > ONE || balance.quantity < -ONE) throw refuse(balance)
  const written = new Map(ofSerials.map((balance) => [keyText(balance), balance]))
  const held = await serialsHeld(tx, ofSerials)
  const taken = new Set<string>()
  const take = (key: { materialId: string; serial: string }, balance: NewBalance | undefined) => {
    const text = `${key.materialId}\n${key.serial}`
    if (taken.has(text)) throw refuse(balance ?? (ofSerials[0] as NewBalance))
    taken.add(text)
  }
  for (const one of held)
    if (!written.has(keyText(one)))
      take(
        one,
        ofSerials.find((b) => b.serial === one.serial),
      )
  for (const balance of ofSerials) if (balance.quantity > ZERO) take(balance, balance)
}

/** One's own goods in warehouses; a move of a reserved line uses its reservation up, and no other takes what is reserved. */
async function moveAvailability({ tx, ctx, moves, facts, places }: Posting, deltas: readonly Delta[]): Promise<void> {
  const changes = new Map<string, Place & { change: bigint }>()
  for (const { materialId, locationId, owner, quantity } of deltas) {
    const warehouse = places.get(locationId)?.warehouseId
    if (!warehouse || owner !== tx.orgId || quantity === ZERO) continue
    const place = { materialId, warehouse }
    changes.set(placeText(place), { ...place, change: (changes.get(placeText(place))?.change ?? ZERO) + quantity })
  }
  const used = await usedReservations(tx, moves, places)
  const touched = [...changes.values(), ...used.map((one) => one.reservation)]
  const stored = await readAvailability(tx, touched)
  const after = new Map<string, Availability>()
  const at = (place: Place): Availability => {
    const text = placeText(place)
    const { materialId, warehouse } = place
    const known = after.get(text) ?? { ...(stored.get(text) ?? { materialId, warehouse, onHand: ZERO, reserved: ZERO }) }
    after.set(text, known)
    return known
  }
  for (const { reservation, quantity } of used) at(reservation).reserved -= quantity
  for (const place of changes.values()) at(place).onHand += place.change
  for (const { materialId, warehouse, onHand, reserved } of after.values())
    if (reserved > onHand)
      throw inventoryErrors.reservedForOthers({
        material: facts.get(materialId)?.code,
        place: places.get(warehouse)?.name ?? '',
        onHand: writeDecimal(onHand),
        reserved: writeDecimal(reserved),
      })
  // A reservation points at its availability: first what is left of it, then the sums.
  await writeReservations(
    tx,
    ctx.now,
    used.map(({ reservation, quantity }) => ({ ...reservation, quantity: reservation.quantity - quantity })),
  )
  await writeAvailability(tx, [...after.values()])
  // Moved within a warehouse, nothing of it is news to partners.
  const changed = [...changes.values()].filter(({ change }) => change !== ZERO)
  if (changed.length > 0)
    await refreshShares(
      tx,
      ctx.now,
      changed.map(({ materialId }) => materialId),
    )
}

/** What the owners of goods that lie here see of them. */
async function moveConsigned({ tx, facts, places }: Posting, deltas: readonly Delta[]): Promise<void> {
  const changes = new Map<string, { supplier: Delta['owner']; facts: MaterialFacts; change: bigint }>()
  for (const { materialId, locationId, owner, quantity } of deltas) {
    if (owner === tx.orgId || places.get(locationId)?.mayBeNegative) continue
    const key = `${owner}\n${materialId}`
    const known = changes.get(key) ?? { supplier: owner, facts: facts.get(materialId) as MaterialFacts, change: ZERO }
    changes.set(key, { ...known, change: known.change + quantity })
  }
  const moved = [...changes.values()].filter(({ change }) => change !== ZERO)
  if (moved.length > 0) await addConsigned(tx, moved)
}

/** By which orders the goods of others came, and went back. */
async function moveLayers({ tx, moves, places }: Posting): Promise<void> {
  const outside = (id: NewMove['from']) => places.get(id)?.mayBeNegative ?? false
  const ofOrders = moves.filter((move) => move.consigned !== undefined && outside(move.from) !== outside(move.to))
  await addLayers(
    tx,
    ofOrders.filter((move) => outside(move.from)),
  )
  await takeLayersBack(
    tx,
    ofOrders.filter((move) => outside(move.to)),
  )
}

async function usedReservations(tx: InventoryTx, moves: readonly NewMove[], places: Posting['places']) {
  const reservations = await reservationsFor(
    tx,
    moves.map((move) => move.reservedFor ?? move.source),
  )
  // Several lots may use up one line.
  const used = new Map<Reservation, bigint>()
  for (const move of moves) {
    const reservation = reservations.get(sourceText(move.reservedFor ?? move.source))
    const leaves = places.get(move.from)?.warehouseId
    if (!reservation || reservation.materialId !== move.materialId || reservation.warehouse !== leaves) continue
    used.set(reservation, least((used.get(reservation) ?? ZERO) + move.quantity, reservation.quantity))
  }
  return [...used].map(([reservation, quantity]) => ({ reservation, quantity }))
}

/** One's own goods that come from outside or go there: these have a cost. */
const valuedOf = ({ tx, moves, places }: Posting, written: Awaited<ReturnType<typeof insertMoves>>): OfMaterial<ValuedMove>[] =>
  moves.flatMap(({ materialId, from, to, owner, day, quantity, unitCost, source }) => {
    const [outside, goesOut] = [places.get(from)?.mayBeNegative, places.get(to)?.mayBeNegative]
    const row = written.get(sourceText(source))
    if (!row || owner !== tx.orgId || outside === goesOut) return []
    return [{ ...row, materialId, day, direction: outside ? 'in' : 'out', quantity, unitCost }]
  })

/** A move of a day gone by must not have been impossible on it, nor make a later one so. */
async function refuseTheImpossiblePast({ tx, facts, places }: Posting, deltas: readonly Delta[]): Promise<void> {
  const past = deltas.flatMap(({ materialId, locationId, owner, lot, serial, leftOn }) =>
    leftOn !== undefined && !places.get(locationId)?.mayBeNegative ? [{ materialId, locationId, owner, lot, serial, from: leftOn }] : [],
  )
  if (past.length === 0) return
  const [first] = await belowZeroSince(tx, past)
  if (!first) return
  throw inventoryErrors.notEnoughThen({
    material: facts.get(first.materialId)?.code,
    place: places.get(first.locationId)?.name,
    lot: first.lot,
    day: first.day,
    missing: writeDecimal(-decimal(first.quantity)),
  })
}

const daysOf = ({ moves, places }: Posting) => {
  const days = new Map<NewMove['materialId'], { materialId: NewMove['materialId']; inDay: string | null; outDay: string | null }>()
  for (const { materialId, from, to, day } of moves) {
    const known = days.get(materialId) ?? { materialId, inDay: null, outDay: null }
    days.set(materialId, known)
    const [fromOutside, toOutside] = [places.get(from)?.mayBeNegative, places.get(to)?.mayBeNegative]
    if (fromOutside && !toOutside && (known.inDay === null || known.inDay < day)) known.inDay = day
    if (!fromOutside && toOutside && (known.outDay === null || known.outDay < day)) known.outDay = day
  }
  return [...days.values()]
}
