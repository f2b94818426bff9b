import { expect, test } from 'vitest'
import { isQuiet } from './value-state.ts'

const MINUTE_MS = 60_000
const sample = (atMs: number, receivedMs = atMs) => ({ atMs, receivedMs })

test('a value is quiet once nothing was heard of it for longer than gateways repeat it; an interval stands for its hour', () => {
  const now = 1_000 * MINUTE_MS
  expect(isQuiet({ kind: 'instant' }, sample(now - 4 * MINUTE_MS), now)).toBe(false)
  expect(isQuiet({ kind: 'instant' }, sample(now - 6 * MINUTE_MS), now)).toBe(true)
  // A data logger's stamp of an hour ago that came just now is news.
  expect(isQuiet({ kind: 'counter' }, sample(now - 60 * MINUTE_MS, now - MINUTE_MS), now)).toBe(false)
  expect(isQuiet({ kind: 'interval' }, sample(now - 60 * MINUTE_MS), now)).toBe(false)
  expect(isQuiet({ kind: 'interval' }, sample(now - 130 * MINUTE_MS), now)).toBe(true)
})
