import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from './failure.ts'
import { jsonColumns, parseJsonRows } from './json-rows.ts'

const refused = (run: () => unknown, code = 117) => assert.throws(run, (error) => error instanceof Failure && error.code === code)

test('lines and an array are the same rows', () => {
  const rows = [{ a: 1 }, { a: 2 }]
  assert.deepEqual(parseJsonRows('{"a":1}\n\n{"a":2}\n', 10), rows)
  assert.deepEqual(parseJsonRows('[{"a":1},{"a":2}]', 10), rows)
  assert.deepEqual(parseJsonRows('', 10), [])
  refused(() => parseJsonRows('{"a":1}\n{"a":', 10))
  refused(() => parseJsonRows('[1]', 10))
  refused(() => parseJsonRows('{"a":1}\n{"a":2}', 1))
})

test('columns by the types of the table', () => {
  const columns = jsonColumns(
    [
      { n: 1, big: '18446744073709551615', f: 'nan', s: 'x\n\ny', at: '2026-11-23 00:00:00.123', list: ['it', "it's"] },
      { n: null, f: 2.5, at: 1700000000123, s: 5 },
    ],
    [
      { name: 'n', type: 'Int16' },
      { name: 'big', type: 'UInt64' },
      { name: 'f', type: 'Float64' },
      { name: 's', type: 'LowCardinality(String)' },
      { name: 'at', type: "DateTime64(3, 'UTC')" },
      { name: 'list', type: 'Array(String)' },
      { name: 'unused', type: 'UInt8' },
    ],
  )
  assert.deepEqual(
    columns.map(({ column: { name, type, values }, expression }) => [name, type, values, expression]),
    [
      ['n', 'Nullable(Int16)', [1n, null], '`n`'],
      ['big', 'Nullable(UInt64)', [18446744073709551615n, null], '`big`'],
      ['f', 'Nullable(Float64)', [Number.NaN, 2.5], '`f`'],
      ['s', 'Nullable(String)', ['x\n\ny', '5'], '`s`'],
      ['at', 'Nullable(String)', ['2026-11-23 00:00:00.123', '1700000000.123'], "CAST(`at`, 'Nullable(DateTime64(3, \\'UTC\\'))')"],
      ['list', 'Nullable(String)', ["['it','it\\'s']", '[]'], "CAST(`list`, 'Array(String)')"],
    ],
  )
})

test('what does not fit its column is refused with its row', () => {
  const table = [
    { name: 'n', type: 'Int8' },
    { name: 'big', type: 'Int64' },
    { name: 'm', type: 'Map(String, String)' },
    { name: 's', type: 'String' },
  ]
  const one = (row: Record<string, unknown>) => () => jsonColumns([row], table)
  for (const row of [{ n: 128 }, { n: 1.5 }, { n: 'x' }, { n: {} }, { big: 2 ** 53 }, { s: {} }, { other: 1 }]) refused(one(row))
  refused(one({ m: {} }), 48)
})
