import { describe, expect, test } from 'vitest'
import type { Curve } from '../contract.ts'
import { gapsOf, seriesOf } from './curve-series.ts'

const grid = { fromMs: 0, bucketMs: 60_000, buckets: 12 }
const zeros = Array.from({ length: 12 }, () => 0)
const nulls = Array.from({ length: 12 }, () => null)
const point: Curve['point'] = {
  id: '0190b6a0-0000-7000-8000-000000000001' as Curve['point']['id'],
  deviceId: null,
  name: 'temperature',
  label: '温度',
  labelEn: null,
  unit: '°C',
  kind: 'instant',
  valueType: 'number',
  decimals: 1,
  states: null,
}
const curve = (n: number[], change: Partial<Curve> = {}): Curve => ({
  point,
  n,
  nUncertain: zeros,
  nBad: zeros,
  avg: n.map((count) => (count ? 20 : null)),
  min: nulls,
  max: nulls,
  sum: nulls,
  last: nulls,
  increase: nulls,
  durations: null,
  ...change,
})

describe('gaps', () => {
  test('a silence of more than three usual distances is a gap, a shorter one is not', () => {
    expect(gapsOf(curve([1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1]), grid)).toEqual([{ fromMs: 240_000, untilMs: 480_000, quality: 'none' }])
  })
  test('a point read every fourth bucket has no gap between its readings', () => {
    expect(gapsOf(curve([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]), grid)).toEqual([])
  })
  test('bad and uncertain stretches are told apart', () => {
    const nBad = [0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    const nUncertain = [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    expect(
      gapsOf(
        curve(
          zeros.map(() => 1),
          { nBad, nUncertain },
        ),
        grid,
      ),
    ).toEqual([
      { fromMs: 60_000, untilMs: 180_000, quality: 'bad' },
      { fromMs: 240_000, untilMs: 300_000, quality: 'uncertain' },
    ])
  })
  test('nothing at all is one gap', () => {
    expect(gapsOf(curve(zeros), grid)).toEqual([{ fromMs: 0, untilMs: 720_000, quality: 'none' }])
  })
})

test('an empty bucket is no point, and never zero', () => {
  expect(seriesOf(curve([1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]), grid, 't').points).toEqual([
    [0, 20, null, null],
    [120_000, 20, null, null],
  ])
})
