import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { freePort } from '../ports.ts'
import { type EmbeddedClickHouse, startClickHouse } from './start.ts'

const dir = mkdtempSync(join(tmpdir(), 'lianshu-clickhouse-copy-'))
after(() => rmSync(dir, { recursive: true, force: true }))

const open = async (path: string) => startClickHouse({ path: join(dir, path), port: await freePort(), user: 'u', password: 'p' })

async function ask(front: EmbeddedClickHouse, path: string, body = '', password = 'p') {
  const headers = { 'X-ClickHouse-User': 'u', 'X-ClickHouse-Key': password }
  const answer = await fetch(`${new URL(front.url).origin}${path}`, { method: 'POST', headers, body })
  return { status: answer.status, text: await answer.text() }
}

test('a database is copied while it is in use, and read into another store', async (t) => {
  const from = await open('from')
  t.after(() => from.stop())
  await ask(from, '/', 'CREATE DATABASE shop')
  await ask(from, '/', 'CREATE TABLE shop.t (a UInt32, b UInt32 ALIAS a * 2) ENGINE = ReplacingMergeTree ORDER BY a')
  await ask(from, '/', 'INSERT INTO shop.t SELECT number FROM numbers(100000)')
  assert.deepEqual(await ask(from, '/backup?database=shop&name=first'), { status: 200, text: 'Ok.\n' })
  await ask(from, '/', 'INSERT INTO shop.t SELECT 100000 + number FROM numbers(5)')
  assert.match((await ask(from, '/backup?database=shop&name=first')).text, /already exists/i)

  const to = await open('to')
  t.after(() => to.stop())
  cpSync(join(dir, 'from/backups/first'), join(dir, 'to/backups/first'), { recursive: true })
  assert.equal((await ask(to, '/restore?database=shop&name=first')).status, 200)
  assert.equal((await ask(to, '/', 'SELECT count(), max(b) FROM shop.t')).text, '100000\t199998\n')
})

test('nobody copies without the password, to another folder, or by SQL', async (t) => {
  const front = await open('locked')
  t.after(() => front.stop())
  await ask(front, '/', 'CREATE DATABASE shop')
  assert.equal((await ask(front, '/backup?database=shop&name=x', '', 'wrong')).status, 403)
  for (const name of ['../x', '/tmp/x', "x') SETTINGS a = ('", '', 'a/b', '.'])
    assert.match((await ask(front, `/backup?${new URLSearchParams({ database: 'shop', name })}`)).text, /BAD_ARGUMENTS/, name)
  for (const sql of [
    "BACKUP DATABASE shop TO File('x')",
    "RESTORE DATABASE shop FROM File('x')",
    "/**/ backup table shop.t to Disk('a', 'b')",
  ])
    assert.match((await ask(front, '/', sql)).text, /is not served here|is refused/, sql)
  assert.equal(existsSync(join(dir, 'locked/backups/x')), false)
})
