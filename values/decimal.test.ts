import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  DecimalText,
  decimal,
  divide,
  divideRounded,
  fractionToPercent,
  groupDigits,
  MAX_DECIMAL,
  multiply,
  PositiveText,
  percentToFraction,
  readDecimal,
  roundPercent,
  sumOf,
  writeDecimal,
  writePercent,
} from './decimal.ts'

test('every decimal is written and read back as itself', () => {
  fc.assert(
    fc.property(fc.bigInt(-MAX_DECIMAL, MAX_DECIMAL), (value) => {
      assert.equal(decimal(writeDecimal(value)), value)
    }),
  )
})

test('what is no plain decimal is refused', () => {
  for (const text of ['', ' ', '1e3', '1,000', '.5', '5.', '+1', '0.0000001', '1234567890123', 'NaN', '１', '--1'])
    assert.equal(readDecimal(text), undefined, text)
  assert.equal(DecimalText.parse(' 012.500 '), '12.5')
  assert.equal(DecimalText.parse('-0'), '0')
  for (const text of ['0', '-1']) assert.equal(PositiveText.safeParse(text).success, false)
})

test('halves are rounded away from zero', () => {
  assert.deepEqual(
    [5n, -5n, 4n, -4n, 15n].map((value) => divideRounded(value, 10n)),
    [1n, -1n, 0n, 0n, 2n],
  )
  assert.equal(writeDecimal(multiply(decimal('0.333333'), decimal('3'))), '0.999999')
  assert.equal(writeDecimal(divide(decimal('1'), decimal('-3'))), '-0.333333')
  assert.equal(writeDecimal(sumOf([decimal('0.1'), decimal('0.2')])), '0.3')
})

test('digits are grouped before the point alone, and a fraction is written as percent exactly', () => {
  assert.deepEqual(['1234567.5', '-1234.56', '0.123456', '100', '-100', '1000'].map(groupDigits), [
    '1,234,567.5',
    '-1,234.56',
    '0.123456',
    '100',
    '-100',
    '1,000',
  ])
  assert.deepEqual(['0.13', '0.005', '0', '1', '0.000001'].map(writePercent), ['13%', '0.5%', '0%', '100%', '0.0001%'])
  assert.deepEqual(['0.666667', '0.5', '1', '0.0004'].map(roundPercent), ['66.7%', '50%', '100%', '0%'])
  assert.deepEqual(['13', '100', ' 0.5 ', '', 'x'].map(percentToFraction), ['0.13', '1', '0.005', '0', '0'])
  assert.deepEqual(['0.13', '1', '0.005'].map(fractionToPercent), ['13', '100', '0.5'])
})
