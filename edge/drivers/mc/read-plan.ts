import type { Extent, Forbidden, Stretch } from '../../blocks/extent.ts'
import { join } from '../../blocks/join.ts'
import { MAX_WORDS } from './config.ts'

/** “Multiple block batch read”: so many blocks of words and bits together. */
const MAX_BLOCKS = 120

/**
 * Points become stretches of words, stretches are packed into requests of up to 120 blocks and 960 words, the longest first into the first one that
 * has room; a CPU that knows no blocks gets a request for each stretch.
 */
export function planReads<Item extends Extent>(
  items: readonly Item[],
  { maxWords, gapWords, blocks }: { maxWords: number; gapWords: number; blocks: boolean },
  forbidden: readonly Forbidden[] = [],
): Stretch<Item>[][] {
  const stretches = [...Map.groupBy(items, ({ table }) => table)].flatMap(([table, ofTable]) =>
    join(
      ofTable,
      { max: maxWords, gap: gapWords },
      forbidden.filter((part) => part.table === table),
    ),
  )
  return pack(stretches, { maxWords, blocks })
}

function pack<Item extends Extent>(
  stretches: readonly Stretch<Item>[],
  { maxWords, blocks }: { maxWords: number; blocks: boolean },
): Stretch<Item>[][] {
  if (!blocks) return stretches.map((stretch) => [stretch])
  const requests: { packed: Stretch<Item>[]; left: number }[] = []
  for (const stretch of stretches.toSorted((a, b) => b.count - a.count)) {
    let fitting = requests.find(({ packed, left }) => packed.length < MAX_BLOCKS && left >= stretch.count)
    if (!fitting) {
      // A value longer than the configured limit is read all the same, in a request of its own.
      fitting = { packed: [], left: Math.max(Math.min(maxWords, MAX_WORDS), stretch.count) }
      requests.push(fitting)
    }
    fitting.packed.push(stretch)
    fitting.left -= stretch.count
  }
  return requests.map(({ packed }) => packed)
}
