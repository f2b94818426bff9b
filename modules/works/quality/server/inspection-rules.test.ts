import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimal } from '#values/decimal.ts'
import { resultOf, verdictProblem } from './inspection-rules.ts'

const verdict = (accepted: string, rejected: string, findings: [string, string][] = [], sampleSize: string | null = null) => ({
  quantity: decimal('100'),
  accepted: decimal(accepted),
  rejected: decimal(rejected),
  sampleSize: sampleSize === null ? null : decimal(sampleSize),
  findings: findings.map(([defectId, quantity]) => ({ defectId, quantity: decimal(quantity) })),
})

test('a decision speaks of the whole lot, says why, and names each defect once', () => {
  const cases: [ReturnType<typeof verdict>, string | undefined][] = [
    [verdict('100', '0'), undefined],
    [verdict('100', '0', [['scratch', '2']], '13'), undefined],
    [verdict('90', '10', [['size', '10']], '100'), undefined],
    [verdict('90', '9', [['size', '9']]), 'sumDiffers'],
    [verdict('101', '0'), 'sumDiffers'],
    [verdict('100', '0', [], '100.000001'), 'sampleTooLarge'],
    [verdict('0', '100'), 'reasonMissing'],
    [
      verdict('0', '100', [
        ['size', '1'],
        ['size', '2'],
      ]),
      'defectTwice',
    ],
    [verdict('0', '100', [['size', '101']]), 'defectTooMany'],
  ]
  for (const [given, problem] of cases) assert.equal(verdictProblem(given), problem)
})

test('accepted, partly, rejected', () => {
  assert.deepEqual([verdict('100', '0'), verdict('1', '99'), verdict('0', '100')].map(resultOf), ['accepted', 'partly', 'rejected'])
})
