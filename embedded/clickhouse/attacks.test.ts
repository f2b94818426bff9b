import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { type Column, encodeNative } from '#kernel/clickhouse-native.ts'
import { freePort } from '../ports.ts'
import { type EmbeddedClickHouse, startClickHouse } from './start.ts'

// Whoever speaks SQL to the front must not get out of the database: to files, addresses, programs, other people's rows in flight.

const CANARY = 'Mirabellenkern-31'
const world = mkdtempSync(join(tmpdir(), 'lianshu-attacks-'))
const outside = join(world, 'outside')
const store = join(world, 'store')
const written = join(world, 'written')
/** Schema and template files that an attacker would like to have read. */
const canaryFile = join(outside, 'canary.txt')
let front: EmbeddedClickHouse
let origin: string
let connections = 0
const listener = createServer((socket) => {
  connections++
  socket.destroy()
})

before(async () => {
  for (const folder of [outside, written]) mkdirSync(folder)
  writeFileSync(canaryFile, `${CANARY}\n`)
  writeFileSync(join(outside, 'schema.proto'), `syntax = "proto3"; message ${CANARY.replace('-', '_')} { uint64 a = 1; }`)
  front = await startClickHouse({ path: store, port: await freePort(), user: 'front', password: 'secret', log: () => undefined })
  origin = new URL(front.url).origin
  listener.listen(0, '127.0.0.1')
  const ready = await post({ query: 'CREATE DATABASE shop' })
  assert.equal(ready.status, 200, ready.text)
  await post({ query: 'CREATE TABLE shop.t (a UInt32, s String) ENGINE = MergeTree ORDER BY a' })
  await post({ query: "INSERT INTO shop.t SELECT number, 'x' FROM numbers(3)" })
})
after(async () => {
  await front?.stop()
  listener.close()
  rmSync(world, { recursive: true, force: true })
})

const authorization = `Basic ${Buffer.from('front:secret').toString('base64')}`

async function post(search: Record<string, string>, body: string | Uint8Array<ArrayBuffer> = '', headers: Record<string, string> = {}) {
  const answer = await fetch(`${origin}/?${new URLSearchParams(search)}`, { method: 'POST', headers: { authorization, ...headers }, body })
  return { status: answer.status, text: await answer.text() }
}

const web = () => `http://127.0.0.1:${(listener.address() as AddressInfo).port}`
const host = () => web().slice('http://'.length)
const out = () => join(written, 'file')

