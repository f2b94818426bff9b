import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Sample } from '../../drivers/driver.ts'
import { readRow } from './row-rules.ts'

const sample = (point: number, value: Sample['value'], quality: Sample['quality'] = 'good'): Sample => ({
  point,
  value,
  quality,
  receivedMs: 0,
})
const both = { time: { point: 8, unitMs: 1_000 }, sequence: 9 } as const

test('a row of a data logger: its own time and number, sent once, gaps counted, none where a part is bad', () => {
  const row = (seq: number, at = 1_700_000_000) => [sample(0, 1.5), sample(8, at), sample(9, seq)]
  const last = { tsMs: 1_700_000_000_000, sequence: 41 }
  assert.deepEqual(readRow(both, row(42, 1_700_000_001), 5, last), { kind: 'row', tsMs: 1_700_000_001_000, sequence: 42, missed: 0 })
  assert.deepEqual(readRow(both, row(41), 5, last), { kind: 'same' })
  assert.deepEqual(readRow(both, row(45), 5, last), { kind: 'row', tsMs: 1_700_000_000_000, sequence: 45, missed: 3 })
  assert.deepEqual(readRow(both, row(1), 5, last), { kind: 'row', tsMs: 1_700_000_000_000, sequence: 1, missed: 0 }, 'it began anew')
  assert.deepEqual(readRow(both, [sample(0, null, 'badIllegalAddress'), ...row(42).slice(1)], 5, last), { kind: 'none' })
  assert.deepEqual(readRow(both, [sample(0, 1), sample(8, 1.5), sample(9, 42)], 5, last), { kind: 'none' })
  assert.deepEqual(readRow(both, [sample(0, 1)], 5, last), { kind: 'none' })
})

test('without a number a new stamp is a new row; without a stamp the row takes the scan grid’s', () => {
  const timed = { time: { point: 8, unitMs: 1 }, sequence: undefined } as const
  const at = (ms: bigint) => [sample(0, 1), sample(8, ms)]
  const last = { tsMs: 1_700_000_000_000, sequence: undefined }
  assert.deepEqual(readRow(timed, at(1_700_000_000_000n), 5, last), { kind: 'same' })
  assert.deepEqual(readRow(timed, at(1_700_000_000_500n), 5, last), {
    kind: 'row',
    tsMs: 1_700_000_000_500,
    sequence: undefined,
    missed: 0,
  })
  const numbered = { time: undefined, sequence: 9 }
  assert.deepEqual(readRow(numbered, [sample(0, 1), sample(9, 7)], 5_000, undefined), { kind: 'row', tsMs: 5_000, sequence: 7, missed: 0 })
})
