import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { least, sumOf } from '#values/decimal.ts'
import type { ClaimState, Settlement } from '../receiving-contract.ts'
import {
  beyondByName,
  type ClaimOnLine,
  ENDS,
  endOfShortage,
  type LineStanding,
  stepsTo,
  type TransitPart,
  takeOpen,
  whereaboutsOf,
} from './transit-rules.ts'

const claim = (kind: ClaimOnLine['kind'], quantity: bigint, state: ClaimState = 'open', settlement: Settlement | null = null) => ({
  kind,
  quantity,
  back: 0n,
  state,
  settlement,
})
const line = (change: Partial<LineStanding>): LineStanding => ({
  sent: 100n,
  accepted: 0n,
  missing: 0n,
  state: 'closed',
  claims: [],
  apart: 0n,
  forgone: 0n,
  ...change,
})
const at = (change: Partial<LineStanding>) => {
  const found = whereaboutsOf(line(change))
  return Object.fromEntries(Object.entries(found).flatMap(([end, quantity]) => (quantity === 0n ? [] : [[end, Number(quantity)]])))
}

test('where the goods of a line are', () => {
  const short = (state: ClaimState, settlement: Settlement | null = null) => [claim('short', 10n, state, settlement)]
  const cases: [Partial<LineStanding>, Record<string, number>][] = [
    [{ state: 'open' }, { open: 100 }],
    [
      { state: 'open', accepted: 40n },
      { delivered: 40, open: 60 },
    ],
    [{ state: 'cancelled' }, { home: 100 }],
    [{ accepted: 100n }, { delivered: 100 }],
    // The books held less than was notified: what they held is explained first by what was taken over.
    [{ sent: 30n, accepted: 100n }, { delivered: 30 }],
    [
      { sent: 95n, accepted: 90n, missing: 10n, claims: short('settled', 'credit') },
      { delivered: 90, lost: 5 },
    ],
    // More came than was notified.
    [{ accepted: 105n, claims: [claim('over', 3n)] }, { delivered: 100 }],
    [
      { accepted: 90n, missing: 10n },
      { delivered: 90, lost: 10 },
    ],
    [
      { accepted: 90n, missing: 10n, claims: short('open') },
      { delivered: 90, open: 10 },
    ],
    [
      { accepted: 90n, missing: 10n, claims: short('disputed') },
      { delivered: 90, open: 10 },
    ],
    [
      { accepted: 90n, missing: 10n, claims: short('settled', 'redeliver') },
      { delivered: 90, lost: 10 },
    ],
    [
      { accepted: 90n, missing: 10n, claims: short('settled', 'takeBack') },
      { delivered: 90, home: 10 },
    ],
    [
      { accepted: 90n, missing: 10n, claims: short('withdrawn') },
      { delivered: 90, home: 10 },
    ],
    [
      {
        accepted: 85n,
        missing: 10n,
        claims: [...short('settled', 'credit'), claim('damaged', 4n, 'settled', 'takeBack'), claim('wrong', 1n)],
      },
      { delivered: 85, lost: 10, open: 5 },
    ],
    // The supplier has some of it again and awaits the rest no more.
    [
      {
        accepted: 85n,
        missing: 10n,
        claims: [...short('settled', 'credit'), claim('damaged', 4n, 'settled', 'takeBack'), claim('wrong', 1n)],
        apart: 4n,
        forgone: 1n,
      },
      { delivered: 85, lost: 10, apart: 4, forgone: 1 },
    ],
    // On the truck that went home, booked in before the rest has arrived.
    [
      { state: 'open', accepted: 40n, apart: 10n },
      { delivered: 40, open: 50, apart: 10 },
    ],
    [
      { sent: 110n, accepted: 105n, claims: [claim('over', 5n, 'withdrawn')] },
      { delivered: 105, open: 5 },
    ],
    [{ accepted: 96n, claims: [claim('damaged', 4n, 'settled', 'keep')] }, { delivered: 100 }],
    [{ accepted: 90n, claims: [claim('over', 10n, 'settled', 'keep')] }, { delivered: 100 }],
    // What quality rejects was delivered, and goes back by a return.
    [{ accepted: 100n, claims: [claim('quality', 20n, 'settled', 'takeBack')] }, { delivered: 100 }],
  ]
  for (const [given, expected] of cases) assert.deepEqual(at(given), expected, JSON.stringify(expected))
})

test('a claim of which a part was taken back before the rest was kept called that part delivered too', () => {
  const kept = { ...claim('damaged', 5n, 'settled', 'keep'), back: 2n }
  const short = claim('short', 5n, 'settled', 'credit')
  assert.deepEqual(at({ accepted: 90n, missing: 5n, apart: 2n, claims: [kept, short] }), { delivered: 93, lost: 5, apart: 2 })
  // And took it for a part of what another claim still awaits.
  const wrong = claim('wrong', 5n)
  assert.deepEqual(at({ accepted: 90n, apart: 2n, claims: [kept, wrong] }), { delivered: 93, apart: 2, open: 5 })
  assert.deepEqual(at({ accepted: 90n, apart: 7n, claims: [kept, { ...wrong, back: 5n }] }), { delivered: 93, apart: 7 })
})