/** Each must be refused. They stand as functions: the listener's port is not known before. */
const attacks: Record<string, () => string[]> = {
  'table functions that read files': () => [
    `SELECT * FROM file('${canaryFile}', 'LineAsString')`,
    `SELECT * FROM file('../../outside/canary.txt', 'LineAsString')`,
    `DESCRIBE TABLE file('${canaryFile}')`,
    `SELECT * FROM fileCluster('default', '${canaryFile}', 'LineAsString')`,
    `SELECT * FROM filesystem('${outside}')`,
    `SELECT * FROM icebergLocal('${outside}')`,
    `SELECT * FROM icebergLocalCluster('default', '${outside}')`,
    `SELECT * FROM deltaLakeLocal('${outside}')`,
    `SELECT * FROM paimonLocal('${outside}')`,
    `SELECT * FROM sqlite('${canaryFile}', 't')`,
    `SELECT * FROM loop(file('${canaryFile}', 'LineAsString')) LIMIT 1`,
    `SELECT * FROM view(SELECT * FROM file('${canaryFile}', 'LineAsString'))`,
    `SELECT * FROM viewIfPermitted(SELECT * FROM file('${canaryFile}', 'LineAsString') ELSE null('a String'))`,
    `SELECT * FROM viewExplain('EXPLAIN', '', (SELECT * FROM file('${canaryFile}', 'LineAsString')))`,
    `EXPLAIN SELECT * FROM file('${canaryFile}', 'LineAsString')`,
    `SELECT * FROM merge('system', 'stack_trace|disks') , file('${canaryFile}', 'LineAsString')`,
    `SELECT * FROM '${canaryFile}'`,
    `SELECT * FROM \`${canaryFile}\``,
    `SELECT * FROM "${canaryFile}"`,
    `SELECT * FROM shop.\`${canaryFile}\``,
  ],
  'scalar functions that read files or run programs': () => [
    `SELECT file('${canaryFile}')`,
    `SELECT FILE('${canaryFile}')`,
    `SELECT \`file\`('${canaryFile}')`,
    `SELECT "file"('${canaryFile}')`,
    `SELECT /**/file/**/(/**/'${canaryFile}')`,
    `SELECT arrayMap(x -> file(x), ['${canaryFile}'])`,
    `WITH '${canaryFile}' AS p SELECT (SELECT file(p))`,
    `SELECT a FROM shop.t WHERE file('${canaryFile}') != ''`,
    `SELECT catboostEvaluate('${canaryFile}', 1)`,
    "SELECT evalMLMethod('m', 1)",
    `SELECT * FROM executable('cat ${canaryFile}', 'LineAsString', 'a String')`,
    `SELECT * FROM eval('SELECT 1')`,
    'SELECT showCertificate()',
    "SELECT aiGenerate('x')",
    "SELECT naiveBayesClassifier('m', 'x')",
    'SELECT regionToName(1)',
    "SELECT dictGet('shop.d', 'a', 1)",
    "SELECT getMacro('x')",
  ],
  addresses: () => [
    `SELECT * FROM url('${web()}', 'LineAsString')`,
    `DESCRIBE TABLE url('${web()}/x.json')`,
    `SELECT * FROM urlCluster('default', '${web()}', 'LineAsString')`,
    `SELECT * FROM s3('${web()}/b/k', 'TSV', 'a String')`,
    `DESC TABLE s3('${web()}/b/k.parquet')`,
    `SELECT * FROM s3Cluster('default', '${web()}/b/k', 'TSV', 'a String')`,
    `SELECT * FROM gcs('${web()}/b/k', 'TSV', 'a String')`,
    `SELECT * FROM oss('${web()}/b/k', 'TSV', 'a String')`,
    `SELECT * FROM cosn('${web()}/b/k', 'TSV', 'a String')`,
    `SELECT * FROM azureBlobStorage('DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=${web()}/a;', 'c', 'b', 'TSV')`,
    `SELECT * FROM hdfs('hdfs://${host()}/x', 'TSV', 'a String')`,
    `SELECT * FROM iceberg('${web()}/b/t')`,
    `SELECT * FROM deltaLake('${web()}/b/t')`,
    `SELECT * FROM hudi('${web()}/b/t')`,
    `SELECT * FROM paimon('${web()}/b/t')`,
    `SELECT * FROM remote('${host()}', 'shop', 't')`,
    `SELECT * FROM remoteSecure('${host()}', 'shop', 't')`,
    `SELECT * FROM remote('127.0.0.1', view(SELECT 1))`,
    `SELECT * FROM cluster('default', 'shop', 't')`,
    `SELECT * FROM clusterAllReplicas('default', 'shop', 't')`,
    `SELECT * FROM mysql('${host()}', 'd', 't', 'u', 'p')`,
    `SELECT * FROM postgresql('${host()}', 'd', 't', 'u', 'p')`,
    `SELECT * FROM mongodb('${host()}', 'd', 't', 'u', 'p', 'a String')`,
    `SELECT * FROM redis('${host()}', 'k', 'k String, v String')`,
    `SELECT * FROM jdbc('jdbc:x://${host()}', 't')`,
    `SELECT * FROM odbc('DSN=x', 'd', 't')`,
    `SELECT * FROM ytsaurus('${web()}', '//t', 'x', 'a String')`,
    `EXPLAIN TABLE OVERRIDE mysql('${host()}', 'd', 't', 'u', 'p') COLUMNS (a String)`,
    `SELECT * FROM prometheusQuery('shop', 't', 'up', now())`,
    `SELECT * FROM format(AvroConfluent, 'a String', 'x') SETTINGS format_avro_schema_registry_url = '${web()}'`,
  ],
  'files written': () => [
    `SELECT 1 INTO OUTFILE '${out()}'`,
    `(SELECT 1) INTO OUTFILE '${out()}'`,
    `SELECT 1 INTO/**/OUTFILE '${out()}'`,
    `SELECT 1 into outfile '${out()}' append`,
    `SELECT 1 FORMAT TSV INTO OUTFILE '${out()}'`,
    `INSERT INTO shop.t FROM INFILE '${canaryFile}' FORMAT TSV`,
    `INSERT INTO FUNCTION file('${out()}', 'TSV', 'a UInt32') SELECT 1`,
    `INSERT INTO TABLE FUNCTION url('${web()}', 'TSV', 'a UInt32') SELECT 1`,
    `INSERT INTO FUNCTION s3('${web()}/b/k', 'TSV', 'a UInt32') SELECT 1`,
    `INSERT INTO FUNCTION remote('${host()}', 'shop', 't') SELECT 1, 'x'`,
    `SELECT 1 AS a FORMAT Protobuf SETTINGS output_format_schema = '${out()}', format_protobuf_use_autogenerated_schema = 1`,
    `SELECT 1 AS a SETTINGS output_format_schema = '${out()}', format_capn_proto_use_autogenerated_schema = 1 FORMAT CapnProto`,
    `SELECT * FROM format(CSV, 'a UInt8', 'x') SETTINGS input_format_record_errors_file_path = '${out()}', input_format_allow_errors_num = 9`,
  ],
  'formats that read files': () => [
    `SELECT 1 AS a FORMAT Template SETTINGS format_template_resultset = '${canaryFile}'`,
    `SELECT 1 AS a SETTINGS format_template_row = '${canaryFile}' FORMAT Template`,
    `SELECT 1 AS a SETTINGS format_template_row = '../../outside/canary.txt' FORMAT Template`,
    `SELECT 1 AS a FORMAT Protobuf SETTINGS format_schema = '${join(outside, 'schema')}:M'`,
    `SELECT 1 AS a FORMAT CapnProto SETTINGS format_schema = '${canaryFile}:M'`,
    `SELECT * FROM format(Protobuf, 'x') SETTINGS format_schema = '${join(outside, 'schema')}:M'`,
  ],
  'engines, dictionaries, functions': () => [
    `CREATE TABLE shop.f (a String) ENGINE = File('LineAsString', '${canaryFile}')`,
    `CREATE TABLE shop.f (a String) ENGINE = File(TSV)`,
    `CREATE TABLE shop.f (a String) ENGINE = FileLog('${outside}', 'LineAsString')`,
    `CREATE TABLE shop.f (a String) ENGINE = URL('${web()}', 'TSV')`,
    `CREATE TABLE shop.f (a String) ENGINE = S3('${web()}/b/k', 'TSV')`,
    `CREATE TABLE shop.f (a String) ENGINE = S3Queue('${web()}/b/k', 'TSV')`,
    `CREATE TABLE shop.f (a String) ENGINE = PostgreSQL('${host()}', 'd', 't', 'u', 'p')`,
    `CREATE TABLE shop.f (a String) ENGINE = MySQL('${host()}', 'd', 't', 'u', 'p')`,
    `CREATE TABLE shop.f (a String) ENGINE = MongoDB('${host()}', 'd', 't', 'u', 'p')`,
    `CREATE TABLE shop.f (k String, v String) ENGINE = Redis('${host()}') PRIMARY KEY k`,
    `CREATE TABLE shop.f (a String) ENGINE = SQLite('${canaryFile}', 't')`,
    `CREATE TABLE shop.f (a String) ENGINE = Executable('x.sh', 'TSV')`,
    `CREATE TABLE shop.f (a String) ENGINE = Distributed('default', 'shop', 't')`,
    `CREATE TABLE shop.f (a String) ENGINE = Remote('${host()}', 'shop', 't')`,
    `CREATE TABLE shop.f (a String) ENGINE = Kafka('${host()}', 't', 'g', 'TSV')`,
    `CREATE TABLE shop.f (a String) ENGINE = JDBC('jdbc:x', 'd', 't')`,
    `CREATE TABLE shop.f (a String) ENGINE = ODBC('DSN=x', 'd', 't')`,
    `CREATE TABLE shop.f (a String) ENGINE = EmbeddedRocksDB(0, '${written}') PRIMARY KEY a`,
    `CREATE TABLE shop.f (a String) ENGINE = IcebergLocal('${outside}')`,
    `CREATE TABLE shop.f (a String) ENGINE = Merge('system', '.*')`,
    `CREATE TABLE shop.f (a String) ENGINE = Memory`,
    `CREATE TABLE shop.f (a String) ENGINE = ReplicatedMergeTree('/x', 'r') ORDER BY a`,
    `CREATE TABLE shop.f AS file('${canaryFile}', 'LineAsString')`,
    `CREATE TABLE shop.f AS url('${web()}', 'LineAsString')`,
    `CREATE TABLE shop.f ENGINE = MergeTree ORDER BY tuple() AS SELECT * FROM url('${web()}', 'LineAsString')`,
    `CREATE VIEW shop.v AS SELECT * FROM url('${web()}', 'LineAsString')`,
    `CREATE VIEW shop.v AS SELECT file('${canaryFile}')`,
    `CREATE TABLE shop.f (a String DEFAULT file('${canaryFile}')) ENGINE = MergeTree ORDER BY tuple()`,
    `CREATE TABLE shop.f (a UInt8) ENGINE = MergeTree ORDER BY a SETTINGS disk = disk(type = 'local', path = '${written}/')`,
    `CREATE TABLE shop.f (a UInt8) ENGINE = MergeTree ORDER BY a SETTINGS disk = disk(type = s3, endpoint = '${web()}/b/', access_key_id = 'a', secret_access_key = 'b')`,
    `CREATE TABLE shop.f (a UInt8) ENGINE = MergeTree ORDER BY a SETTINGS disk = disk(type = web, endpoint = '${web()}/b/')`,
    `ALTER TABLE shop.t MODIFY SETTING disk = disk(type = 'local', path = '${written}/')`,
    `CREATE DATABASE d2 ENGINE = Filesystem('${outside}')`,
    `CREATE DATABASE d2 ENGINE = S3('${web()}/b')`,
    `CREATE DATABASE d2 ENGINE = MySQL('${host()}', 'd', 'u', 'p')`,
    `CREATE DATABASE d2 ENGINE = PostgreSQL('${host()}', 'd', 'u', 'p')`,
    `CREATE DATABASE d2 ENGINE = SQLite('${canaryFile}')`,
    `CREATE DATABASE d2 ENGINE = DataLakeCatalog('${web()}')`,
    `CREATE DATABASE d2 ENGINE = Backup('shop', File('x'))`,
    `CREATE DATABASE d2 ENGINE = Overlay('shop')`,
    `CREATE DATABASE d2 ENGINE = Atomic SETTINGS disk = disk(type = 'local', path = '${written}/')`,
    `CREATE DICTIONARY shop.d (a UInt64) PRIMARY KEY a SOURCE(HTTP(url '${web()}' format 'TSV')) LAYOUT(FLAT()) LIFETIME(0)`,
    `CREATE DICTIONARY shop.d (a UInt64) PRIMARY KEY a SOURCE(FILE(path '${canaryFile}' format 'TSV')) LAYOUT(FLAT()) LIFETIME(0)`,
    `CREATE DICTIONARY shop.d (a UInt64) PRIMARY KEY a SOURCE(EXECUTABLE(command 'id' format 'TSV')) LAYOUT(FLAT()) LIFETIME(0)`,
    'CREATE FUNCTION f AS (a) -> a',
    "CREATE NAMED COLLECTION c AS a = 'b'",
    'CREATE RESOURCE r (READ DISK d)',
    `ATTACH TABLE shop.f FROM '${outside}' (a UInt8) ENGINE = MergeTree ORDER BY a`,
    `ATTACH DATABASE d2`,
    `ALTER TABLE shop.t MOVE PARTITION tuple() TO DISK 'default'`,
    `ALTER TABLE shop.t FREEZE`,
    `ALTER TABLE shop.t FETCH PARTITION tuple() FROM '/x'`,
    `ALTER TABLE shop.t ADD COLUMN z String DEFAULT file('${canaryFile}')`,
    `ALTER TABLE shop.t UPDATE s = file('${canaryFile}') WHERE 1`,
    `INSERT INTO shop.t SELECT 1, file('${canaryFile}')`,
  ],
  'back-ups, users, settings, several statements': () => [
    `BACKUP TABLE shop.t TO File('${written}/b')`,
    `BACKUP DATABASE shop TO S3('${web()}/b', 'a', 'b')`,
    `BACKUP TABLE shop.t TO Disk('default', 'b')`,
    `RESTORE TABLE shop.t AS shop.t2 FROM File('b')`,
    'CREATE USER u',
    "ALTER USER default IDENTIFIED BY 'x'",
    'GRANT ALL ON *.* TO default',
    'GRANT CURRENT GRANTS ON *.* TO default',
    'SET readonly = 0',
    'SET ROLE ALL',
    'SYSTEM SHUTDOWN',
    'SYSTEM DROP MARK CACHE',
    'SYSTEM RELOAD CONFIG',
    'KILL QUERY WHERE 1',
    'USE shop',
    'EXECUTE AS default SELECT 1',
    'SELECT 1; DROP TABLE shop.t',
    'SELECT 1;\n\nDROP TABLE shop.t',
    "SELECT ';' ; SELECT 2",
    'SELECT 1 /* ; */ ; SELECT 2',
    'SELECT 1 PARALLEL WITH DROP TABLE shop.t',
    'SELECT 1 SETTINGS readonly = 0',
    'SELECT 1 SETTINGS max_memory_usage = 0',
    'SELECT 1 SETTINGS max_execution_time = 0',
    'SELECT 1 SETTINGS max_result_bytes = 0',
    'SELECT addressToLine(1) SETTINGS allow_introspection_functions = 1',
    "SELECT 1 SETTINGS dialect = 'kusto'",
    'WITH 1 AS a INSERT INTO shop.t SELECT a, 1',
    'SHOW CREATE USER default',
  ],
  'spellings that another lexer might read otherwise': () => [
    `SELECT \`f\\x69le\`('${canaryFile}')`,
    `SELECT "f\\x69le"('${canaryFile}')`,
    `SELECT /* /* */ file('${canaryFile}') /* */ */`,
    `SELECT /* /* */ */ file('${canaryFile}')`,
    `SELECT $a$ ' $a$, file('${canaryFile}'), $a$ ' $a$`,
    `SELECT $$'$$, file('${canaryFile}'), $$'$$`,
    `SELECT ‘a‘, file('${canaryFile}')`,
    `SELECT\u00a0file('${canaryFile}')`,
    `SELECT\u200bfile('${canaryFile}')`,
    `\ufeffSELECT file('${canaryFile}')`,
    `SELECT ﬁle('${canaryFile}')`,
    `SELECT fi\u0000le('${canaryFile}')`,
    `SELECT file\u2028('${canaryFile}')`,
    `SELECT -- x\rfile('${canaryFile}')`,
    `SELECT 1 -- \\\n, file('${canaryFile}')`,
    `SELECT 'a\\', file('${canaryFile}'), ''`,
    `SELECT 'a''', file('${canaryFile}')`,
    `SELECT # x\n file('${canaryFile}')`,
    `SELECT x'66696c65', file('${canaryFile}')`,
    `SELECT 0x66, file('${canaryFile}')`,
  ],
}

