/** The gateway's clock: the only place of `edge` that reads the wall. */
export interface Clock {
  nowMs(): number
}

export const systemClock: Clock = { nowMs: () => Date.now() }
