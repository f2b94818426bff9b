import type { BlockItem } from '../../blocks/extent.ts'
import type { Point } from '../driver.ts'
import { type Address, isCounted } from './address.ts'
import { decoderOf } from './codec.ts'
import { locate, type S7Place, type S7Unit, s7 } from './config.ts'

export interface Item extends BlockItem {
  area: Address['area']
  db: number
}

/** Undefined for a place that does not pass the protocol’s schema: it comes from outside this process. */
export function itemOf({ id, place }: Point<S7Place>, unit: S7Unit): Item | undefined {
  const parsed = s7.place.safeParse(place)
  const where = parsed.success ? locate(parsed.data, unit) : undefined
  if (!parsed.success || !where) return undefined
  const { area, db, table, offset, size, bit } = where
  return { id, area, db, table, offset, size, unitBytes: isCounted(area) ? 2 : 1, decode: decoderOf(parsed.data, bit) }
}
