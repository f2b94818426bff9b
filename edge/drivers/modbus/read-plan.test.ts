import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Forbidden } from '../../blocks/extent.ts'
import { type Extent, type PlanLimits, planReads } from './read-plan.ts'

const limits: PlanLimits = { maxRegisters: 125, maxCoils: 2_000, gapRegisters: 16 }
const holding = (offset: number, size = 1): Extent => ({ table: 'holding', offset, size })
const spans = (items: Extent[], with_: Partial<PlanLimits> = {}, forbidden: Forbidden[] = []) =>
  planReads(items, { ...limits, ...with_ }, forbidden).map(({ table, offset, count }) => `${table} ${offset}+${count}`)

test('neighbours are one request, whatever their order, overlap or repetition', () => {
  assert.deepEqual(spans([holding(4, 2), holding(0, 4), holding(0), holding(5), holding(4, 2)]), ['holding 0+6'])
  assert.deepEqual(spans([]), [])
})

test('a gap is read across when it is no wider than it is worth', () => {
  assert.deepEqual(spans([holding(0), holding(17)]), ['holding 0+18'])
  assert.deepEqual(spans([holding(0), holding(18)]), ['holding 0+1', 'holding 18+1'])
  assert.deepEqual(spans([holding(0), holding(2)], { gapRegisters: 0 }), ['holding 0+1', 'holding 2+1'])
})

test('a thousand registers in a row are eight requests and no value is parted', () => {
  const words = Array.from({ length: 1_000 }, (_, i) => holding(i))
  assert.equal(spans(words).length, 8)
  const floats = Array.from({ length: 500 }, (_, i) => holding(i * 2, 2))
  const plan = planReads(floats, limits)
  assert.ok(plan.every(({ count }) => count <= 124))
  assert.equal(plan.length, 9)
})

test('tables are apart; a gap of coils is counted in registers’ worth of bits', () => {
  const coil = (offset: number): Extent => ({ table: 'coil', offset, size: 1 })
  assert.deepEqual(spans([holding(0), { ...holding(0), table: 'input' }, coil(0), coil(257)]), ['coil 0+258', 'input 0+1', 'holding 0+1'])
  assert.deepEqual(spans([coil(0), coil(258)]), ['coil 0+1', 'coil 258+1'])
})

test('a value longer than the configured limit has a request of its own', () => {
  assert.deepEqual(spans([holding(0), holding(1, 100), holding(101)], { maxRegisters: 10 }), [
    'holding 0+1',
    'holding 1+100',
    'holding 101+1',
  ])
})

test('a forbidden part is covered by no joined request', () => {
  assert.deepEqual(spans([holding(0), holding(1), holding(3), holding(4)], {}, [{ table: 'holding', from: 2, until: 3 }]), [
    'holding 0+2',
    'holding 3+2',
  ])
  assert.deepEqual(spans([holding(0), holding(1)], {}, [{ table: 'input', from: 0, until: 2 }]), ['holding 0+2'])
})

const extent = (span: number) =>
  fc.record({
    table: fc.constantFrom('holding' as const, 'input' as const, 'coil' as const),
    offset: fc.nat(span),
    size: fc.constantFrom(1, 1, 2, 4, 9),
  })
const someLimits = fc.record({
  maxRegisters: fc.integer({ min: 1, max: 40 }),
  maxCoils: fc.integer({ min: 1, max: 300 }),
  gapRegisters: fc.nat(20),
})
const someForbidden = fc.array(
  fc.record({ table: fc.constantFrom('holding' as const, 'input' as const), from: fc.nat(150), size: fc.integer({ min: 1, max: 4 }) }),
  { maxLength: 4 },
)

test('every item once, every request legal, and never more requests than the fewest possible', () => {
  fc.assert(
    fc.property(fc.array(extent(150), { maxLength: 60 }), someLimits, someForbidden, (items, with_, parts) => {
      const forbidden = parts.map(({ table, from, size }) => ({ table, from, until: from + size }))
      const plan = planReads(items, with_, forbidden)
      assert.deepEqual(new Set(plan.flatMap((request) => request.items)), new Set(items))
      assert.equal(plan.flatMap((request) => request.items).length, items.length)
      for (const { table, offset, count, items: inside } of plan) {
        assert.ok(count <= Math.max(table === 'coil' ? with_.maxCoils : with_.maxRegisters, ...inside.map(({ size }) => size)))
        for (const item of inside) assert.ok(item.offset >= offset && item.offset + item.size <= offset + count)
      }
      for (const table of ['holding', 'input', 'coil'] as const) {
        const mine = items.filter((item) => item.table === table)
        const fewest = fewestRequests(
          mine,
          with_,
          forbidden.filter((part) => part.table === table),
        )
        assert.equal(plan.filter((request) => request.table === table).length, fewest)
      }
    }),
    { numRuns: 500 },
  )
})

/** By trying every way of cutting the sorted values into runs. */
function fewestRequests(items: Extent[], { maxRegisters, maxCoils, gapRegisters }: PlanLimits, forbidden: Forbidden[]): number {
  const sorted = items.toSorted((a, b) => a.offset - b.offset || a.size - b.size)
  const best = [0]
  for (let until = 1; until <= sorted.length; until++) {
    best[until] = Number.POSITIVE_INFINITY
    for (let from = 0; from < until; from++) if (legal(sorted.slice(from, until))) best[until] = Math.min(best[until]!, best[from]! + 1)
  }
  return best[sorted.length]!

  function legal(run: Extent[]): boolean {
    const coils = run[0]!.table === 'coil'
    const start = run[0]!.offset
    let end = start
    for (const { offset, size } of run) {
      if (end > start && offset - end > gapRegisters * (coils ? 16 : 1)) return false
      end = Math.max(end, offset + size)
    }
    if (run.some(({ offset, size }) => offset === start && offset + size === end)) return true
    if (forbidden.some((part) => part.from >= start && part.until <= end)) return false
    return end - start <= Math.max(coils ? maxCoils : maxRegisters, ...run.map(({ size }) => size))
  }
}