const states: ClaimState[] = ['open', 'accepted', 'disputed', 'settled', 'withdrawn']
const settlements: Settlement[] = ['redeliver', 'credit', 'takeBack', 'keep']
const claimArbitrary = fc
  .record({
    kind: fc.constantFrom('short' as const, 'damaged' as const, 'wrong' as const, 'over' as const, 'quality' as const),
    quantity: fc.bigInt({ min: 1n, max: 60n }),
    state: fc.constantFrom(...states),
    settlement: fc.constantFrom(...settlements),
  })
  .map((one): ClaimOnLine => ({ ...one, back: 0n, settlement: one.state === 'settled' ? one.settlement : null }))

test('nothing is made or lost, no end shrinks, and where no discrepancy is open and all is back nothing is left', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 100n }),
      fc.bigInt({ min: 0n, max: 120n }),
      fc.bigInt({ min: 0n, max: 50n }),
      fc.array(claimArbitrary, { maxLength: 5 }),
      (sent, accepted, missing, claims) => {
        const settled = claims.map((one) => ({ ...one, state: 'settled' as const, settlement: one.settlement ?? ('credit' as const) }))
        const ended = claims.map((one, i) => (endOfShortage(one) === undefined ? settled[i] : one) as ClaimOnLine)
        const closed = line({ sent, accepted, missing, claims: ended })
        const refused = ended.filter((one) => !['short', 'quality'].includes(one.kind) && one.settlement !== 'keep')
        const back = least(whereaboutsOf(closed).open, sumOf(refused.map((one) => one.quantity)))
        const life: LineStanding[] = [
          line({ sent, accepted: accepted / 2n, state: 'open' }),
          line({ sent, accepted, missing, claims }),
          closed,
          { ...closed, apart: back / 2n },
          { ...closed, apart: back / 2n, forgone: back - back / 2n },
        ]
        let before = whereaboutsOf(line({ sent, state: 'open' }))
        for (const standing of life) {
          const now = whereaboutsOf(standing)
          assert.equal(
            ENDS.reduce((sum, end) => sum + now[end], now.open),
            sent,
          )
          for (const end of ENDS) assert.ok(now[end] >= before[end], end)
          before = now
        }
        assert.equal(before.open, 0n)
      },
    ),
    { numRuns: 300 },
  )
})

const part = (id: string, quantity: bigint, lot: string): TransitPart => ({
  id,
  quantity,
  lot,
  serial: null,
  delivered: 0n,
  lost: 0n,
  apart: 0n,
  home: 0n,
  forgone: 0n,
})

test('what the buyer counted by lot is delivered first, and what he did not is what is missing', () => {
  const parts = [part('1', 50n, 'A'), part('2', 50n, 'B')]
  const target = whereaboutsOf(line({ accepted: 60n, missing: 40n }))
  assert.deepEqual(
    stepsTo(parts, target, new Set(['B'])).map((step) => [step.part.id, step.end, step.quantity]),
    [
      ['2', 'delivered', 50n],
      ['1', 'delivered', 10n],
      ['1', 'lost', 40n],
    ],
  )
  const done = parts.map((one) => (one.id === '2' ? { ...one, delivered: 50n } : { ...one, delivered: 10n, lost: 40n }))
  assert.deepEqual(stepsTo(done, target, new Set(['B'])), [])
})

test('what came beyond the notice is asked for by the lots that were not sent', () => {
  const came = [
    { lot: 'A', serial: null, quantity: 60n },
    { lot: 'C', serial: null, quantity: 2n },
    { lot: null, serial: null, quantity: 50n },
  ]
  const parts = [part('1', 50n, 'A'), part('2', 50n, 'B')]
  assert.deepEqual(beyondByName(came, parts, 12n), [
    { lot: 'A', serial: null, quantity: 10n },
    { lot: 'C', serial: null, quantity: 2n },
  ])
  assert.deepEqual(beyondByName(came, parts, 15n).at(-1), { lot: null, serial: null, quantity: 3n })
  assert.deepEqual(beyondByName(came, parts, 4n), [{ lot: 'A', serial: null, quantity: 4n }])
})

test('what comes back leaves transit as far as it is there, by its lot, and no part is used twice', () => {
  const parts = [part('1', 5n, 'A'), { ...part('2', 5n, 'B'), delivered: 3n }]
  const used = new Map<string, bigint>()
  const taken = (lot: string | null, quantity: bigint) => {
    const found = takeOpen(parts, used, { lot, serial: null, quantity })
    return [...found.taken.map((one) => `${one.part.id}:${one.quantity}`), `rest:${found.rest}`]
  }
  assert.deepEqual(taken('B', 3n), ['2:2', 'rest:1'])
  assert.deepEqual(taken('Z', 1n), ['rest:1'])
  assert.deepEqual(taken(null, 6n), ['1:5', 'rest:1'])
})
