import type { Extent as AnyExtent, Forbidden, Stretch } from '../../blocks/extent.ts'
import { type JoinLimits, join } from '../../blocks/join.ts'
import type { Table } from './address.ts'

/** A value’s place: `size` in registers, or 1 coil. */
export interface Extent extends AnyExtent {
  table: Table
}

export interface PlanLimits {
  maxRegisters: number
  maxCoils: number
  gapRegisters: number
}

/** One read request: `count` registers or coils from `offset` on. */
export type PlannedRequest<Item extends Extent> = Stretch<Item>

const BITS_OF_A_REGISTER = 16
const readOrder: Table[] = ['coil', 'discrete', 'input', 'holding']

/** The fewest requests that read every item once. */
export function planReads<Item extends Extent>(
  items: readonly Item[],
  limits: PlanLimits,
  forbidden: readonly Forbidden[] = [],
): PlannedRequest<Item>[] {
  return readOrder.flatMap((table) => {
    return join(
      items.filter((item) => item.table === table),
      limitsOf(table, limits),
      forbidden.filter((part) => part.table === table),
    )
  })
}

const limitsOf = (table: Table, limits: PlanLimits): JoinLimits =>
  table === 'coil' || table === 'discrete'
    ? { max: limits.maxCoils, gap: limits.gapRegisters * BITS_OF_A_REGISTER }
    : { max: limits.maxRegisters, gap: limits.gapRegisters }
