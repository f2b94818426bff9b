import { expect, test } from 'vitest'
import type { DevicePace } from '../contract.ts'
import { isQuiet } from './value-state.ts'

const MINUTE_MS = 60_000
const now = 1_000 * MINUTE_MS
const sample = (atMs: number, receivedMs = atMs) => ({ atMs, receivedMs })
const point = (kind: 'instant' | 'counter' | 'interval') => ({ kind, name: 'p' })

test('where nobody knows how often a device sends, a value is quiet after five minutes; an interval stands for its hour', () => {
  expect(isQuiet(point('instant'), sample(now - 4 * MINUTE_MS), now)).toBe(false)
  expect(isQuiet(point('instant'), sample(now - 6 * MINUTE_MS), now)).toBe(true)
  // A data logger's stamp of an hour ago that came just now is news.
  expect(isQuiet(point('counter'), sample(now - 60 * MINUTE_MS, now - MINUTE_MS), now)).toBe(false)
  expect(isQuiet(point('interval'), sample(now - 60 * MINUTE_MS), now)).toBe(false)
  expect(isQuiet(point('interval'), sample(now - 130 * MINUTE_MS), now)).toBe(true)
})

test('a point that a gateway reads is quiet after three of its own periods, not before half a minute', () => {
  const quietFrom = (everyMs: number, kind: 'instant' | 'interval' = 'instant') => {
    const pace: DevicePace = { everyMs: { p: everyMs }, standing: null }
    const after = (ageMs: number) => isQuiet(point(kind), sample(now - ageMs), now, pace)
    return Array.from({ length: 400 }, (_, i) => i * 15_000).find(after)
  }
  expect(quietFrom(100)).toBe(45_000)
  expect(quietFrom(10_000)).toBe(45_000)
  expect(quietFrom(60_000)).toBe(195_000)
  expect(quietFrom(10 * MINUTE_MS)).toBe(30 * MINUTE_MS + 15_000)
  expect(quietFrom(60_000, 'interval')).toBeUndefined()
})

test('a value that the device sends at a change holds while link and device are there, and no longer', () => {
  const pace: DevicePace = { everyMs: { p: 1_000 }, standing: true }
  expect(isQuiet(point('instant'), sample(now - 600 * MINUTE_MS), now, pace)).toBe(false)
  expect(isQuiet(point('instant'), sample(now - MINUTE_MS), now, { ...pace, standing: false })).toBe(true)
  // Of a point that the table lacks nobody knows the pace.
  expect(isQuiet(point('instant'), sample(now - 4 * MINUTE_MS), now, { ...pace, everyMs: {}, standing: false })).toBe(false)
})
