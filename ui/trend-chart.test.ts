import { expect, test } from 'vitest'
import { retryDelayMs } from './live.ts'
import { rowsOf, type TrendSeries } from './trend-chart.tsx'

const series = (points: TrendSeries['points']): TrendSeries => ({ name: 's', unit: null, kind: 'instant', points, gaps: [] })

test('the table has one row a time; no point and no value are not the same', () => {
  expect(
    rowsOf([
      series([
        [2, 20],
        [1, 10],
      ]),
      series([
        [2, null],
        [3, 30],
      ]),
    ]),
  ).toEqual([
    { ms: 1, values: [10, undefined] },
    { ms: 2, values: [20, null] },
    { ms: 3, values: [undefined, 30] },
  ])
})

test('a broken stream is tried again ever more slowly, up to half a minute and a quarter', () => {
  expect([0, 1, 2, 9].map((n) => retryDelayMs(n, 0.5))).toEqual([1000, 2000, 4000, 30_000])
  expect(retryDelayMs(20, 1)).toBe(37_500)
})
