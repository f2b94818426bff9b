import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { type Column, encodeNative } from '#kernel/clickhouse-native.ts'
import { freePort } from '../ports.ts'
import { type EmbeddedClickHouse, startClickHouse } from './start.ts'

const user = 'front'
const password = 'a:b ü'
const dir = mkdtempSync(join(tmpdir(), 'lianshu-clickhouse-'))
let front: EmbeddedClickHouse
let client: ClickHouseClient
let origin: string

before(async () => {
  front = await startClickHouse({ path: dir, port: await freePort(), user, password })
  origin = new URL(front.url).origin
  client = createClient({
    url: origin,
    username: user,
    password,
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
  })
  await client.command({ query: 'CREATE DATABASE shop' })
})

after(async () => {
  await client?.close()
  await front?.stop()
  rmSync(dir, { recursive: true, force: true })
})

const headers = { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': encodeURIComponent('') }
const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

async function post(search: Record<string, string>, body: string | Uint8Array<ArrayBuffer> = '', more: Record<string, string> = {}) {
  const answer = await fetch(`${origin}/?${new URLSearchParams(search)}`, { method: 'POST', headers: { authorization, ...more }, body })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}

const insert = (table: string, columns: Column[], rows: number, search: Record<string, string> = {}) =>
  post({ query: `INSERT INTO ${table} FORMAT Native`, ...search }, encodeNative(columns, rows))

const rowsOf = async <Row>(query: string, query_params: Record<string, unknown> = {}) =>
  (await client.query({ query, query_params, format: 'JSONEachRow' })).json<Row>()

const makeTable = (name: string, columns = 'a UInt32, s String') =>
  client.command({
    query: `CREATE TABLE shop.${name} (${columns}) ENGINE = MergeTree ORDER BY tuple() SETTINGS non_replicated_deduplication_window = 100`,
  })

const nasty = [
  'two\n\nlines',
  '0A 0A: \x0a\x0a',
  "it's \\' ; DROP TABLE shop.nasty; --",
  'INTO OUTFILE \'/tmp/x\' FROM INFILE file("/etc/passwd")',
  'SELECT 1\n\nSELECT 2',
  '\u0000\u0001\t"`{a:String}$$',
  '中文 🏭',
  '',
]

test('ping needs no password, everything else does', async () => {
  assert.deepEqual(await (await fetch(`${origin}/ping`)).text(), 'Ok.\n')
  assert.deepEqual(await client.ping(), { success: true })
  const url = `${origin}/?query=SELECT%201`
  assert.equal((await fetch(url)).status, 401)
  assert.equal((await fetch(url, { headers: { ...headers, 'X-ClickHouse-Key': 'wrong' } })).status, 403)
  assert.equal((await fetch(url, { headers: { 'X-ClickHouse-User': 'other', 'X-ClickHouse-Key': 'a:b' } })).status, 403)
  assert.equal((await fetch(`${url}&user=${user}&password=x`)).status, 401)
  assert.equal((await fetch(url, { headers: { authorization } })).status, 200)
  const stranger = createClient({ url: origin, username: user, password: 'no', log: { level: ClickHouseLogLevel.OFF } })
  await assert.rejects(stranger.query({ query: 'SELECT 1' }), { code: '516', type: 'AUTHENTICATION_FAILED' })
  await stranger.close()
})

test('query parameters are bound, whatever they hold', async () => {
  for (const text of nasty.filter((one) => !one.includes('\0'))) {
    assert.deepEqual(await rowsOf('SELECT {text:String} AS text', { text }), [{ text }])
  }
  const [row] = await rowsOf(
    "SELECT {n:UInt64} AS n, {l:Array(String)} AS l, {d:DateTime64(3, 'UTC')} AS d, {none:Nullable(String)} AS none LIMIT {one:UInt8}",
    {
      n: 2n ** 63n,
      l: ["it's", 'a\n\nb'],
      d: new Date('2026-11-23T01:02:03.004Z'),
      none: null,
      one: 1,
    },
  )
  assert.deepEqual(row, { n: '9223372036854775808', l: ["it's", 'a\n\nb'], d: '2026-11-23 01:02:03.004', none: null })
  await assert.rejects(rowsOf('SELECT {missing:String}'), { code: '456' })
  assert.deepEqual(await rowsOf('SELECT {text:String} AS text', { text: 'set before' }), [{ text: 'set before' }])
  await assert.rejects(rowsOf('SELECT {text:String}'), { code: '456' }, 'a value of the request before is never used')
  await assert.rejects(rowsOf('SELECT {n:UInt8}', { n: 'x' }), { code: '457' })
  const many = Array.from({ length: 3_000 }, (_, i) => i)
  const form = await client.query({
    query: 'SELECT length({many:Array(UInt32)}) AS n',
    query_params: { many },
    format: 'JSONEachRow',
    use_multipart_params: true,
  })
  assert.deepEqual(await form.json(), [{ n: '3000' }])
  assert.deepEqual(await rowsOf('SELECT length({many:Array(UInt32)}) AS n', { many }), [{ n: '3000' }])
})

test('parameters and settings of parallel requests do not mix', async () => {
  await Promise.all(
    Array.from({ length: 120 }, async (_, i) => {
      const answer = await client.query({
        query: "SELECT {mine:String} AS mine, getSetting('max_block_size') AS size, currentDatabase() AS db FROM numbers(1000) LIMIT 1",
        query_params: { mine: `value ${i}` },
        format: 'JSONEachRow',
        clickhouse_settings: i % 2 ? { max_block_size: String(1000 + i) } : {},
      })
      const [row] = await answer.json<{ mine: string; size: string; db: string }>()
      assert.deepEqual({ ...row, size: String(row?.size) }, { mine: `value ${i}`, size: i % 2 ? String(1000 + i) : '65409', db: 'default' })
    }),
  )
  assert.equal((await post({ query: 'SELECT currentDatabase()', database: 'shop' })).text, 'shop\n')
  assert.equal((await post({ query: 'SELECT currentDatabase()' })).text, 'default\n')
})

test('errors arrive as the client knows them', async () => {
  await assert.rejects(rowsOf('SELECT * FROM shop.nothing'), { name: 'Error', code: '60', type: 'UNKNOWN_TABLE' })
  await assert.rejects(rowsOf('SELEC 1'), { code: '48' })
  await assert.rejects(rowsOf('SELECT 1 + ('), { code: '62', type: 'SYNTAX_ERROR' })
  await assert.rejects(rowsOf('SELECT 1; SELECT 2'), { code: '62' })
  assert.equal((await post({ query: 'SELECT 1', database: 'nowhere' })).status, 404)
  assert.equal((await post({ query: 'SELECT 1', no_such_setting: '1' })).status, 404)
  assert.equal((await post({ query: 'SELECT 1', session_id: 'x' })).status, 400)
  assert.equal((await post({ query: 'SELECT 1' }, 'a body')).status, 400)
  assert.equal((await post({ query: 'INSERT INTO shop.t VALUES (1)' })).status, 400)
  const failed = await post({ query: 'SELECT * FROM shop.nothing', query_id: 'q-1' })
  assert.match(failed.text, /^Code: 60\. DB::Exception: .*\(UNKNOWN_TABLE\)\n$/)
  assert.equal(failed.headers.get('x-clickhouse-exception-code'), '60')
  assert.equal(failed.headers.get('x-clickhouse-query-id'), 'q-1')
})

test('formats', async () => {
  const query = 'SELECT number AS n, toString(number) AS s FROM numbers(3)'
  assert.equal((await post({ query })).text, '0\t0\n1\t1\n2\t2\n')
  assert.equal((await post({ query, default_format: 'JSONCompactEachRow' })).text, '[0, "0"]\n[1, "1"]\n[2, "2"]\n')
  const json = await (await client.query({ query, format: 'JSON' })).json<{ n: string }>()
  assert.equal(json.rows, 3)
  for (const format of ['Native', 'RowBinary', 'Parquet', 'CSVWithNames', 'JSONCompact']) {
    const answer = await fetch(`${origin}/?${new URLSearchParams({ query: `${query} FORMAT ${format}` })}`, { headers: { authorization } })
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('x-clickhouse-format'), format)
    const bytes = Buffer.from(await answer.arrayBuffer())
    if (format === 'Parquet') assert.equal(bytes.subarray(-4).toString(), 'PAR1')
    if (format === 'RowBinary') assert.equal(bytes.length, 3 * (8 + 2))
  }
})

