import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Standstill } from './standstill.ts'

function watched() {
  const now = { steady: 1_000, wall: 1_800_000_000_000 }
  const standstill = new Standstill(
    () => now.wall,
    () => now.steady,
  )
  const pass = (steadyMs: number, wallMs = steadyMs) => {
    now.steady += steadyMs
    now.wall += wallMs
  }
  return { now, standstill, pass }
}

test('a read that lasted is one; a read during which the process stood still is none, and the next one is again', () => {
  const { now, standstill, pass } = watched()
  const begun = now.steady
  for (let i = 0; i < 20; i++) {
    pass(900)
    assert.equal(standstill.since(begun), false)
  }
  pass(60_000)
  assert.equal(standstill.since(begun), true, 'before any timer ran')
  pass(1)
  const next = now.steady
  pass(20)
  assert.equal(standstill.since(begun), true)
  assert.equal(standstill.since(next), false)
  standstill.stop()
})

test('a machine that slept stood still, though its steady clock did too; a clock that was set back did not', () => {
  const { now, standstill, pass } = watched()
  const begun = now.steady
  pass(100, -3_600_000)
  assert.equal(standstill.since(begun), false)
  pass(100, 60_000)
  assert.equal(standstill.since(begun), true)
  standstill.stop()
})
