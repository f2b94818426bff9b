import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isQualityCode, quality, qualityName, qualityStatus } from './quality.ts'

test('every code of the table has the status its name starts with, and only those are codes', () => {
  for (const [name, code] of Object.entries(quality)) {
    assert.ok(name.startsWith(qualityStatus(code)), name)
    assert.equal(qualityName(code), name)
    assert.ok(isQualityCode(code))
  }
  assert.equal(new Set(Object.values(quality)).size, Object.keys(quality).length)
  for (const wrong of [0x3f, 0xc0, 0xff, -1, 1.5, '0', null]) assert.ok(!isQualityCode(wrong))
})
