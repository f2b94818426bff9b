const FIRST_MS = 500
const LONGEST_MS = 30_000

/** How long to wait before the next attempt: doubling, and half of it by chance, so that many devices do not come back at once. */
export function backOffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10))
  return full / 2 + (full / 2) * random()
}
