import { type Extent, type Forbidden, type Stretch, stretchOf } from './extent.ts'

/** The longest stretch, and the widest gap of unwanted units that is worth reading along. */
export interface JoinLimits {
  max: number
  gap: number
}

/**
 * The fewest stretches of one table that read every item once, never part a value, bridge no gap that is wider than it is worth and cover no
 * forbidden part. A value longer than `max` is a stretch of its own.
 *
 * Taking as many as possible from the left is the fewest: whether a stretch is allowed depends on the span it covers, and a part of an
 * allowed span is allowed, so that what begins later never has to come earlier.
 */
export function join<Item extends Extent>(
  items: readonly Item[],
  { max, gap }: JoinLimits,
  forbidden: readonly Forbidden[] = [],
): Stretch<Item>[] {
  const stretches: Stretch<Item>[] = []
  let current: Stretch<Item> | undefined
  for (const item of items.toSorted((a, b) => a.offset - b.offset || a.size - b.size)) {
    if (current) {
      const end: number = current.offset + current.count
      const joinedEnd = Math.max(end, item.offset + item.size)
      // A span that one value takes anyway costs nothing more.
      const free = joinedEnd === end || item.offset === current.offset
      if (free || (item.offset - end <= gap && isAllowed(current.offset, joinedEnd, max, item.size, forbidden))) {
        current.count = joinedEnd - current.offset
        current.items.push(item)
        continue
      }
    }
    current = stretchOf(item)
    stretches.push(current)
  }
  return stretches
}

function isAllowed(from: number, until: number, max: number, size: number, forbidden: readonly Forbidden[]): boolean {
  if (until - from > Math.max(max, size)) return false
  return !forbidden.some((part) => part.from >= from && part.until <= until)
}
