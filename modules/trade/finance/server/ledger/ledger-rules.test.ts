import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chartTemplate, postingTemplate } from './chart-template.ts'
import { inRed, isBalanced, nextPeriod, parentCode, postingDay } from './ledger-rules.ts'

test('a voucher is balanced where each line stands on one side and both sides are equal', () => {
  const on = (debit: bigint, credit: bigint) => ({ debit, credit })
  assert.ok(isBalanced([on(5n, 0n), on(0n, 3n), on(0n, 2n)]))
  assert.ok(isBalanced(inRed([on(5n, 0n), on(0n, 5n)])))
  assert.ok(isBalanced([on(5n, 0n), on(-5n, 0n)]), 'moved on one side')
  for (const wrong of [[], [on(0n, 0n)], [on(5n, 0n), on(0n, 4n)], [on(5n, 5n), on(0n, 0n)]]) assert.ok(!isBalanced(wrong))
})

test('what belongs to a closed month goes to the first open day after it', () => {
  const closed = new Set(['2026-11', '2026-12'])
  assert.equal(postingDay('2026-10-31', closed), '2026-10-31')
  assert.equal(postingDay('2026-11-30', closed), '2027-01-01')
  assert.equal(nextPeriod('2026-12'), '2027-01')
})

test('the template is a tree: every account stands below one of it, of the same kind, and what is posted to has none below it', () => {
  const byCode = new Map(chartTemplate.map((account) => [account.code, account]))
  assert.equal(byCode.size, chartTemplate.length)
  for (const { code, kind } of chartTemplate) {
    const above = parentCode(code)
    if (above !== undefined) assert.equal(byCode.get(above)?.kind, kind, code)
  }
  for (const code of Object.values(postingTemplate)) {
    assert.ok(byCode.has(code), code)
    assert.ok(!chartTemplate.some((account) => account.code.startsWith(`${code}.`)), code)
  }
})
