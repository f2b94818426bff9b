import type { Extent, Forbidden, Stretch } from '../../blocks/extent.ts'
import { join } from '../../blocks/join.ts'
import { ANSWER_HEAD, JOB_HEAD } from './pdu.ts'

/** Function and count before the items; an item of a request; the head of a result. */
const FUNCTION_BYTES = 2
const ITEM_BYTES = 12
const RESULT_BYTES = 4
/** More in one request S7-300 and -1200 refuse, however short. */
const MAX_ITEMS = 20

/** The bytes of one stretch that an answer of such a PDU can hold. */
export const longestStretch = (pduBytes: number): number => pduBytes - ANSWER_HEAD - FUNCTION_BYTES - RESULT_BYTES

export interface S7Extent extends Extent {
  /** Of a unit of the table: 2 for timers and counters. */
  unitBytes: 1 | 2
}

const evenBytes = (stretch: Stretch<S7Extent>): number => {
  const bytes = stretch.count * stretch.items[0]!.unitBytes
  return bytes + (bytes % 2)
}

/**
 * Points become stretches of memory, stretches are packed into requests, the longest first into the first request that has room: at most 20
 * items, and neither request nor answer longer than the PDU. First-fit decreasing needs at most 11/9 of the fewest and one more.
 */
export function planReads<Item extends S7Extent>(
  items: readonly Item[],
  { pduBytes, gapBytes }: { pduBytes: number; gapBytes: number },
  forbidden: readonly Forbidden[] = [],
): Stretch<Item>[][] {
  const tables = Map.groupBy(items, ({ table }) => table)
  const stretches = [...tables].flatMap(([table, ofTable]) => {
    const { unitBytes } = ofTable[0]!
    const limits = { max: Math.floor(longestStretch(pduBytes) / unitBytes), gap: Math.floor(gapBytes / unitBytes) }
    return join(
      ofTable,
      limits,
      forbidden.filter((part) => part.table === table),
    )
  })
  return pack(stretches, pduBytes)
}

/** Packs what is read as it is: no stretch is joined with another. */
export function pack<Item extends S7Extent>(stretches: readonly Stretch<Item>[], pduBytes: number): Stretch<Item>[][] {
  const room = pduBytes - ANSWER_HEAD - FUNCTION_BYTES
  const mostItems = Math.min(MAX_ITEMS, Math.floor((pduBytes - JOB_HEAD - FUNCTION_BYTES) / ITEM_BYTES))
  const requests: { stretches: Stretch<Item>[]; left: number }[] = []
  const full = new Set<unknown>()
  for (const stretch of stretches.toSorted((a, b) => evenBytes(b) - evenBytes(a))) {
    const needed = RESULT_BYTES + evenBytes(stretch)
    let fitting = requests.find((request) => !full.has(request) && request.left >= needed)
    if (!fitting) {
      fitting = { stretches: [], left: room }
      requests.push(fitting)
    }
    fitting.stretches.push(stretch)
    fitting.left -= needed
    if (fitting.stretches.length === mostItems) full.add(fitting)
  }
  return requests.map(({ stretches: packed }) => packed)
}
