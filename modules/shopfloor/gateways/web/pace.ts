import type { Protocol } from '#edge/drivers/protocol.ts'
import { isUnfilled, type PointRow, parsedSettings } from '../point-rows.ts'

/** Way there and back, and the device's own work: few are quicker. */
export const LEAST_REQUEST_MS = 2

/** Requests a second that these rows take at least, where not even the quickest device can answer so many; rows without problems only. */
export function requestsTooMany({ place, leastRequests }: Protocol, rows: readonly PointRow[]): number | undefined {
  if (!leastRequests) return undefined
  let perSecond = 0
  for (const [periodMs, group] of Map.groupBy(
    rows.filter((row) => !isUnfilled(row)),
    (row) => row.periodMs,
  ))
    perSecond += (leastRequests(group.map((row) => parsedSettings(place, row.place))) * 1_000) / periodMs
  return perSecond * LEAST_REQUEST_MS > 1_000 ? Math.ceil(perSecond) : undefined
}

/** The scans come clearly later than they are wanted: a hiccup moves the median by a few milliseconds. */
export const isTooSlow = ({ targetMs, p50Ms }: { targetMs: number; p50Ms: number }): boolean => p50Ms > targetMs * 1.2 + 5
