import assert from 'node:assert/strict'
import test from 'node:test'
import { gtinWritings, isGtin, sameGtin } from './gtin.ts'

test('a GTIN has its check digit', () => {
  for (const code of ['4006381333931', '96385074', '036000291452', '10614141000415']) assert.ok(isGtin(code), code)
  for (const code of ['4006381333932', '9638507', '69012345678', 'A006381333931']) assert.ok(!isGtin(code), code)
})

test('it is the same with and without its leading zeros', () => {
  assert.ok(sameGtin('036000291452', '0036000291452'), 'GTIN-12 as GTIN-13')
  assert.ok(sameGtin('00036000291452', '036000291452'), 'GTIN-14 as GTIN-12')
  assert.deepEqual(gtinWritings('036000291452'), ['036000291452', '0036000291452', '00036000291452'])
  assert.deepEqual(gtinWritings('96385074'), ['96385074', '000096385074', '0000096385074', '00000096385074'])
})

test('what is no GTIN is only itself', () => {
  assert.ok(!sameGtin('0123', '123'))
  assert.ok(!sameGtin('A036000291452', '036000291452'))
  assert.deepEqual(gtinWritings('YL-CK162'), ['YL-CK162'])
})
