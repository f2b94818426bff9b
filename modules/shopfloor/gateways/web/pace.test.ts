import { expect, test } from 'vitest'
import { modbus } from '#edge/drivers/modbus/config.ts'
import { isTooSlow, requestsTooMany } from './pace.ts'

const rows = (n: number, periodMs: number) =>
  Array.from({ length: n }, (_, i) => ({
    name: `p${i}`,
    place: { address: `holding:${2 * i}`, dataType: 'float32' },
    scale: 1,
    offset: 0,
    periodMs,
    deadband: 0,
    access: 'r' as const,
  }))

test('points that no device can answer in their periods are told by the requests they take', () => {
  // 1,000 registers are 8 requests of 125.
  expect(requestsTooMany(modbus, rows(500, 1_000))).toBeUndefined()
  expect(requestsTooMany(modbus, rows(500, 16))).toBeUndefined()
  expect(requestsTooMany(modbus, rows(500, 10))).toBe(800)
  expect(requestsTooMany(modbus, [])).toBeUndefined()
})

test('a link that scans at half its pace is too slow, a hiccup is not', () => {
  expect(isTooSlow({ targetMs: 1_000, p50Ms: 2_000 })).toBe(true)
  expect(isTooSlow({ targetMs: 1_000, p50Ms: 1_004 })).toBe(false)
  expect(isTooSlow({ targetMs: 5, p50Ms: 8 })).toBe(false)
})
