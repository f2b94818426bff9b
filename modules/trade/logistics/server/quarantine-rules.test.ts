import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimal, writeDecimal } from '#values/decimal.ts'
import { beyondOrderOf, type Kept, mayTake, ownPartsOf, type Place, remainsOf } from './quarantine-rules.ts'

const names = [
  'accepted',
  'quarantined',
  'excess',
  'released',
  'returned',
  'returnedApart',
  'excessReturned',
  'excessKept',
  'excessKeptBack',
  'damagedKept',
] as const
const kept = (inspect: boolean, ...counts: number[]): Kept =>
  ({ inspect, ...Object.fromEntries(names.map((name, i) => [name, decimal(String(counts[i] ?? 0))])) }) as unknown as Kept
const left = (row: Kept) => Object.values(remainsOf(row)).map(writeDecimal).join(' ')

test('what lies where: warehouse, quarantine, excess', () => {
  assert.equal(left(kept(false, 100, 0, 0, 0, 0, 0, 0)), '100 0 0')
  // What was set apart may have been moved onto the shelf by hand.
  assert.equal(left(kept(false, 60, 40, 0, 0, 0, 0, 0)), '100 40 0')
  assert.equal(left(kept(true, 0, 40, 0, 0, 0, 0, 0)), '0 40 0')
  // Excess is of what was to go onto the shelf first, then of what was set apart.
  assert.equal(left(kept(true, 10, 40, 15, 0, 0, 0, 5)), '0 35 10')
  assert.equal(left(kept(true, 0, 40, 0, 25, 15, 15, 0)), '25 0 0')
  assert.equal(left(kept(false, 60, 40, 0, 0, 90, 0, 0)), '10 10 0')
})

test('damaged goods that are kept lie in quarantine as one’s own', () => {
  assert.equal(left(kept(false, 60, 0, 0, 0, 0, 0, 0, 0, 0, 4)), '64 4 0')
  assert.equal(left(kept(false, 60, 0, 0, 3, 3, 1, 0, 0, 0, 4)), '61 0 0')
})

test('what was kept beyond the order goes back first', () => {
  const row = kept(false, 109, 0, 4, 0, 0, 0, 0, 4, 1)
  assert.deepEqual(
    [2, 3, 5].map((n) => writeDecimal(beyondOrderOf(row, decimal(String(n))))),
    ['2', '3', '3'],
  )
})

test('no place gives more than it holds, nor all of them together', () => {
  const row = kept(false, 60, 40, 8, 0, 0, 0, 0)
  const take = (released: number, ...parts: [Place, number][]) =>
    mayTake(
      row,
      parts.map(([from, n]) => ({ from, quantity: decimal(String(n)) })),
      decimal(String(released)),
    )
  assert.deepEqual([take(40), take(41), take(10, ['quarantine', 30]), take(11, ['quarantine', 30])], [true, false, true, false])
  assert.deepEqual(
    [
      take(0, ['warehouse', 52], ['quarantine', 40]),
      take(0, ['warehouse', 53], ['quarantine', 40]),
      take(0, ['excess', 8]),
      take(0, ['excess', 9]),
    ],
    [true, false, true, false],
  )
})

test('excess that is kept lies where the rest of its row lies: what was set apart in quarantine, the rest on the shelf', () => {
  const parts = (row: Kept, n: number) => Object.values(ownPartsOf(row, decimal(String(n)))).map(writeDecimal)
  assert.deepEqual(parts(kept(false, 60, 40, 8, 0, 0, 0, 0), 8), ['8', '0'])
  assert.deepEqual(parts(kept(false, 5, 40, 8, 0, 0, 0, 0), 8), ['5', '3'])
  assert.deepEqual(parts(kept(false, 5, 40, 8, 0, 0, 0, 6), 2), ['0', '2'])
  for (let accepted = 0; accepted <= 10; accepted++)
    for (let apart = 0; apart <= 10; apart++)
      for (let excess = 0; excess <= accepted + apart; excess++)
        for (let back = 0; back <= excess; back++) {
          const before = kept(false, accepted, apart, excess, 0, 0, 0, back)
          const amount = remainsOf(before).excess
          const { shelf, apart: into } = ownPartsOf(before, amount)
          const after = { ...before, excessKept: amount }
          assert.equal(remainsOf(after).excess, 0n)
          assert.equal(remainsOf(after).warehouse, remainsOf(before).warehouse + amount)
          assert.equal(remainsOf(after).quarantine, remainsOf(before).quarantine + into)
          assert.ok(shelf >= 0n && into >= 0n)
        }
})
