import type { Context } from '#kernel/context.ts'
import { type Decimal, ZERO } from '#values/decimal.ts'
import { inventoryErrors } from '../errors.ts'
import type { Reserved, Wanted } from '../public.ts'
import {
  type Availability,
  type Place,
  placeText,
  type Reservation,
  readAvailability,
  reservationsFor,
  reservationsOf,
  writeAvailability,
  writeReservations,
} from './availability-store.ts'
import { lockKnownItems } from './item-store.ts'
import { holdLocations } from './location-store.ts'
import { sourceText } from './move-rules.ts'
import type { InventoryTx } from './tables.ts'

const MAX_LINES = 2_000

/** All lines or none. The items' locks are taken first, in their fixed order: whoever comes second sees what is left. */
export async function reserveLines(tx: InventoryTx, ctx: Context, lines: readonly Wanted[]): Promise<Reserved> {
  if (lines.length > MAX_LINES) throw new RangeError(`At most ${MAX_LINES} lines are reserved at once.`)
  if (lines.some((line) => line.quantity <= ZERO)) throw inventoryErrors.quantityNotPositive()
  const wanted = [...new Map(lines.map((line) => [sourceText(line.for), line])).values()]
  if (wanted.length !== lines.length) throw inventoryErrors.sourceDiffers()
  const places = await holdLocations(
    tx,
    wanted.map((line) => line.warehouse),
  )
  for (const { warehouse } of wanted) {
    const place = places.get(warehouse)
    if (place?.kind !== 'warehouse') throw inventoryErrors.locationNotFound({ id: warehouse })
    if (place.closed) throw inventoryErrors.locationClosed({ code: place.code })
  }
  // A line that is reserved already may be of another material: its item is locked with the rest. A second look, under the locks, counts.
  const known = await reservationsFor(
    tx,
    wanted.map((line) => line.for),
  )
  await lockKnownItems(tx, [...wanted.map((line) => line.materialId), ...[...known.values()].map((one) => one.materialId)])
  const before = await reservationsFor(
    tx,
    wanted.map((line) => line.for),
  )
  const after = await summed(tx, wanted, [...before.values()])
  const short = shortOf([...after.values()])
  if (short.size > 0) return { kind: 'short', lines: [...short].map(([materialId, missing]) => ({ materialId, missing })) }
  await writeAvailability(tx, [...after.values()])
  await writeReservations(
    tx,
    ctx.now,
    wanted.map(({ materialId, warehouse, quantity, for: source }): Reservation => ({ materialId, warehouse, quantity, source })),
  )
  return { kind: 'reserved' }
}

async function summed(tx: InventoryTx, wanted: readonly Wanted[], before: readonly Reservation[]): Promise<Map<string, Availability>> {
  const stored = await readAvailability(tx, [...wanted, ...before])
  const after = new Map<string, Availability>()
  const add = ({ materialId, warehouse }: Place, quantity: Decimal) => {
    const text = placeText({ materialId, warehouse })
    const known = after.get(text) ?? { ...(stored.get(text) ?? { materialId, warehouse, onHand: ZERO, reserved: ZERO }) }
    known.reserved += quantity
    after.set(text, known)
  }
  for (const one of before) add(one, -one.quantity)
  for (const one of wanted) add(one, one.quantity)
  return after
}

function shortOf(sums: readonly Availability[]) {
  const short = new Map<Wanted['materialId'], Decimal>()
  for (const { materialId, onHand, reserved } of sums)
    if (reserved > onHand) short.set(materialId, (short.get(materialId) ?? ZERO) + reserved - onHand)
  return short
}

export async function releaseReservations(tx: InventoryTx, ctx: Context, source: { entity: string; id: string }): Promise<void> {
  const known = await reservationsOf(tx, source)
  if (known.length === 0) return
  await lockKnownItems(
    tx,
    known.map((one) => one.materialId),
  )
  const released = await reservationsOf(tx, source)
  if (released.length === 0) return
  await writeReservations(
    tx,
    ctx.now,
    released.map((one) => ({ ...one, quantity: ZERO })),
  )
  await writeAvailability(tx, [...(await summed(tx, [], released)).values()])
}
