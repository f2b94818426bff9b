import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from './failure.ts'
import { readStatement } from './sql-statement.ts'

const refused = (sql: string, code: number) =>
  assert.throws(
    () => readStatement(sql),
    (error) => error instanceof Failure && error.code === code,
    sql,
  )

test('what a statement is', () => {
  const kinds: [string, string][] = [
    ['SELECT 1', 'read'],
    [' -- why\n/* note */ with a as (select 1) select * from a;', 'read'],
    ['(SELECT 1) UNION ALL (SELECT 2)', 'read'],
    ['SHOW TABLES', 'read'],
    ['CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a', 'write'],
    ['OPTIMIZE TABLE t FINAL', 'write'],
    ['INSERT INTO t SELECT 1', 'insertSelect'],
    ['INSERT INTO x.t (a, `b c`) SETTINGS max_threads = 1 WITH 1 AS q SELECT q, q', 'insertSelect'],
    ['INSERT INTO t (a) (SELECT 1)', 'insertSelect'],
    ['INSERT INTO t (SELECT 1)', 'insertSelect'],
    ['INSERT INTO t FORMAT Native', 'insertData'],
  ]
  for (const [sql, kind] of kinds) assert.equal(readStatement(sql).kind, kind, sql)
})

test('the target of an insert', () => {
  const sql = 'INSERT INTO `my db`."t""q" (a, `b`) SETTINGS insert_deduplication_token = \'it\'\'s \\\\ b\', x = 3 FORMAT JSONEachRow\n'
  const insert = readStatement(sql)
  assert.ok(insert.kind === 'insertData')
  assert.equal(insert.format, 'JSONEachRow')
  assert.deepEqual(
    { ...insert.target, settings: [...insert.target.settings] },
    {
      database: 'my db',
      table: 't"q',
      columns: ['a', 'b'],
      settings: [
        ['insert_deduplication_token', "it's \\ b"],
        ['x', '3'],
      ],
    },
  )
})

test('parameters and format are seen in code only', () => {
  const read = readStatement(
    "SELECT {a:UInt32}, '{b:String}', `{c:x}`, { d : DateTime64(3, 'UTC') } -- {e:Int8}\nFORMAT JSONEachRow SETTINGS max_threads = 1",
  )
  assert.ok(read.kind === 'read')
  assert.deepEqual([...read.parameters], ['a', 'd'])
  assert.equal(read.format, 'JSONEachRow')
  const none = readStatement("SELECT 'FORMAT JSON' AS format")
  assert.equal(none.kind === 'read' && none.format, undefined)
})

test('one statement only', () => {
  assert.equal(readStatement('SELECT 1 ; ').kind, 'read')
  assert.equal((readStatement("SELECT ';' ;;") as { sql: string }).sql.trim(), "SELECT ';'")
  refused('SELECT 1; DROP TABLE t', 62)
  refused("SELECT '\\'; DROP TABLE t", 62)
  refused('', 62)
  refused(' ; ', 62)
})

test('ways out of the database are refused', () => {
  for (const sql of [
    "SELECT file('/etc/passwd')",
    "SELECT File ('/etc/passwd')",
    "SELECT file/* */('/etc/passwd')",
    "SELECT `file`('/etc/passwd')",
    'SELECT "file"(\'/etc/passwd\')',
    "SELECT * APPLY(file) FROM (SELECT '/etc/passwd')",
    "SELECT * APPLY file FROM (SELECT '/etc/passwd' AS x)",
    "CREATE VIEW v AS SELECT file('/etc/passwd')",
    "SELECT * FROM eval('SELECT 1')",
    "SELECT * FROM executable('x', 'TSV', 'a String')",
    "INSERT INTO FUNCTION url('http://x') SELECT 1",
    "INSERT INTO t FROM INFILE '/etc/passwd' FORMAT TSV",
    "SELECT 1 INTO OUTFILE '/tmp/x'",
    "SELECT 1 INTO/**/outfile '/tmp/x'",
    "SELECT 1 '' INTO OUTFILE '/tmp/x'",
  ])
    refused(sql, 497)
})

test('what this lexer reads differently from the engine is refused', () => {
  for (const sql of [
    "SELECT `fi\\x6ce`('/etc/passwd')",
    'SELECT $$text$$',
    'SELECT $a$text$a$',
    'SELECT ‘text’',
    'SELECT /* /* */ 1 */',
    "SELECT 'open",
    'SELECT /* open',
    'SELECT \u00001',
  ])
    refused(sql, 62)
})

test('other statements are not served', () => {
  for (const sql of [
    'SET readonly = 0',
    'USE x',
    'SYSTEM SHUTDOWN',
    'GRANT ALL ON *.* TO default',
    'KILL QUERY WHERE 1',
    'ATTACH TABLE t',
    'BACKUP TABLE t TO x',
    'INSERT INTO t VALUES (1)',
    'INSERT INTO t FORMAT JSONEachRow {"a":1}',
  ])
    refused(sql, 48)
})

test('a text at the limit is read quickly', () => {
  const long = 'x'.repeat(1_000_000)
  // Of this process alone: other work on the machine is not what is measured.
  const before = process.cpuUsage()
  assert.equal(readStatement(`SELECT '${long}'`).kind, 'read')
  refused(`SELECT '${long}`, 62)
  refused(`SELECT '${long}${long}'`, 62)
  assert.equal(readStatement(`SELECT [${'1,'.repeat(400_000)}1]`).kind, 'read')
  assert.ok(process.cpuUsage(before).user < 2_000_000)
})
