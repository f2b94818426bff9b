import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decimal, sumOf, ZERO } from '#values/decimal.ts'
import { type Candidate, hasExpired, passedOver, proposePick } from './pick-rules.ts'

const today = '2026-11-20'
const lot = (name: string, expires: string | null, since: string, onHand = '10', locationCode = 'A'): Candidate => ({
  locationCode,
  lot: name,
  serial: '',
  expires,
  since,
  onHand: decimal(onHand),
})

test('what expires first goes first, then what came first; what has expired stays', () => {
  const stock = [
    lot('late', '2027-05-01', '2026-01-01'),
    lot('none', null, '2025-01-01'),
    lot('early', '2026-12-01', '2026-10-01'),
    lot('gone', '2026-11-19', '2026-01-01'),
    lot('today', '2026-11-20', '2026-11-01', '4'),
    lot('older', null, '2024-01-01'),
  ]
  const { picks, missing, expired } = proposePick(stock, decimal('37'), today)
  assert.deepEqual(
    picks.map((pick) => [pick.lot, Number(pick.quantity) / 1e6]),
    [
      ['today', 4],
      ['early', 10],
      ['late', 10],
      ['older', 10],
      ['none', 3],
    ],
  )
  assert.deepEqual([missing, expired], [ZERO, decimal('10')])
  assert.equal(proposePick(stock, decimal('50'), today).missing, decimal('6'))
})

test('a choice is told what it passes over', () => {
  const [a, b, c] = [lot('a', '2026-12-01', '2026-01-01'), lot('b', '2027-01-01', '2026-01-01'), lot('c', null, '2026-01-01')]
  assert.equal(passedOver(b, [a, b, c], today)?.lot, 'a')
  assert.equal(passedOver(a, [a, b, c], today), undefined)
  assert.equal(passedOver(b, [{ ...a, onHand: ZERO }, b, c], today), undefined)
  assert.equal(passedOver(lot('d', null, '2026-01-01'), [c], today), undefined, 'equal dates are anybody’s choice')
  assert.equal(passedOver(b, [lot('gone', '2026-01-01', '2025-01-01')], today), undefined)
})

test('a proposal takes no more than is there and no less than is wanted, and passes nothing over', () => {
  const candidate = fc.record({
    locationCode: fc.constantFrom('A', 'B'),
    lot: fc.string({ maxLength: 2 }),
    serial: fc.constant(''),
    expires: fc.constantFrom(null, '2026-10-01', '2026-12-01', '2027-01-01'),
    since: fc.constantFrom('2026-01-01', '2026-02-01'),
    onHand: fc.bigInt({ min: 1n, max: 50n }),
  })
  fc.assert(
    fc.property(fc.array(candidate, { maxLength: 8 }), fc.bigInt({ min: 1n, max: 200n }), (stock, wanted) => {
      const { picks, missing } = proposePick(stock, wanted, today)
      assert.equal(sumOf(picks.map((pick) => pick.quantity)) + missing, wanted)
      const usable = sumOf(stock.filter((one) => !hasExpired(one, today)).map((one) => one.onHand))
      assert.equal(missing, wanted > usable ? wanted - usable : 0n)
      const left = stock.map((one) => {
        const pick = picks.find(
          (p) =>
            p.lot === one.lot &&
            p.since === one.since &&
            p.expires === one.expires &&
            p.locationCode === one.locationCode &&
            p.onHand === one.onHand,
        )
        return { ...one, onHand: one.onHand - (pick?.quantity ?? 0n) }
      })
      const doubled = new Set(stock.map((one) => JSON.stringify({ ...one, onHand: '' }))).size !== stock.length
      if (!doubled) for (const pick of picks) assert.equal(passedOver(pick, left, today), undefined)
    }),
  )
})
