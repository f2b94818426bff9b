import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hear, LONGEST_GAP_MS, unheard } from './gap-rules.ts'

test('a gap lies between the last value before and the first one after nobody listened; an unchanged value leaves none', () => {
  const heard = unheard()
  // As a server starts: its own time first, then recorded values.
  hear(heard, 90_000, false)
  hear(heard, 1_000, false)
  hear(heard, 2_000, false)
  assert.deepEqual(heard, { lastMs: 2_000, away: false, gaps: [] })
  heard.away = true
  hear(heard, 2_000, false)
  assert.deepEqual(heard.gaps, [])
  heard.away = true
  hear(heard, 9_000, false)
  hear(heard, 9_500, false)
  assert.deepEqual(heard, { lastMs: 9_500, away: false, gaps: [{ afterMs: 2_000, beforeMs: 9_000 }] })
  hear(heard, 12_000, true)
  assert.deepEqual(heard.gaps.at(-1), { afterMs: 9_500, beforeMs: 12_000 })
})

test('a clock that was set back leaves no gap and counts anew; a gap has a longest, and there is a most of them', () => {
  const heard = { ...unheard(), lastMs: 50_000 }
  hear(heard, 10_000, false)
  assert.deepEqual([heard.lastMs, heard.away, heard.gaps.length], [10_000, false, 0])
  heard.away = true
  hear(heard, 10_000 + 2 * LONGEST_GAP_MS, false)
  assert.deepEqual(heard.gaps, [{ afterMs: 10_000 + LONGEST_GAP_MS, beforeMs: 10_000 + 2 * LONGEST_GAP_MS }])
  for (let i = 1; i <= 100; i++) hear(heard, 10_000 + 2 * LONGEST_GAP_MS + i * 10, true)
  assert.equal(heard.gaps.length, 20)
  assert.equal(heard.gaps.at(-1)?.beforeMs, heard.lastMs)
})
