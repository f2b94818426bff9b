import assert from 'node:assert/strict'
import { test } from 'node:test'
import { creditCodeCheck, isCreditCode } from './credit-code.ts'

test('real codes pass: Huawei, Alibaba (China), Tencent Computer', () => {
  for (const code of ['914403001922038216', '91330100799655058B', '9144030071526726XG']) assert.ok(isCreditCode(code), code)
})

test('one changed character, a wrong length and letters outside the alphabet fail', () => {
  const good = '914403001922038216'
  for (let i = 0; i < 18; i++) {
    const changed = good.slice(0, i) + (good[i] === '7' ? '8' : '7') + good.slice(i + 1)
    assert.ok(!isCreditCode(changed), changed)
  }
  for (const bad of ['', '91440300192203821', `${good}0`, '91440300192203821I', '９１４４０３００１９２２０３８２１６'])
    assert.ok(!isCreditCode(bad), bad)
})

test('the check character completes 17 characters', () => {
  assert.equal(creditCodeCheck('91440300192203821'), '6')
})
