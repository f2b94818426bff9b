import assert from 'node:assert/strict'
import { test } from 'node:test'
import { notStoredReason } from './ingest-state.ts'

test('why values are not stored is told as an operator must know it', () => {
  const reasons = [
    new Error('ClickHouse: Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)'),
    new Error('write failed: No space left on device'),
    new TypeError('fetch failed'),
    new Error('connect ECONNREFUSED 127.0.0.1:8123'),
    new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
    new Error('ClickHouse: Code: 60. DB::Exception: Table does not exist'),
  ].map(notStoredReason)
  assert.deepEqual(reasons, ['diskFull', 'diskFull', 'storeAway', 'storeAway', 'storeSilent', 'storeRefuses'])
})
