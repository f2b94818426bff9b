import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StoredValues } from '#modules/shopfloor/telemetry/public.ts'
import { nothingKept, remember, type Watch, watchOf } from '../condition-rules.ts'
import { ruleInput } from '../test-platform.ts'
import { Evaluator } from './evaluator.ts'
import type { Listener, Watched } from './watch-list.ts'

const valuesOf = (rows: [series: number, atMs: number, value: number][]): StoredValues => ({
  rows: rows.length,
  orgNo: new Uint32Array(rows.length),
  series: Uint32Array.from(rows, ([series]) => series),
  atMs: Float64Array.from(rows, ([, atMs]) => atMs),
  receivedMs: Float64Array.from(rows, ([, atMs]) => atMs + 10),
  value: Float64Array.from(rows, ([, , value]) => value),
  quality: new Uint8Array(rows.length),
})

/** An evaluation of these watches, each of series of its own that begin at ten times its place; what was found by place. */
function evaluating(watches: readonly Watch[]) {
  const listeners = new Map<number, Listener[]>()
  const found: string[] = []
  const failed: number[] = []
  const all = watches.map((watch, n) => {
    const series = watch.names.map((_, slot) => n * 10 + slot)
    const watched = { watch, memory: remember(watch, nothingKept), series } as unknown as Watched
    for (const [slot, one] of series.entries()) listeners.set(one, [{ watched, slot }])
    return watched
  })
  const evaluator = new Evaluator({
    listening: (series) => listeners.get(series),
    found: (watched, changes) => found.push(...changes.map(({ finding, value }) => `${all.indexOf(watched)} ${finding} ${value}`)),
    failed: (watched) => failed.push(all.indexOf(watched)),
  })
  return { evaluator, found, failed, all }
}

test('a rule that throws finds nothing, is told of, and the others of the same message go on', () => {
  const limit = watchOf(ruleInput({}))
  const poison: Watch = {
    ...watchOf(ruleInput({ condition: { kind: 'expression', expression: 'temp > press' } })),
    expression: {
      names: ['temp', 'press'],
      holds: () => {
        throw new Error('poison')
      },
    },
  }
  const { evaluator, found, failed, all } = evaluating([limit, poison, limit])
  evaluator.evaluate(
    valuesOf([
      [0, 1_000, 90],
      [10, 1_000, 90],
      [11, 1_000, 10],
      [20, 1_000, 91],
    ]),
    1_100,
  )
  assert.deepEqual(found, ['0 raise 90', '2 raise 91'])
  assert.deepEqual(failed, [1])
  // It is tried again with each value, and none of before is left to be judged then.
  evaluator.evaluate(
    valuesOf([
      [0, 2_000, 10],
      [10, 2_000, 90],
    ]),
    2_100,
  )
  assert.deepEqual([found.at(-1), failed, all[1]?.memory.active], ['0 return 10', [1, 1], false])
})

test('the most that an expression may cost holds nobody up', () => {
  const costly = `temp > 20 && ${Array.from({ length: 15 }, (_, i) => `sqrt(abs(temp - ${i})) < 9`).join(' && ')}`
  const { evaluator, failed } = evaluating([watchOf(ruleInput({ condition: { kind: 'expression', expression: costly } }))])
  const values = valuesOf(Array.from({ length: 10_000 }, (_, i) => [0, 1_000 + i, 21 + (i % 50)]))
  const before = process.cpuUsage()
  evaluator.evaluate(values, 20_000)
  const { user, system } = process.cpuUsage(before)
  assert.deepEqual(failed, [])
  assert.ok((user + system) / 10_000 < 500, `${(user + system) / 10_000} µs of CPU time each`)
})