for (const [what, queries] of Object.entries(attacks))
  test(`refused: ${what}`, async () => {
    const served: string[] = []
    for (const [i, query] of queries().entries()) {
      // A name of its own each: what came through must not hide the next.
      const { status, text } = await post({ query: query.replace('shop.f ', `shop.f${i} `) })
      if (status < 400 || text.includes(CANARY)) served.push(`${query}: ${status} ${text.slice(0, 300)}`)
    }
    assert.deepEqual(served, [])
    await unharmed()
  })

test('no setting in the address reads, writes, connects or lifts a limit', async () => {
  const refused: [string, string][] = [
    ['format_template_row', canaryFile],
    ['format_template_resultset', canaryFile],
    ['format_schema', `${canaryFile}:M`],
    ['output_format_schema', out()],
    ['input_format_record_errors_file_path', out()],
    ['format_avro_schema_registry_url', web()],
    ['dialect', 'kusto'],
    ['allow_experimental_prql_dialect', '1'],
    ['default_table_engine', 'Log'],
    ['allow_introspection_functions', '1'],
    ['readonly', '0'],
    ['role', 'x'],
    ['session_id', 'x'],
    ['user', 'x'],
    ['max_memory_usage', '0'],
    ['max_memory_usage', '99999999999999'],
    ['max_execution_time', '0'],
    ['max_result_bytes', '0'],
    ['max_threads = 1, readonly', '0'],
    ['max_threads`', '1'],
    ['MAX_THREADS', '1'],
    ['', '1'],
    ['__proto__', '1'],
  ]
  for (const [name, value] of refused) {
    const { status, text } = await post({ query: 'SELECT 1 AS a FORMAT Template', [name]: value })
    assert.ok(status >= 400 && !text.includes(CANARY), `${name}=${value}: ${status} ${text}`)
  }
  // Values are bound as texts, whatever they hold.
  for (const value of ["1', readonly = '0", "1'; DROP TABLE shop.t; --", '1\\', "\\'"])
    assert.ok((await post({ query: 'SELECT 1', max_threads: value })).status >= 400, value)
  await unharmed()
})

