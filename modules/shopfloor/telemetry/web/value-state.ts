import type { Sample, TelemetryPoint } from '../contract.ts'

const MINUTE_MS = 60_000
/** A gateway says each minute that an unchanged value still holds, and most devices send at least as often. */
const QUIET_MS = 5 * MINUTE_MS
/** Of an interval (a quarter of an hour, an hour) each value stands once, at its end. */
const QUIET_INTERVAL_MS = 125 * MINUTE_MS

/** Has nothing been heard of this point for longer than one expects? That is no fault yet: some devices send changes only. */
export const isQuiet = ({ kind }: Pick<TelemetryPoint, 'kind'>, { atMs, receivedMs }: Pick<Sample, 'atMs' | 'receivedMs'>, now: number) =>
  now - Math.max(atMs, receivedMs) > (kind === 'interval' ? QUIET_INTERVAL_MS : QUIET_MS)