test('JSONEachRow rows arrive as sent', async () => {
  await makeTable(
    'json',
    "a UInt64, s String, at DateTime64(3, 'UTC'), n Nullable(Float64), k LowCardinality(String) DEFAULT 'none', l Array(String), e Enum8('on' = 1, 'off' = 2)",
  )
  const values = nasty.map((s, i) => ({
    a: String(2n ** 60n + BigInt(i)),
    s,
    at: '2026-11-23T00:00:00.123Z',
    n: i % 2 ? null : i / 3,
    l: [s],
    e: 'off',
  }))
  await client.insert({ table: 'shop.json', values, format: 'JSONEachRow' })
  const back = await rowsOf('SELECT * FROM shop.json ORDER BY a')
  assert.deepEqual(
    back,
    values.map((value) => ({ ...value, at: '2026-11-23 00:00:00.123', k: 'none' })),
  )
  await assert.rejects(client.insert({ table: 'shop.json', values: [{ nope: 1 }], format: 'JSONEachRow' }), { code: '117' })
  await assert.rejects(client.insert({ table: 'shop.missing', values: [{ a: 1 }], format: 'JSONEachRow' }), { code: '60' })
  await client.command({ query: 'ALTER TABLE shop.json ADD COLUMN z UInt8' })
  await client.insert({ table: 'shop.json', values: [{ a: 1, z: 7 }], format: 'JSONEachRow' })
  assert.deepEqual(await rowsOf('SELECT z, k FROM shop.json WHERE a = 1'), [{ z: 7, k: 'none' }])
})

