import type { Table } from './address.ts'

/** A value's place: `size` in registers, or 1 coil. */
export interface Extent {
  table: Table
  offset: number
  size: number
}

/** A part of a table that one request must not cover as a whole; learned from exceptions. */
export interface Forbidden {
  table: Table
  from: number
  until: number
}

export interface PlanLimits {
  maxRegisters: number
  maxCoils: number
  gapRegisters: number
}

/** One read request: `count` registers or coils from `offset` on, and the values in it by increasing offset. */
export interface PlannedRequest<Item extends Extent> {
  table: Table
  offset: number
  count: number
  items: Item[]
}

const BITS_OF_A_REGISTER = 16
const readOrder: Table[] = ['coil', 'discrete', 'input', 'holding']

/**
 * The fewest requests that read every item once, never part a value, bridge no gap that is wider than it is worth and cover no forbidden part.
 *
 * Taking as many as possible from the left is the fewest: whether a request is allowed depends on the span it covers, and a part of an
 * allowed span is allowed, so that what begins later never has to come earlier.
 */
export function planReads<Item extends Extent>(
  items: readonly Item[],
  limits: PlanLimits,
  forbidden: readonly Forbidden[] = [],
): PlannedRequest<Item>[] {
  return readOrder.flatMap((table) => {
    const sorted = items.filter((item) => item.table === table).sort((a, b) => a.offset - b.offset || a.size - b.size)
    return join(
      sorted,
      limitsOf(table, limits),
      forbidden.filter((part) => part.table === table),
    )
  })
}

interface TableLimits {
  max: number
  gap: number
}

const limitsOf = (table: Table, limits: PlanLimits): TableLimits =>
  table === 'coil' || table === 'discrete'
    ? { max: limits.maxCoils, gap: limits.gapRegisters * BITS_OF_A_REGISTER }
    : { max: limits.maxRegisters, gap: limits.gapRegisters }

function join<Item extends Extent>(sorted: Item[], { max, gap }: TableLimits, forbidden: Forbidden[]): PlannedRequest<Item>[] {
  const requests: PlannedRequest<Item>[] = []
  let current: PlannedRequest<Item> | undefined
  for (const item of sorted) {
    if (current) {
      const end = current.offset + current.count
      const joinedEnd = Math.max(end, item.offset + item.size)
      // A span that one value takes anyway costs nothing more.
      const free = joinedEnd === end || item.offset === current.offset
      if (free || (item.offset - end <= gap && isAllowed(current.offset, joinedEnd, max, item.size, forbidden))) {
        current.count = joinedEnd - current.offset
        current.items.push(item)
        continue
      }
    }
    current = { table: item.table, offset: item.offset, count: item.size, items: [item] }
    requests.push(current)
  }
  return requests
}

/** A value longer than the configured limit is read all the same, in a request of its own. */
function isAllowed(from: number, until: number, max: number, size: number, forbidden: Forbidden[]): boolean {
  if (until - from > Math.max(max, size)) return false
  return !forbidden.some((part) => part.from >= from && part.until <= until)
}
