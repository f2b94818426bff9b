import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { longestStretch, planReads, type S7Extent } from './read-plan.ts'

const limits = { pduBytes: 240, gapBytes: 16 }
const bytes = (table: string, offset: number, size = 2): S7Extent => ({ table, offset, size, unitBytes: 1 })

test('neighbours and near ones are one stretch, blocks apart are stretches of one request', () => {
  const [request, ...others] = planReads([bytes('DB1', 0), bytes('DB1', 18), bytes('DB1', 37), bytes('M', 0)], limits)
  assert.deepEqual(others, [])
  assert.deepEqual(
    request?.map(({ table, offset, count }) => [table, offset, count]),
    [
      ['DB1', 0, 20],
      ['DB1', 37, 2],
      ['M', 0, 2],
    ],
  )
})

test('any points: each is read once, whole, and every request and answer fits the PDU', () => {
  const extent = fc.record({
    table: fc.constantFrom('DB1', 'DB2', 'M'),
    offset: fc.nat(3_000),
    size: fc.constantFrom(1, 2, 4, 8, 22, 94),
    unitBytes: fc.constant(1 as const),
  })
  fc.assert(
    fc.property(fc.array(extent, { maxLength: 200 }), fc.constantFrom(112, 240, 480, 960), fc.nat(64), (items, pduBytes, gapBytes) => {
      const requests = planReads(items, { pduBytes, gapBytes })
      const read = requests.flat().flatMap((stretch) => stretch.items)
      assert.equal(read.length, items.length)
      assert.deepEqual(new Set(read), new Set(items))
      for (const stretches of requests) {
        assert.ok(stretches.length <= 20)
        assert.ok(12 + 12 * stretches.length <= pduBytes)
        const answer = stretches.reduce((sum, { count }, i) => sum + 4 + count + (i < stretches.length - 1 ? count % 2 : 0), 14)
        assert.ok(answer <= pduBytes, `${answer} bytes of ${pduBytes}`)
        for (const { offset, count, items: inside } of stretches)
          for (const item of inside) assert.ok(item.offset >= offset && item.offset + item.size <= offset + count)
      }
    }),
  )
})

test('the longest stretch of each length of PDU is what its answer can hold', () => {
  assert.deepEqual([112, 240, 480, 960].map(longestStretch), [94, 222, 462, 942])
})
