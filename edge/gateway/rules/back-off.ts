export interface BackOff {
  firstMs: number
  longestMs: number
}

/** Doubling, and half of it by chance, so that what failed together does not come back together. `failures` counts from 1. */
export function backOffMs({ firstMs, longestMs }: BackOff, failures: number, random: () => number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(Math.max(failures, 1) - 1, 30))
  return full / 2 + (full / 2) * random()
}
