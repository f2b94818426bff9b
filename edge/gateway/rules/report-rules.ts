/** What was sent last of one point. */
export interface Sent {
  value: WireValue
  /** Quality code. */
  code: number
  tsMs: number
}
export type WireValue = number | string | boolean | null

/**
 * Is a sample worth sending? With a dead-band of 0 every value is. Else only what changed: its quality, or its value by more than the
 * dead-band; an unchanged one again after `heartbeatMs`, so that “no change” and “no data” differ. What could not be read is said when it
 * begins and then by heartbeat, whatever the dead-band.
 */
export function worthSending(sent: Sent | undefined, next: Sent, deadband: number, heartbeatMs: number): boolean {
  if (sent === undefined || sent.code !== next.code) return true
  // A clock that was set back must not silence the point.
  if (next.tsMs - sent.tsMs >= heartbeatMs || next.tsMs < sent.tsMs) return true
  if (next.value === null) return sent.value !== null
  if (deadband === 0) return true
  if (typeof next.value === 'number' && typeof sent.value === 'number') return Math.abs(next.value - sent.value) >= deadband
  return next.value !== sent.value
}
