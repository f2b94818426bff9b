/** The process's clock: the only place of the server that reads the wall. */
export interface Clock {
  now(): Date
  nowMs(): number
}

export const systemClock: Clock = { now: () => new Date(), nowMs: () => Date.now() }
