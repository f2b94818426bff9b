import type { Point } from '../driver.ts'
import { type Address, isCounted } from './address.ts'
import { type Decoder, decoderOf } from './codec.ts'
import { locate, type S7Place, s7 } from './config.ts'
import type { S7Extent } from './read-plan.ts'

/** A point made ready once for all reads. */
export interface Item extends S7Extent {
  id: number
  area: Address['area']
  db: number
  decode: Decoder
}

/** Undefined for a place that does not pass the protocol’s schema: it comes from outside this process. */
export function itemOf({ id, place }: Point<S7Place>): Item | undefined {
  const parsed = s7.place.safeParse(place)
  if (!parsed.success) return undefined
  const { area, db, table, offset, size, bit } = locate(parsed.data)
  return { id, area, db, table, offset, size, unitBytes: isCounted(area) ? 2 : 1, decode: decoderOf(parsed.data, bit) }
}