test('Native rows arrive as sent, byte for byte', async () => {
  await makeTable(
    'nasty',
    "a UInt32, s String, f FixedString(4), at DateTime64(3, 'UTC'), us DateTime64(6, 'UTC'), odd DateTime64(4, 'UTC'), d DateTime('UTC'), b Bool, n Nullable(Int64), e Enum8('on' = 5, 'off' = 2)",
  )
  const bytes = [...nasty.map((text) => Buffer.from(text)), Buffer.from([0, 255, 10, 10, 13, 10, 10, 39])]
  const rows = bytes.length
  const at = 1_700_000_000_123
  const columns: Column[] = [
    { name: 's', type: 'String', values: bytes },
    { name: 'a', type: 'UInt32', values: bytes.map((_, i) => 0x0a0a0a0a + i) },
    { name: 'f', type: 'FixedString(4)', values: bytes.map(() => '\n\n\n\n') },
    { name: 'at', type: "DateTime64(3, 'Asia/Shanghai')", values: bytes.map(() => at) },
    { name: 'us', type: 'DateTime64(6)', values: bytes.map(() => at * 1000 + 456) },
    { name: 'odd', type: 'DateTime64(4)', values: bytes.map(() => at * 10 + 4) },
    { name: 'd', type: 'DateTime', values: bytes.map(() => Math.floor(at / 1000)) },
    { name: 'b', type: 'Bool', values: bytes.map((_, i) => i % 2 === 0) },
    { name: 'n', type: 'Nullable(Int64)', values: bytes.map((_, i) => (i % 2 ? null : -(2n ** 63n))) },
    { name: 'e', type: "Enum8('off' = 7, 'on' = 8)", values: bytes.map(() => 'on') },
  ]
  const done = await insert('shop.nasty', columns, rows)
  assert.deepEqual([done.status, done.text], [200, ''])
  assert.equal(JSON.parse(done.headers.get('x-clickhouse-summary') ?? '{}').written_rows, String(rows))
  const back = await rowsOf<{ a: number; s: string }>(
    'SELECT a, hex(s) AS s, hex(f) AS f, toUnixTimestamp64Milli(at) AS at, toUnixTimestamp64Micro(us) AS us, toString(odd) AS odd, toUnixTimestamp(d) AS d, b, n, e FROM shop.nasty ORDER BY a',
  )
  assert.deepEqual(
    back,
    bytes.map((value, i) => ({
      a: 0x0a0a0a0a + i,
      s: value.toString('hex').toUpperCase(),
      f: '0A0A0A0A',
      at: String(at),
      us: String(at * 1000 + 456),
      odd: '2023-11-14 22:13:20.1234',
      d: Math.floor(at / 1000),
      b: i % 2 === 0,
      n: i % 2 ? null : '-9223372036854775808',
      e: 'on',
    })),
  )
})

