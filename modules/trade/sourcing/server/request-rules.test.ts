import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decimal, sumOf, writeDecimal } from '#values/decimal.ts'
import { type BidLine, RequestAction, RequestPhase } from '../contract.ts'
import { awardProblem, bestOf, mayDo, phaseOf, splitQuantity } from './request-rules.ts'

test('every phase, action and side is decided', () => {
  const table = Object.fromEntries(
    RequestPhase.options.flatMap((phase) =>
      (['buyer', 'supplier'] as const).map((side) => [
        `${phase} ${side}`,
        RequestAction.options.filter((action) => mayDo(phase, action, side)).join(' '),
      ]),
    ),
  )
  assert.deepEqual(table, {
    'draft buyer': 'change publish cancel',
    'draft supplier': '',
    'bidding buyer': 'extend answer cancel',
    'bidding supplier': 'bid decline ask',
    'opened buyer': 'cancel award',
    'opened supplier': '',
    'awarded buyer': 'order',
    'awarded supplier': '',
    'cancelled buyer': '',
    'cancelled supplier': '',
  })
})

test('bids open at the deadline itself, not a moment before', () => {
  const deadline = new Date('2026-11-26T08:00:00.000Z')
  const at = (text: string) => phaseOf('published', deadline, new Date(text))
  assert.deepEqual([at('2026-11-26T07:59:59.999Z'), at('2026-11-26T08:00:00.000Z')], ['bidding', 'opened'])
  assert.equal(phaseOf('draft', deadline, new Date('2027-01-01T00:00:00Z')), 'draft')
})

const line = (no: number, netPrice: string, leadTimeDays: number | null = null): BidLine => ({
  no,
  netPrice,
  taxRate: '0.13',
  leadTimeDays,
  minimum: null,
  validUntil: null,
  mouldOwner: 'none',
  mouldCost: null,
  note: '',
})
const a = 'a' as never
const b = 'b' as never
const offers = [
  { supplierId: a, lines: [line(1, '10', 20), line(2, '5.000001')] },
  { supplierId: b, lines: [line(1, '9.5', 30)] },
]

test('the lowest price and the shortest time of a line', () => {
  assert.deepEqual(bestOf(1, offers), { lowest: decimal('9.5'), soonest: 20 })
  assert.deepEqual(bestOf(2, offers), { lowest: decimal('5.000001'), soonest: undefined })
  assert.deepEqual(bestOf(3, offers), { lowest: undefined, soonest: undefined })
})

test('what may be awarded', () => {
  const give = (no: number, supplierId: never, share = '1', reason = '') => ({ no, supplierId, share, reason })
  const cases: [string, Parameters<typeof awardProblem>[0], string, ReturnType<typeof awardProblem>][] = [
    ['the lowest', [give(1, b)], '', undefined],
    ['not the lowest without a reason', [give(1, a)], '', { kind: 'reasonNeeded', no: 1 }],
    ['not the lowest, said why', [give(1, a, '1', '交期短')], '', undefined],
    ['not the lowest, said why for all', [give(1, a)], '质量', undefined],
    ['a split', [give(1, b, '0.6'), give(1, a, '0.4', '保供')], '', undefined],
    ['a split that is not whole', [give(1, b, '0.6'), give(1, a, '0.3', '保供')], '', { kind: 'sharesWrong', no: 1 }],
    ['more than whole', [give(1, b, '1'), give(1, a, '0.1', '保供')], '', { kind: 'sharesWrong', no: 1 }],
    ['one supplier twice', [give(1, b, '0.5'), give(1, b, '0.5')], '', { kind: 'sharesWrong', no: 1 }],
    ['nothing of it', [give(1, b, '1'), give(1, a, '0', 'x')], '', { kind: 'sharesWrong', no: 1 }],
    ['who did not quote it', [give(2, b)], '', { kind: 'notQuoted', no: 2 }],
    ['a line left open', [give(2, a)], '', undefined],
  ]
  for (const [name, shares, reason, expected] of cases) assert.deepEqual(awardProblem(shares, offers, reason), expected, name)
})

test('the parts of a quantity come to the whole, whatever the shares', () => {
  assert.deepEqual(splitQuantity(decimal('100'), [decimal('0.333333'), decimal('0.333333'), decimal('0.333334')]).map(writeDecimal), [
    '33.3333',
    '33.3333',
    '33.3334',
  ])
  fc.assert(
    fc.property(fc.bigInt(1n, 10n ** 15n), fc.array(fc.bigInt(1n, 1_000n), { minLength: 1, maxLength: 8 }), (quantity, weights) => {
      const whole = sumOf(weights)
      const shares = weights.map((weight) => (weight * 1_000_000n) / whole)
      shares[0] = (shares[0] ?? 0n) + 1_000_000n - sumOf(shares)
      assert.equal(sumOf(splitQuantity(quantity, shares)), quantity)
    }),
  )
})
