import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { OrganisationKind, RelationKind, type SizeRule } from '../contract.ts'
import { mayServe, overlaps, relationState } from './relation-rules.ts'
import { sizeClassOf } from './size-rules.ts'

const rule = (sizeClass: SizeRule['sizeClass'], minEmployees: number, minRevenueWan: number, validFrom = '2017-12-28'): SizeRule => ({
  sector: 'industry',
  sizeClass,
  minEmployees,
  minRevenueWan,
  validFrom,
  source: '国统字〔2017〕213号',
})
const rules = [rule('large', 1000, 40_000), rule('medium', 300, 2_000), rule('small', 20, 300)]

test('size class: both thresholds must be met, else one class lower (国统字〔2017〕213号, industry)', () => {
  const table: [number, number, string][] = [
    [1000, 40_000, 'large'],
    [999, 40_000, 'medium'],
    [1000, 39_999, 'medium'],
    [5000, 1_999, 'small'],
    [299, 90_000, 'small'],
    [20, 300, 'small'],
    [19, 90_000, 'micro'],
    [9000, 299, 'micro'],
    [0, 0, 'micro'],
  ]
  for (const [employees, revenueWan, expected] of table)
    assert.equal(
      sizeClassOf(rules, { sector: 'industry', employees, revenueWan, validFrom: '2026-01-01' }),
      expected,
      `${employees} ${revenueWan}`,
    )
})

test('size class: thresholds hold from their date on; before the first and for another sector there are none', () => {
  const later = [...rules, rule('large', 500, 40_000, '2027-01-01')]
  const facts = { sector: 'industry', employees: 600, revenueWan: 50_000 }
  assert.equal(sizeClassOf(later, { ...facts, validFrom: '2026-12-31' }), 'medium')
  assert.equal(sizeClassOf(later, { ...facts, validFrom: '2027-01-01' }), 'large')
  assert.equal(sizeClassOf(rules, { ...facts, validFrom: '2017-12-27' }), undefined)
  assert.equal(sizeClassOf(rules, { ...facts, sector: 'retail', validFrom: '2026-01-01' }), undefined)
})

test('more people or more revenue never make an enterprise smaller', () => {
  const order = ['micro', 'small', 'medium', 'large']
  const rank = (employees: number, revenueWan: number) =>
    order.indexOf(sizeClassOf(rules, { sector: 'industry', employees, revenueWan, validFrom: '2026-01-01' }) ?? '')
  const number = fc.integer({ min: 0, max: 100_000 })
  fc.assert(fc.property(number, number, number, number, (e, r, de, dr) => rank(e + de, r + dr) >= rank(e, r)))
})

test('a relation’s state on a day', () => {
  const today = '2026-11-22'
  const state = (confirmed: boolean, since: string, until: string | null) => relationState({ confirmed, since, until }, today)
  assert.deepEqual(
    [
      state(false, '2026-01-01', null),
      state(false, '2026-01-01', '2026-11-22'),
      state(true, '2026-11-23', null),
      state(true, '2026-11-22', null),
      state(true, '2026-01-01', '2026-11-22'),
      state(true, '2026-01-01', '2026-11-21'),
    ],
    ['proposed', 'declined', 'upcoming', 'active', 'active', 'ended'],
  )
})

test('who may serve whom', () => {
  const table = RelationKind.options.map((kind) => [kind, OrganisationKind.options.filter((servant) => mayServe(kind, servant))])
  assert.deepEqual(Object.fromEntries(table), {
    supply: OrganisationKind.options,
    finance: ['funder'],
    platform: ['operator'],
    assessment: ['assessor'],
  })
})

test('periods overlap when they share a day', () => {
  const period = (since: string, until: string | null) => ({ since, until })
  const table: [ReturnType<typeof period>, ReturnType<typeof period>, boolean][] = [
    [period('2026-01-01', '2026-01-31'), period('2026-01-31', null), true],
    [period('2026-01-01', '2026-01-30'), period('2026-01-31', null), false],
    [period('2026-02-01', null), period('2026-01-01', null), true],
  ]
  for (const [a, b, expected] of table) assert.deepEqual([overlaps(a, b), overlaps(b, a)], [expected, expected])
})