test('a body that is no Native block stores nothing', async () => {
  await makeTable('strict')
  const good = encodeNative([{ name: 'a', type: 'UInt32', values: [1, 2] }], 2)
  for (const body of [
    good.subarray(0, good.length - 1),
    Buffer.from('a,b\n\nDROP TABLE shop.strict'),
    encodeNative([{ name: 'x', type: 'UInt32', values: [1] }], 1),
  ]) {
    const { status } = await post({ query: 'INSERT INTO shop.strict FORMAT Native' }, new Uint8Array(body))
    assert.ok(status === 400 || status === 404, String(status))
  }
  assert.equal((await post({ query: 'INSERT INTO shop.strict FORMAT CSV' }, '1,a\n')).status, 400)
  assert.equal((await post({ query: 'INSERT INTO shop.strict (s) FORMAT Native' }, good)).status, 400)
  assert.equal(
    (await post({ query: 'INSERT INTO shop.strict FORMAT Native' }, new Uint8Array(gzipSync(good)), { 'content-encoding': 'gzip' })).status,
    200,
  )
  assert.equal((await post({ query: 'INSERT INTO strict FORMAT Native', database: 'shop' }, good)).status, 200)
  assert.equal((await post({ query: 'INSERT INTO shop.strict FORMAT Native' })).status, 200)
  assert.deepEqual(await rowsOf('SELECT count() AS n FROM shop.strict'), [{ n: '4' }])
  await client.command({
    query: 'INSERT INTO shop.strict SELECT number, toString(number) FROM numbers({n:UInt32})',
    query_params: { n: 5 },
  })
  assert.deepEqual(await rowsOf('SELECT count() AS n FROM shop.strict'), [{ n: '9' }])
})

test('the same token twice is stored once, also for a large block', async () => {
  await makeTable('once')
  const block = (rows: number, from: number): Column[] => [
    { name: 'a', type: 'UInt32', values: Uint32Array.from({ length: rows }, (_, i) => from + i) },
  ]
  for (const [token, rows, from] of [
    ['t-1', 3, 0],
    ['t-1', 3, 0],
    ["t-2'; --", 200_000, 10],
    ["t-2'; --", 200_000, 10],
    ['t-3', 3, 0],
  ] as const) {
    assert.equal((await insert('shop.once', block(rows, from), rows, { insert_deduplication_token: token })).status, 200)
  }
  assert.deepEqual(await rowsOf('SELECT count() AS n FROM shop.once'), [{ n: '200006' }])
})

test('ways out of the database are refused', async () => {
  const refused = [
    "SELECT file('/etc/hostname')",
    "SELECT * FROM file('/etc/hostname', 'LineAsString')",
    "SELECT * FROM '/etc/hostname'",
    'SELECT * FROM `/etc/hostname`',
    "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
    "SELECT * FROM s3('http://127.0.0.1:1/bucket/key', 'TSV', 'a String')",
    "SELECT * FROM remote('127.0.0.1:1', 'shop', 't')",
    "SELECT * FROM postgresql('127.0.0.1:1', 'd', 't', 'u', 'p')",
    "SELECT * FROM mysql('127.0.0.1:1', 'd', 't', 'u', 'p')",
    "SELECT * FROM sqlite('/tmp/a', 'b')",
    "SELECT * FROM filesystem('/etc')",
    "SELECT * FROM executable('ls', 'TSV', 'a String')",
    "SELECT 1 INTO OUTFILE '/tmp/lianshu-outfile'",
    "INSERT INTO shop.strict FROM INFILE '/etc/passwd' FORMAT TSV",
    "INSERT INTO FUNCTION file('/tmp/lianshu-outfile', 'TSV', 'a UInt32') SELECT 1",
    "CREATE TABLE shop.f (a String) ENGINE = File('TSV', '/etc/passwd')",
    "CREATE TABLE shop.u (a String) ENGINE = URL('http://127.0.0.1:1/', 'TSV')",
    "CREATE DATABASE fs ENGINE = Filesystem('/etc')",
    "CREATE TABLE shop.m (a String) ENGINE = MySQL('127.0.0.1:1', 'd', 't', 'u', 'p')",
    "CREATE DICTIONARY shop.d (a UInt64) PRIMARY KEY a SOURCE(HTTP(url 'http://127.0.0.1:1/' format 'TSV')) LAYOUT(FLAT()) LIFETIME(0)",
    'CREATE FUNCTION f AS (a) -> a',
    'SET readonly = 0',
    'SYSTEM SHUTDOWN',
    "BACKUP TABLE shop.strict TO File('/tmp/lianshu-backup')",
    'CREATE USER u',
    'SELECT 1; DROP TABLE shop.strict',
    'ALTER TABLE shop.strict FREEZE',
  ]
  for (const query of refused) {
    const { status, text } = await post({ query })
    assert.ok([400, 403].includes(status), `${query}: ${status} ${text}`)
    assert.match(text, /^Code: (497|48|62|36|1)\./, query)
  }
  const indirect = ['SELECT * FROM {t:Identifier}', "SELECT * FROM url({t:String}, 'TSV')"]
  for (const query of indirect) assert.notEqual((await post({ query, param_t: '/etc/hostname' })).status, 200, query)
})