test('no header, database, format, parameter or form field is read as SQL', async () => {
  const query = 'SELECT 1'
  const served: string[] = []
  const tries: [Record<string, string>, Record<string, string>][] = [
    [{ query, database: 'shop; DROP TABLE shop.t' }, {}],
    [{ query, database: 'shop` ; DROP TABLE shop.t; --' }, {}],
    [{ query, default_format: `TSV INTO OUTFILE '${out()}'` }, {}],
    [{ query, default_format: 'TSV SETTINGS readonly=0' }, {}],
    [{ query }, { 'x-clickhouse-format': `TSV INTO OUTFILE '${out()}'` }],
    [{ query }, { 'x-clickhouse-format': 'Template SETTINGS format_template_row=1' }],
    [{ query }, { 'x-clickhouse-database': 'shop`; DROP TABLE shop.t; --' }],
    [{ query }, { 'x-clickhouse-user': 'default', 'x-clickhouse-key': '' }],
    [{ query }, { 'x-clickhouse-user': 'front', 'x-clickhouse-key': "secret' OR 1=1" }],
    [{ query: 'SELECT {a:Identifier} FROM shop.t', param_a: `file('${canaryFile}')` }, {}],
    [{ query: 'SELECT * FROM {a:Identifier}', param_a: canaryFile }, {}],
    [{ query: 'SELECT * FROM {a:Identifier}', param_a: 'system`.`x' }, {}],
    [{ query: 'SELECT {a:UInt8}', param_a: "1, file('/x')" }, {}],
    [{ query: 'SELECT {a:UInt8}', param_a: '1', 'param_a = 1, b': '2' }, {}],
    [{ query: 'INSERT INTO shop.t FORMAT Native SETTINGS format_template_row = 1' }, {}],
  ]
  for (const [search, headers] of tries) {
    const { status, text } = await post(search, '', headers)
    if (status < 400 || text.includes(CANARY)) served.push(`${JSON.stringify([search, headers])}: ${status} ${text}`)
  }
  assert.deepEqual(served, [])
  // A comment that ends inside the query id would run what follows it: the id is the front's own.
  assert.equal((await post({ query, query_id: '*/ DROP TABLE shop.t; /*' })).text, '1\n')
  for (const body of ['DROP TABLE shop.t', '1,a\n\nDROP TABLE shop.t'])
    assert.ok((await post({ query: 'INSERT INTO shop.t FORMAT Native' }, body)).status >= 400)
  const form = new FormData()
  form.set('query', `SELECT file('${canaryFile}')`)
  const answer = await fetch(origin, { method: 'POST', headers: { authorization }, body: form })
  assert.ok(answer.status >= 400 && !(await answer.text()).includes(CANARY))
  await unharmed()
})

