import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { agreementState, isPeriodValid, mergeOpenings, type Opening } from './sharing-rules.ts'

const at = (text: string) => new Date(`2026-${text}T00:00:00Z`)

test('the state of an agreement at an instant', () => {
  const period = { from: at('03-01'), until: at('09-01') }
  const cases: [revoked: Date | null, now: Date, state: string][] = [
    [null, at('02-28'), 'upcoming'],
    [null, at('03-01'), 'inForce'],
    [null, new Date(at('09-01').getTime() - 1), 'inForce'],
    [null, at('09-01'), 'expired'],
    [at('04-01'), at('02-01'), 'revoked'],
    [at('04-01'), at('10-01'), 'revoked'],
  ]
  for (const [revokedAt, now, state] of cases) assert.equal(agreementState({ ...period, revokedAt }, now), state)
})

test('a period must have a length and an end to come', () => {
  const now = at('06-01')
  assert.ok(isPeriodValid({ from: at('01-01'), until: at('07-01') }, now))
  assert.ok(isPeriodValid({ from: at('07-01'), until: at('08-01') }, now))
  assert.ok(!isPeriodValid({ from: at('07-01'), until: at('07-01') }, now))
  assert.ok(!isPeriodValid({ from: at('08-01'), until: at('07-01') }, now))
  assert.ok(!isPeriodValid({ from: at('01-01'), until: at('06-01') }, now))
})

const whole: Opening = { items: ['a'], fields: 'all', granularity: 'raw', delayMinutes: 0, fromMs: 0, untilMs: 100 }
const opening = (change: Partial<Opening>): Opening => ({ ...whole, ...change })

test('several agreements make one opening, never a wider one than they are together', () => {
  const temperature = opening({ fields: ['temperature'] })
  const cases: [what: string, given: [Opening, ...Opening[]], merged: Partial<Opening>][] = [
    ['one stays as it is', [temperature], temperature],
    ['fields add up', [temperature, opening({ fields: ['power'] })], { fields: ['temperature', 'power'] }],
    ['items add up', [opening({ items: ['a'] }), opening({ items: ['b', 'a'] })], { items: ['b', 'a'] }],
    ['all is more than some', [temperature, opening({})], { fields: 'all' }],
    ['periods that touch add up', [opening({ untilMs: 50 }), opening({ fromMs: 50 })], { fromMs: 0, untilMs: 100 }],
    ['of periods apart the longer counts', [opening({ untilMs: 40 }), opening({ fromMs: 50 })], { fromMs: 50, untilMs: 100 }],
    [
      'fields of different periods: in the period of both',
      [opening({ fields: ['temperature'], untilMs: 60 }), opening({ fields: ['power'], fromMs: 20 })],
      { fields: ['temperature', 'power'], fromMs: 20, untilMs: 60 },
    ],
    ['the finer covers the coarser', [opening({ granularity: 'kpi', delayMinutes: 60 }), opening({})], whole],
    [
      'values of one field and key figures of all: not the values of all',
      [temperature, opening({ granularity: 'kpi' })],
      { fields: ['temperature'], granularity: 'raw' },
    ],
    [
      'the shorter delay counts where nothing else differs',
      [opening({ delayMinutes: 60 }), opening({ delayMinutes: 5 })],
      { delayMinutes: 5 },
    ],
    [
      'fresh values of one field do not make the others fresh',
      [temperature, opening({ fields: ['power'], delayMinutes: 60 })],
      { fields: ['temperature', 'power'], delayMinutes: 60 },
    ],
  ]
  const sorted = (o: Opening) => ({ ...o, fields: o.fields === 'all' ? o.fields : o.fields.toSorted() })
  for (const [what, given, merged] of cases)
    assert.deepEqual(sorted(mergeOpenings(given)), sorted({ ...whole, ...given[0], ...merged }), what)
})

const names = (of: string[]) => fc.oneof(fc.constant('all' as const), fc.subarray(of, { minLength: 1 }))
const openings = fc.record<Opening>({
  items: names(['a', 'b', 'c']),
  fields: names(['temperature', 'power', 'cycles']),
  granularity: fc.constantFrom('raw', 'kpi'),
  delayMinutes: fc.constantFrom(0, 5, 60),
  fromMs: fc.integer({ min: 0, max: 8 }),
  untilMs: fc.integer({ min: 9, max: 16 }),
})

/** Every single question that an opening might answer; `x` stands for whatever nobody named. */
function* questions() {
  for (const item of ['a', 'b', 'c', 'x'])
    for (const field of ['temperature', 'power', 'cycles', 'x'])
      for (const granularity of ['raw', 'kpi'] as const)
        for (const ageMinutes of [0, 5, 60]) for (let ms = 0; ms <= 16; ms++) yield { item, field, granularity, ageMinutes, ms }
}
type Question = ReturnType<typeof questions> extends Generator<infer Q> ? Q : never

const answers = (o: Opening, q: Question): boolean =>
  (o.items === 'all' || o.items.includes(q.item)) &&
  (o.fields === 'all' || o.fields.includes(q.field)) &&
  (o.granularity === 'raw' || q.granularity === 'kpi') &&
  q.ageMinutes >= o.delayMinutes &&
  q.ms >= o.fromMs &&
  q.ms < o.untilMs

test('property: whatever the merged opening shows, one of the agreements shows', () => {
  fc.assert(
    fc.property(fc.array(openings, { minLength: 1, maxLength: 5 }), (given) => {
      const merged = mergeOpenings(given as [Opening, ...Opening[]])
      for (const question of questions())
        if (answers(merged, question))
          assert.ok(
            given.some((o) => answers(o, question)),
            JSON.stringify({ question, merged }),
          )
    }),
    { numRuns: 500 },
  )
})

test('property: a further agreement that opens everything opens everything', () => {
  fc.assert(
    fc.property(fc.array(openings, { maxLength: 4 }), fc.nat(4), (given, position) => {
      const everything: Opening = { items: 'all', fields: 'all', granularity: 'raw', delayMinutes: 0, fromMs: 0, untilMs: 16 }
      const merged = mergeOpenings(given.toSpliced(position, 0, everything) as [Opening, ...Opening[]])
      assert.deepEqual({ ...merged }, everything)
    }),
  )
})
