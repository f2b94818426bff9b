import assert from 'node:assert/strict'
import { test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import { MaterialId } from '#modules/trade/materials/contract.ts'
import { canonicalJson } from '#values/canonical-json.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import { diffContents } from '../content-diff.ts'
import { contentAmounts, deliveryOf, OrderContent } from '../order-content.ts'
import type { Side } from '../order-states.ts'
import { Proposal } from '../proposal.ts'
import { needsApproval } from './approval-rules.ts'
import { counterProblem, leftToShip, punctuality } from './delivery-rules.ts'
import { applyProposal, belowFloors, cancelledContent, nothingLeft } from './proposal-rules.ts'

const material = MaterialId.parse(uuidv7())
const base = OrderContent.parse({
  terms: { currency: 'CNY', deliverTo: '一号库', paymentTerms: '', paymentDays: 60, overTolerance: '0', underTolerance: '0', graceDays: 0 },
  lines: [
    {
      no: 1,
      materialId: material,
      materialCode: 'A',
      materialName: '箱体',
      supplierCode: null,
      specification: '',
      unit: 'pcs',
      unitFactor: '1',
      netPrice: '10.005',
      taxRate: '0.13',
      rejected: null,
      schedule: [
        { no: 1, requested: { quantity: '100', day: '2026-12-10' }, confirmed: null },
        { no: 2, requested: { quantity: '50', day: '2026-12-20' }, confirmed: null },
      ],
    },
  ],
})
const made = (from: OrderContent, side: Side, proposal: object, today = '2026-11-26') =>
  applyProposal(from, Proposal.parse(proposal), { side, today, added: [], highest: { line: 1, schedule: new Map([[1, 2]]) } })
const content = (from: OrderContent, side: Side, proposal: object) => {
  const result = made(from, side, proposal)
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  return result.content
}
const codes = (from: OrderContent, side: Side, proposal: object, today?: string) => {
  const result = made(from, side, proposal, today)
  return 'problems' in result ? result.problems.map((problem) => problem.code) : 'made'
}
const line = (schedule: object[], more: object = {}) => ({ lines: [{ no: 1, schedule, ...more }] })

test('a supplier splits a delivery: the request stays, what he confirms goes before it, the line is the sum', () => {
  const split = content(
    base,
    'supplier',
    line([
      { no: 1, quantity: '60', day: '2026-12-10', reason: '产能不足' },
      { no: null, quantity: '40', day: '2026-12-14', reason: '产能不足' },
      { no: 2, quantity: '50', day: '2026-12-20' },
    ]),
  )
  assert.deepEqual(split.lines[0]?.schedule[0], {
    no: 1,
    requested: { quantity: '100', day: '2026-12-10' },
    confirmed: { quantity: '60', day: '2026-12-10', reason: '产能不足' },
  })
  assert.deepEqual(split.lines[0]?.schedule[1], {
    no: 3,
    requested: null,
    confirmed: { quantity: '40', day: '2026-12-14', reason: '产能不足' },
  })
  assert.deepEqual(contentAmounts(split), contentAmounts(base))
  assert.deepEqual(
    diffContents(base, split).map(({ schedule, field, before, after }) => [schedule, field, before, after]),
    [
      [1, 'quantity', '100', '60'],
      [1, 'reason', '', '产能不足'],
      [3, 'delivery', null, '40 @ 2026-12-14'],
    ],
  )
  // The buyer asks for another day of the first only: what was confirmed of the others stays confirmed.
  const asked = content(
    split,
    'buyer',
    line([
      { no: 1, quantity: '60', day: '2026-12-09' },
      { no: 3, quantity: '40', day: '2026-12-14' },
      { no: 2, quantity: '50', day: '2026-12-20' },
    ]),
  )
  assert.deepEqual(
    asked.lines[0]?.schedule.map((schedule) => schedule.confirmed !== null),
    [false, true, true],
  )
})

test('a line can be refused with a reason, and be taken up again', () => {
  const two = { ...base, lines: [...base.lines, { ...(base.lines[0] as (typeof base.lines)[0]), no: 2 }] }
  const refused = content(two, 'supplier', line([{ no: 1, quantity: '1', day: '2026-12-10' }], { rejected: { reason: '停产' } }))
  assert.deepEqual(refused.lines[0]?.rejected, { by: 'supplier', reason: '停产' })
  assert.equal(contentAmounts(refused).net, contentAmounts(base).net)
  const back = content(refused, 'buyer', line([{ no: 1, quantity: '100', day: '2026-12-12' }]))
  assert.equal(back.lines[0]?.rejected, null)
  assert.deepEqual(
    back.lines[0]?.schedule.map(deliveryOf).map((d) => d.quantity),
    ['100'],
  )
})

test('what is wrong with a proposal is said by line and delivery', () => {
  const slot = { no: 1, quantity: '100', day: '2026-12-10' }
  assert.deepEqual(codes(base, 'supplier', { lines: [{ no: 7, schedule: [slot] }] }), ['unknownLine'])
  assert.deepEqual(
    codes(base, 'supplier', {
      lines: [
        { no: 1, schedule: [slot] },
        { no: 1, schedule: [slot] },
      ],
    }),
    ['doubledLine'],
  )
  assert.deepEqual(codes(base, 'supplier', line([slot, slot])), ['doubledDelivery'])
  assert.deepEqual(codes(base, 'supplier', line([{ ...slot, no: 9 }])), ['unknownDelivery'])
  assert.deepEqual(codes(base, 'supplier', line([{ ...slot, quantity: '90' }])), ['reasonMissing'])
  assert.deepEqual(codes(base, 'supplier', { terms: { ...base.terms, deliverTo: '二号库' } }), ['buyersOnly'])
  assert.deepEqual(codes(base, 'buyer', line([{ ...slot, day: '2026-11-25' }])), ['dayPassed'])
  // What is late already may stay as it is.
  assert.equal(codes(base, 'buyer', line([slot, { no: 2, quantity: '50', day: '2027-01-20' }]), '2027-01-15'), 'made')
  assert.deepEqual(codes(base, 'buyer', line([slot], { rejected: { reason: '不要了' } })), ['nothingLeft'])
  assert.deepEqual(codes(base, 'supplier', line([slot])), 'made')
})

test('a quantity or an amount that the database cannot hold reached it, and the answer was a server error', () => {
  const tolerant = { ...base, terms: { ...base.terms, overTolerance: '0.1' } }
  const of = (quantity: string, more: object = {}) => codes(tolerant, 'buyer', line([{ no: 1, quantity, day: '2026-12-10' }], more))
  assert.deepEqual(of('999999999999', { netPrice: '0' }), ['tooMuch'], 'with its tolerance it is more')
  assert.deepEqual(of('800000000000', { netPrice: '0' }), 'made')
  assert.deepEqual(of('800000000000', { netPrice: '999999999999' }), ['tooMuch'])
  assert.deepEqual(of('1000000000', { netPrice: '79000' }), 'made')
  assert.deepEqual(of('1000000000', { netPrice: '80000' }), ['tooMuch'], 'the tax is counted')
})

test('no revision goes below what is shipped', () => {
  const floors = [{ line: 1, schedule: 1, quantity: decimal('80') }]
  assert.deepEqual(belowFloors(base, floors), [])
  const less = content(base, 'buyer', line([{ no: 1, quantity: '79.999999', day: '2026-12-10' }]))
  assert.deepEqual(belowFloors(less, floors), [{ line: 1, added: null, delivery: 0, code: 'belowShipped' }])
  const dropped = content(base, 'buyer', line([{ no: 2, quantity: '50', day: '2026-12-20' }]))
  assert.deepEqual(belowFloors(dropped, floors), [{ line: 1, added: null, delivery: null, code: 'belowShipped' }])
  const cancelled = cancelledContent(base, floors, 'buyer', '取消', writeDecimal)
  assert.deepEqual(cancelled.lines[0]?.schedule.map(deliveryOf), [{ quantity: '80', day: '2026-12-10', reason: '' }])
  assert.equal(nothingLeft(cancelled), false)
  assert.equal(nothingLeft(cancelledContent(base, [], 'buyer', '取消', writeDecimal)), true)
})

test('one content has one text, whatever order its keys came in', () => {
  const shuffled = { lines: base.lines.map((one) => Object.fromEntries(Object.entries(one).reverse())), terms: base.terms }
  assert.equal(canonicalJson(shuffled), canonicalJson(base))
  assert.notEqual(canonicalJson({ ...base, terms: { ...base.terms, graceDays: 1 } }), canonicalJson(base))
})

test('amounts are rounded by line, as the invoice adds them up', () => {
  // 10.005 × 150 = 1500.75; 13 % of it is 195.0975 → 195.10
  assert.deepEqual(contentAmounts(base), { net: 150_075n, tax: 19_510n })
})

test('on time is the whole quantity by the agreed day and its grace, per schedule line', () => {
  const cases: [string, number, string | null, string, string][] = [
    ['2026-12-10', 0, '2026-12-10', '2026-12-31', 'onTime'],
    ['2026-12-10', 0, '2026-12-11', '2026-12-31', 'late'],
    ['2026-12-10', 1, '2026-12-11', '2026-12-31', 'onTime'],
    ['2026-12-31', 1, '2027-01-02', '2027-01-03', 'late'],
    ['2026-12-10', 0, null, '2026-12-10', 'open'],
    ['2026-12-10', 0, null, '2026-12-11', 'overdue'],
  ]
  for (const [day, grace, whole, today, expected] of cases) assert.equal(punctuality(day, grace, whole, today), expected)
})

test('what was rejected is owed again; nothing goes above the tolerance or below nothing', () => {
  const counters = {
    agreed: decimal('100'),
    shipped: decimal('100'),
    accepted: decimal('90'),
    rejected: decimal('10'),
    over: decimal('0.05'),
  }
  assert.equal(leftToShip(counters), decimal('10'))
  assert.equal(counterProblem({ ...counters, shipped: decimal('115') }), undefined)
  assert.equal(counterProblem({ ...counters, shipped: decimal('115.000001') }), 'moreThanAgreed')
  assert.equal(counterProblem({ ...counters, accepted: decimal('105.5') }), 'moreThanAgreed')
  assert.equal(counterProblem({ ...counters, rejected: -1n }), 'belowZero')
})

test('an approval is needed above the limit, above what was approved, and always in a foreign currency', () => {
  const limit = { currency: 'CNY' as const, amount: 100_000n }
  assert.equal(needsApproval(100_000n, 'CNY', limit, undefined), false)
  assert.equal(needsApproval(100_001n, 'CNY', limit, undefined), true)
  assert.equal(needsApproval(150_000n, 'CNY', limit, 150_000n), false)
  assert.equal(needsApproval(150_001n, 'CNY', limit, 150_000n), true)
  assert.equal(needsApproval(1n, 'USD', limit, undefined), true)
  assert.equal(needsApproval(10n ** 15n, 'CNY', { currency: 'CNY', amount: undefined }, undefined), false)
})