test('nobody reads the rows that another request is inserting', async () => {
  const columns: Column[] = [
    { name: 'a', type: 'UInt32', values: Uint32Array.from({ length: 100_000 }, (_, i) => i + 10) },
    { name: 's', type: 'String', values: Array.from({ length: 100_000 }, () => CANARY) },
  ]
  await post({ query: 'CREATE TABLE shop.busy (a UInt32, s String) ENGINE = MergeTree ORDER BY a' })
  const inserting = post({ query: 'INSERT INTO shop.busy FORMAT Native' }, encodeNative(columns, 100_000))
  const looks = await Promise.all(Array.from({ length: 20 }, (_, i) => post({ query: `SELECT * FROM arrowstream('insert_${i}') LIMIT 1` })))
  for (const { status, text } of looks) assert.ok(status >= 400 && !text.includes(CANARY), text)
  assert.equal((await inserting).status, 200)
})

test('what the system tables tell holds no password, key or path of a secret', async () => {
  const { text } = await post({ query: "SELECT name FROM system.tables WHERE database = 'system'", default_format: 'TSV' })
  const tables = text.trim().split('\n')
  assert.ok(tables.length > 80)
  const told: string[] = []
  for (const table of tables) {
    // Endless or of no account; `models` waits two minutes for a bridge to CatBoost that nobody has installed.
    if (['models', 'numbers', 'numbers_mt', 'zeros', 'zeros_mt', 'primes', 'unicode', 'symbols', 'stack_trace'].includes(table)) continue
    const { text: rows } = await post({ query: `SELECT * FROM system.${table} LIMIT 2000`, default_format: 'JSONEachRow' })
    if (rows.includes('secret"') || /password_hash|PRIVATE KEY|\/run\.json|keys\.json/.test(rows))
      told.push(`${table}: ${rows.slice(0, 200)}`)
  }
  assert.deepEqual(told, [])
})

