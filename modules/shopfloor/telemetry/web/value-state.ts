import type { DevicePace, Sample, TelemetryPoint } from '../contract.ts'

const MINUTE_MS = 60_000
/** Of a device that no gateway reads nobody knows how often it sends; most send at least each minute. */
const QUIET_MS = 5 * MINUTE_MS
/** Of an interval (a quarter of an hour, an hour) each value stands once, at its end. */
const QUIET_INTERVAL_MS = 125 * MINUTE_MS
/** One value may be late and one lost. */
const PERIODS = 3
/** Before that a gateway that is gone is not known to be. */
const SHORTEST_QUIET_MS = MINUTE_MS / 2

/**
 * Has nothing been heard of this point for longer than one expects? By its own period where a gateway reads it; where the device sends changes
 * by itself a value holds as long as link and device are there. That is no fault yet where nobody knows the pace: some devices send changes only.
 */
export function isQuiet(
  { kind, name }: Pick<TelemetryPoint, 'kind' | 'name'>,
  { atMs, receivedMs }: Pick<Sample, 'atMs' | 'receivedMs'>,
  now: number,
  pace?: DevicePace | null,
): boolean {
  const everyMs = pace?.everyMs[name]
  const ageMs = now - Math.max(atMs, receivedMs)
  if (everyMs === undefined) return ageMs > (kind === 'interval' ? QUIET_INTERVAL_MS : QUIET_MS)
  const longestMs = Math.max(kind === 'interval' ? QUIET_INTERVAL_MS : SHORTEST_QUIET_MS, PERIODS * everyMs)
  return ageMs > longestMs && pace?.standing !== true
}
