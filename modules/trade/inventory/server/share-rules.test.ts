import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ShareAction, ShareState } from '../chain-contract.ts'
import { nextShareState } from './share-rules.ts'

test('every (state, action, side) of a stock share is decided', () => {
  const table = (side: 'buyer' | 'supplier') =>
    Object.fromEntries(
      ShareState.options.map((state) => [state, ShareAction.options.map((action) => nextShareState(state, action, side) ?? '—').join(' ')]),
    )
  assert.deepEqual(table('buyer'), { requested: '— ended', shared: '— ended', ended: '— —' })
  assert.deepEqual(table('supplier'), { requested: 'shared ended', shared: '— ended', ended: '— —' })
})