test('no mutated spelling of an attack reads, writes or connects', async () => {
  const queries = Object.values(attacks).flatMap((all) => all())
  const between = fc.constantFrom(
    ' ',
    '\n',
    '\t',
    '\r',
    ' /**/ ',
    '/* x */',
    '/*/**/*/',
    '--\n',
    '# \n',
    '\u00a0',
    '\u200b',
    '\ufeff',
    '\u2003',
    '\0',
    '  ',
  )
  const spelling = fc.constantFrom<(word: string) => string>(
    (word) => word,
    (word) => word.toUpperCase(),
    (word) => word[0]?.toUpperCase() + word.slice(1),
    (word) => `\`${word}\``,
    (word) => `"${word}"`,
    (word) => `\`${word[0]}\\x${word.charCodeAt(1).toString(16)}${word.slice(2)}\``,
    (word) => `${word[0]}/**/${word.slice(1)}`,
    (word) => word.replace('i', 'ı').replace('f', 'ｆ'),
  )
  const wrap = fc.constantFrom<(query: string) => string>(
    (query) => query,
    (query) => `(${query})`,
    (query) => `SELECT * FROM (${query})`,
    (query) => `WITH w AS (${query}) SELECT * FROM w`,
    (query) => `EXPLAIN ${query}`,
    (query) => `DESCRIBE (${query})`,
    (query) => `CREATE VIEW shop.w AS ${query}`,
    (query) => `INSERT INTO shop.t ${query}`,
    (query) => `${query} FORMAT Template`,
    (query) => `${query};`,
    (query) => `;${query}`,
    (query) => `SELECT 1 UNION ALL ${query}`,
    (query) => `SELECT $$'$$ UNION ALL ${query}`,
    (query) => `SELECT '\\' UNION ALL ${query} --'`,
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...queries),
      fc.array(fc.tuple(spelling, between), { minLength: 1, maxLength: 12 }),
      wrap,
      async (query, changes, around) => {
        let at = 0
        const mutated = around(
          query.replace(/([A-Za-z_]{2,})(\s*)(?=[^']*(?:'[^']*'[^']*)*$)/g, (_, word: string, space: string) => {
            const [spell, gap] = changes[at++ % changes.length] ?? [String, ' ']
            return spell(word) + (space === '' ? '' : gap)
          }),
        )
        const { text } = await post({ query: mutated })
        assert.ok(!text.includes(CANARY), `${mutated}: ${text.slice(0, 300)}`)
        assert.equal(connections, 0, mutated)
        assert.deepEqual(readdirSync(written), [], mutated)
      },
    ),
    { numRuns: 400 },
  )
  await unharmed()
})

/** Nothing was connected to, nothing written, the data stand, the engine lives. */
async function unharmed(): Promise<void> {
  assert.equal(connections, 0, 'a connection left the database')
  assert.deepEqual(readdirSync(written), [])
  assert.ok(existsSync(canaryFile) && readFileSync(canaryFile, 'utf8') === `${CANARY}\n`)
  assert.equal((await post({ query: 'SELECT count(), max(s) FROM shop.t' })).text, '3\tx\n')
}
