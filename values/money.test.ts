import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimal } from './decimal.ts'
import { lineAmount, readMoney, taxOn, writeMoney } from './money.ts'

test('money is read and written to the minor unit', () => {
  for (const [currency, amount, minor] of [
    ['CNY', '1234.50', 123450n],
    ['CNY', '-0.05', -5n],
    ['CNY', '0.00', 0n],
    ['JPY', '1200', 1200n],
  ] as const) {
    assert.equal(readMoney({ currency, amount }), minor)
    assert.deepEqual(writeMoney(currency, minor), { currency, amount })
  }
  assert.throws(() => readMoney({ currency: 'JPY', amount: '1.5' }), /JPY/)
})

test('a line is rounded once, its tax once more', () => {
  // 0.123456 × 1000.5 = 123.517728
  assert.equal(lineAmount('CNY', decimal('0.123456'), decimal('1000.5')), 12352n)
  assert.equal(lineAmount('JPY', decimal('0.5'), decimal('1')), 1n)
  assert.equal(taxOn(12352n, decimal('0.13')), 1606n)
  assert.equal(taxOn(-12352n, decimal('0.13')), -1606n)
})
