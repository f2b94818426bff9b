import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allowedBelow, levels } from './levels.ts'

test('every pair of levels is decided, and a child always lies deeper than its parent', () => {
  const table = Object.fromEntries([null, ...levels].map((parent) => [parent ?? 'nothing', allowedBelow(parent).join(' ')]))
  assert.deepEqual(table, {
    nothing: 'enterprise',
    enterprise: 'site',
    site: 'workshop line cell equipment',
    workshop: 'line cell equipment',
    line: 'cell equipment',
    cell: 'equipment',
    equipment: '',
  })
  for (const parent of levels)
    for (const child of allowedBelow(parent)) assert.ok(levels.indexOf(child) > levels.indexOf(parent), `${child} below ${parent}`)
})