test('what reads cannot write', async () => {
  assert.equal((await post({ query: 'WITH 1 AS a INSERT INTO shop.strict SELECT a, 1' })).status >= 400, true)
  assert.equal((await post({ query: 'SELECT 1', readonly: '0' })).status, 400)
  const get = await fetch(`${origin}/?${new URLSearchParams({ query: 'DROP TABLE shop.strict' })}`, { headers: { authorization } })
  assert.equal(get.status, 403)
})

const endless = 'SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 1'
const runningQueries = async () =>
  (
    await rowsOf<{ n: string }>(
      "SELECT count() AS n FROM system.processes WHERE query LIKE '%sipHash64(number) = 1%' AND query NOT LIKE '%processes%'",
    )
  )[0]!.n

test('time has an end: of the query, of its sender', async () => {
  await assert.rejects(client.query({ query: endless, clickhouse_settings: { max_execution_time: 1 } }), { code: '159' })
  assert.equal((await post({ query: 'SELECT 1', max_execution_time: '0' })).status >= 400, true, 'no query without an end')
  const leaving = new AbortController()
  const lost = client.query({ query: endless, abort_signal: leaving.signal }).catch((error: unknown) => error)
  await sleep(300)
  assert.equal(await runningQueries(), '1')
  leaving.abort()
  await lost
  for (let i = 0; i < 50 && (await runningQueries()) !== '0'; i++) await sleep(100)
  assert.equal(await runningQueries(), '0')
})

test('no answer holds a row of a statement that failed before it', async () => {
  const failing = [
    'SELECT number, throwIf(number = 300000) FROM numbers(1000000)',
    'SELECT number FROM numbers(1000000000000) WHERE number % 100000 = 0',
  ]
  for (const default_format of ['JSON', 'JSONEachRow', 'TabSeparated', 'Native']) {
    for (const query of failing) assert.notEqual((await post({ query, default_format, max_execution_time: '0.3' })).status, 200)
    for (let i = 0; i < 6; i++) assert.equal((await post({ query: 'SELECT 42' })).text, '42\n')
  }
  const leaving = new AbortController()
  const given = Array.from({ length: 3 }, () => client.query({ query: endless, abort_signal: leaving.signal }).catch(() => undefined))
  await sleep(300)
  leaving.abort()
  await Promise.all(given)
  const after = await Promise.all(Array.from({ length: 9 }, () => post({ query: 'SELECT 42' })))
  assert.deepEqual(new Set(after.map(({ text }) => text)), new Set(['42\n']))
})

test('small questions are answered beside a long one, and reads beside writes', async () => {
  await makeTable('busy')
  const leaving = new AbortController()
  const long = client.query({ query: endless, abort_signal: leaving.signal }).catch((error: unknown) => error)
  await sleep(100)
  const startedAt = performance.now()
  assert.deepEqual(await rowsOf('SELECT 1 AS one'), [{ one: 1 }])
  assert.ok(performance.now() - startedAt < 2_000)
  leaving.abort()
  await long
  const writing = Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      insert('shop.busy', [{ name: 'a', type: 'UInt32', values: Uint32Array.from({ length: 5_000 }, (_, j) => i * 5_000 + j) }], 5_000),
    ),
  )
  const counts = await Promise.all(Array.from({ length: 30 }, () => rowsOf<{ n: string }>('SELECT count() AS n FROM shop.busy')))
  for (const [count] of counts) assert.equal(Number(count!.n) % 5_000, 0, 'an insert is seen whole or not at all')
  for (const { status } of await writing) assert.equal(status, 200)
  assert.deepEqual(await rowsOf('SELECT count() AS n, uniqExact(a) AS u FROM shop.busy'), [{ n: '100000', u: '100000' }])
})

test('a result has a largest size', async () => {
  await assert.rejects(rowsOf('SELECT number, randomPrintableASCII(1000) AS s FROM numbers(10000000)'), { code: '396' })
})
