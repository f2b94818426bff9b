import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { NumberRanges } from './number-ranges.ts'

test('ranges answer as a set would', () => {
  const span = fc.tuple(fc.nat(60), fc.nat(6)).map(([from, length]) => [from, from + length] as const)
  fc.assert(
    fc.property(fc.array(span, { maxLength: 40 }), span, (spans, [from, to]) => {
      const ranges = new NumberRanges()
      const set = new Set<number>()
      for (const [low, high] of spans) {
        ranges.add(low, high)
        for (let n = low; n <= high; n++) set.add(n)
      }
      const asked = Array.from({ length: to - from + 1 }, (_, i) => from + i)
      assert.equal(
        ranges.covers(from, to),
        asked.every((n) => set.has(n)),
      )
      assert.equal(ranges.absentIn(from, to), asked.filter((n) => !set.has(n)).length)
      let absent = from
      while (set.has(absent)) absent++
      assert.equal(ranges.nextAbsent(from), absent)
      for (const [i, [low]] of ranges.ranges.entries()) assert.ok(i === 0 || low > (ranges.ranges[i - 1]?.[1] ?? 0) + 1, 'apart and sorted')
    }),
  )
})
