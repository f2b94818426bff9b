/** Where a stream of random numbers stands: plain data, so that a snapshot carries it. */
export type RandomState = [number, number, number, number]

/** Starts a stream from a seed; equal seeds give equal streams. */
export function randomFrom(seed: number): RandomState {
  const state: RandomState = [seed >>> 0, 0x9e3779b9, 0x243f6a88, 0xb7e15162]
  // Seeds lie side by side: the first numbers of their streams are alike.
  for (let i = 0; i < 15; i++) uniform(state)
  return state
}

/** sfc32 (PractRand's small fast counter): the next number of [0, 1); moves the state on. */
export function uniform(s: RandomState): number {
  const t = (s[0] + s[1] + s[3]) | 0
  s[3] = (s[3] + 1) | 0
  s[0] = s[1] ^ (s[1] >>> 9)
  s[1] = (s[2] + (s[2] << 3)) | 0
  s[2] = ((s[2] << 21) | (s[2] >>> 11)) + t
  return (t >>> 0) / 4_294_967_296
}

export const between = (s: RandomState, low: number, high: number): number => low + (high - low) * uniform(s)

/** Roughly normal with the given spread, never farther than three of it: an unbounded tail would leave a sensor's range. */
export const noise = (s: RandomState, spread: number): number => spread * (uniform(s) + uniform(s) + uniform(s) + uniform(s) - 2) * 1.5

/** A duration with this mean, between a fifth and four times of it. */
export const duration = (s: RandomState, mean: number): number => mean * Math.min(4, Math.max(0.2, -Math.log(1 - uniform(s))))

/** One of the keys, by weight. */
export function weighted<Key extends string>(s: RandomState, weights: Partial<Record<Key, number>>): Key {
  const entries = Object.entries(weights) as [Key, number][]
  let left = uniform(s) * entries.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [key, weight] of entries) {
    left -= weight
    if (left < 0) return key
  }
  return entries[entries.length - 1]?.[0] as Key
}
