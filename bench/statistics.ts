/** The q-th part of the values lies at or below it (nearest rank). */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) return Number.NaN
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

/** To so many significant digits: a figure never looks more exact than it is. */
export const rounded = (value: number, digits = 3): number => Number(value.toPrecision(digits))

/** p50 and p95 of milliseconds. */
export const spread = (ms: readonly number[]) => ({ p50: rounded(quantile(ms, 0.5)), p95: rounded(quantile(ms, 0.95)), n: ms.length })

/** Milliseconds that each call took, one after the other. */
export async function timed(times: number, call: (i: number) => Promise<unknown>): Promise<number[]> {
  const ms: number[] = []
  for (let i = 0; i < times; i++) {
    const startedMs = performance.now()
    await call(i)
    ms.push(performance.now() - startedMs)
  }
  return ms
}
