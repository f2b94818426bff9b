import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Prepared } from './prepared.ts'

const asked = (prepared: Prepared, text: string, times: number) => {
  for (let i = 1; i < times; i++) prepared.nameOf(text)
  return prepared.nameOf(text)
}

test('a question gets a name when it was asked often, its own and the same ever after', () => {
  const prepared = new Prepared()
  assert.equal(asked(prepared, 'select 1', 19), undefined)
  const name = prepared.nameOf('select 1')
  assert.ok(name)
  assert.equal(prepared.nameOf('select 1'), name)
  assert.notEqual(asked(prepared, 'select 2', 20), name)
})

test('questions that come once each, without end, take no place from one that comes often', () => {
  const prepared = new Prepared()
  for (let i = 0; i < 10_000; i++) assert.equal(prepared.nameOf(`select ${i}, 'once'`), undefined)
  assert.ok(asked(prepared, 'select often', 20))
})

test('no more than two hundred are prepared', () => {
  const prepared = new Prepared()
  const names = Array.from({ length: 300 }, (_, i) => asked(prepared, `select ${i}`, 20)).filter((name) => name !== undefined)
  assert.equal(names.length, 200)
  assert.equal(new Set(names).size, 200)
})
