import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { capitalAmount } from './capital-amount.ts'

// The first five stand in the rule itself (支付结算办法, 附件一 四).
test('amounts in capital characters, as the rule writes them', () => {
  for (const [fen, text] of [
    [140950n, '壹仟肆佰零玖元伍角整'],
    [600714n, '陆仟零柒元壹角肆分'],
    [168032n, '壹仟陆佰捌拾元叁角贰分'],
    [1640902n, '壹万陆仟肆佰零玖元零贰分'],
    [32504n, '叁佰贰拾伍元零肆分'],
    [0n, '零元整'],
    [5n, '伍分'],
    [50n, '伍角整'],
    [1000n, '壹拾元整'],
    [10000000n, '壹拾万元整'],
    [10700053n, '壹拾万柒仟元伍角叁分'],
    [100000500n, '壹佰万零伍元整'],
    [10000000100n, '壹亿零壹元整'],
    [1000000010000000n, '壹拾万亿零壹拾万元整'],
    [-123450n, '负壹仟贰佰叁拾肆元伍角整'],
  ] as const)
    assert.equal(capitalAmount(fen), text, String(fen))
})

test('two amounts never read the same', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 13n), fc.bigInt(0n, 10n ** 13n), (a, b) => {
      assert.equal(capitalAmount(a) === capitalAmount(b), a === b)
    }),
  )
})
