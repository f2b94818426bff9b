import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quality } from '#values/quality.ts'
import type { Sent } from './report-rules.ts'
import { stampsOf } from './stamp-rules.ts'

const HEARTBEAT_MS = 60_000
const at = (tsMs: number, value: number | null = 5): Sent => ({
  tsMs,
  value,
  code: value === null ? quality.badNoCommunication : quality.good,
})

test('a value that its source stamped leaves once with that stamp, and what holds is confirmed where it must be', () => {
  const cases: [string, Parameters<typeof stampsOf>, number[]][] = [
    ['the first one', [{ sent: undefined, sourced: undefined, holds: true }, at(1_000), 90_000, HEARTBEAT_MS], [1_000]],
    ['a change', [{ sent: at(1_000), sourced: at(1_000), holds: true }, at(2_000, 6), 2_100, HEARTBEAT_MS], [2_000]],
    ['the same value with a new stamp', [{ sent: at(1_000), sourced: at(1_000), holds: true }, at(2_000), 2_100, HEARTBEAT_MS], [2_000]],
    ['read again as it stood', [{ sent: at(1_000), sourced: at(1_000), holds: true }, at(1_000), 30_000, HEARTBEAT_MS], []],
    ['read again after a heartbeat', [{ sent: at(1_000), sourced: at(1_000), holds: true }, at(1_000), 61_000, HEARTBEAT_MS], [61_000]],
    ['confirmed a moment ago', [{ sent: at(61_000), sourced: at(1_000), holds: true }, at(1_000), 90_000, HEARTBEAT_MS], []],
    [
      'back after silence, unchanged',
      [{ sent: at(9_000, null), sourced: at(1_000), holds: true }, at(1_000), 9_500, HEARTBEAT_MS],
      [9_500],
    ],
    [
      'back after silence, changed meanwhile',
      [{ sent: at(9_000, null), sourced: at(1_000), holds: true }, at(4_000, 6), 9_500, HEARTBEAT_MS],
      [4_000, 9_500],
    ],
    [
      'back after silence, changed since',
      [{ sent: at(9_000, null), sourced: at(1_000), holds: true }, at(9_200, 6), 9_500, HEARTBEAT_MS],
      [9_200],
    ],
    ['an interval is never said twice', [{ sent: at(9_000, null), sourced: at(1_000), holds: false }, at(1_000), 99_000, HEARTBEAT_MS], []],
    [
      'a late interval keeps its time',
      [{ sent: at(9_000, null), sourced: at(1_000), holds: false }, at(4_000, 6), 99_000, HEARTBEAT_MS],
      [4_000],
    ],
    ['a source whose clock is ahead', [{ sent: at(90_000), sourced: at(90_000), holds: true }, at(90_000), 70_000, HEARTBEAT_MS], []],
    ['still not readable', [{ sent: at(9_000, null), sourced: at(1_000), holds: true }, at(1_000, null), 99_000, HEARTBEAT_MS], [1_000]],
  ]
  for (const [what, args, expected] of cases) assert.deepEqual(stampsOf(...args), expected, what)
})
