import type { QualityName } from '#values/quality.ts'
import type { Sample, Shown } from '../drivers/driver.ts'

/** Where a value lies in a block protocol: `size` units (registers, bytes, words) from `offset` on, of one table (`holding`, `DB7`, `D`). */
export interface Extent {
  table: string
  offset: number
  size: number
}

/** A part of a table that one request must not cover as a whole; learned from refusals. */
export interface Forbidden {
  table: string
  from: number
  until: number
}

/** Why a point has no value, or a write was not done. */
export interface Failure {
  quality: QualityName
  reason: string
  /** One value of the request may be at fault, the others not. Some devices say so where the span is longer than they can do. */
  aboutPlace?: true
  shown?: Shown
}

/** A stretch of one table that is read in one go: the values in it by increasing offset. */
export interface Stretch<Item extends Extent = Extent> {
  table: Item['table']
  offset: number
  count: number
  items: Item[]
}

export const stretchOf = <Item extends Extent>(item: Item): Stretch<Item> => ({
  table: item.table,
  offset: item.offset,
  count: item.size,
  items: [item],
})

export type Decoded = NonNullable<Sample['value']> | Failure

/** Takes the value whose first byte is at `at`. */
export type Decoder = (data: Buffer, at: number) => Decoded

export const isFailure = (decoded: Decoded): decoded is Failure => typeof decoded === 'object'

/** A point made ready once for all reads. */
export interface BlockItem extends Extent {
  id: number
  /** Of a unit of its table. */
  unitBytes: 1 | 2
  decode: Decoder
}
