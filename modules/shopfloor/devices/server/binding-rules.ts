import { deviceErrors } from '../errors.ts'
import { type Property, sameQuantity } from '../thing-model.ts'

/** The oldest instant a sample may carry (older ones are quarantined): the first binding of a measuring point holds from here. */
export const HISTORY_BEGINS = new Date('2000-01-01T00:00:00Z')

/** How far a browser's clock may run ahead before “now” counts as the future. */
const CLOCK_TOLERANCE_MS = 5 * 60_000

/** What is recorded has happened: current is always what has no end. Errors: devices.inFuture. */
export function checkHappened(from: Date, now: Date): void {
  if (from.getTime() > now.getTime() + CLOCK_TOLERANCE_MS) throw deviceErrors.inFuture({ from: from.toISOString() })
}

export interface Period {
  from: Date
  until: Date | null
}

/**
 * What must happen to a history's last period so that a new one may begin at an instant: nothing, or end there.
 * `overlap`: the last period begins or ends later, so that the new one would cut into what is recorded.
 */
export function makeRoom(last: Period | undefined, from: Date): 'nothing' | 'end' | 'overlap' {
  if (!last) return 'nothing'
  if (last.until !== null) return last.until <= from ? 'nothing' : 'overlap'
  return last.from < from ? 'end' : 'overlap'
}

type Quantity = Pick<Property, 'name' | 'valueType' | 'unit' | 'kind'>

/** Pairs what is to be bound with the new device's points by name; `differing` names those that it lacks or measures otherwise. */
export function matchPoints<Old extends Quantity, New extends Quantity>(
  old: readonly Old[],
  points: readonly New[],
): { pairs: [Old, New][]; differing: string[] } {
  const byName = new Map(points.map((point) => [point.name, point]))
  const pairs: [Old, New][] = []
  const differing: string[] = []
  for (const wanted of old) {
    const point = byName.get(wanted.name)
    if (point && sameQuantity(wanted, point)) pairs.push([wanted, point])
    else differing.push(wanted.name)
  }
  return { pairs, differing }
}
