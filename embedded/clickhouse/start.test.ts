import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeNative } from '#kernel/clickhouse-native.ts'
import { freePort } from '../ports.ts'
import { StartError } from '../start-error.ts'
import { type EmbeddedClickHouse, startClickHouse } from './start.ts'

const root = mkdtempSync(join(tmpdir(), 'lianshu-clickhouse-start-'))
const started: EmbeddedClickHouse[] = []

after(async () => {
  for (const front of started) await front.stop()
  rmSync(root, { recursive: true, force: true })
})

async function start(path: string, more: { port?: number; minFreeMb?: number } = {}): Promise<EmbeddedClickHouse> {
  const front = await startClickHouse({ path: join(root, path), port: await freePort(), user: 'u', password: 'p', ...more })
  started.push(front)
  return front
}

async function ask(front: EmbeddedClickHouse, query: string, body?: Uint8Array<ArrayBuffer>, more: Record<string, string> = {}) {
  const { origin } = new URL(front.url)
  const answer = await fetch(`${origin}/?${new URLSearchParams({ query, ...more })}`, {
    method: 'POST',
    headers: { 'X-ClickHouse-User': 'u', 'X-ClickHouse-Key': 'p' },
    ...(body && { body }),
  })
  return { status: answer.status, text: (await answer.text()).trim() }
}

const block = (from: number, rows: number) =>
  encodeNative([{ name: 'a', type: 'UInt32', values: Uint32Array.from({ length: rows }, (_, i) => from + i) }], rows)

test('killed between batches: what was acknowledged is there, once', async () => {
  const rows = 500
  let front = await start('kill')
  await ask(front, 'CREATE DATABASE d')
  await ask(front, 'CREATE TABLE d.t (a UInt32) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 1000')
  const acknowledged = new Set<number>()
  let batch = 0
  for (let round = 0; round < 3; round++) {
    const { process: child } = front
    const killed = once(child, 'exit')
    setTimeout(() => child.kill('SIGKILL'), 400 + 150 * round)
    for (;;) {
      const sent = await ask(front, 'INSERT INTO d.t FORMAT Native', block(batch * rows, rows), {
        insert_deduplication_token: `b${batch}`,
      }).catch(() => undefined)
      if (sent?.status !== 200) break
      acknowledged.add(batch++)
    }
    await killed
    front = await start('kill')
    // The batch without an answer is sent again: stored or not, it is there once.
    const again = await ask(front, 'INSERT INTO d.t FORMAT Native', block(batch * rows, rows), { insert_deduplication_token: `b${batch}` })
    assert.equal(again.status, 200)
    acknowledged.add(batch++)
  }
  assert.ok(acknowledged.size > 10)
  assert.equal((await ask(front, 'SELECT count(), uniqExact(a) FROM d.t')).text, `${batch * rows}\t${batch * rows}`)
  await front.stop()
})

test('a stop lets what runs end, and the data are there afterwards', async () => {
  const front = await start('stop')
  await ask(front, 'CREATE DATABASE d')
  await ask(front, 'CREATE TABLE d.t (a UInt32) ENGINE = MergeTree ORDER BY a')
  const running = ask(front, 'INSERT INTO d.t SELECT number FROM numbers(3) WHERE sleepEachRow(0.2) = 0')
  await sleep(200)
  await front.stop()
  assert.equal((await running).status, 200)
  assert.equal(front.process.exitCode, 0)
  const again = await start('stop')
  assert.equal((await ask(again, 'SELECT count() FROM d.t')).text, '3')
  await again.stop()
})

test('a second process on the directory is told so, and changes nothing', async () => {
  const front = await start('locked')
  await assert.rejects(
    start('locked'),
    (error) => error instanceof StartError && error.en.includes(`in use by process ${front.process.pid}.`),
  )
  assert.equal((await ask(front, 'SELECT 1')).text, '1')
  await assert.rejects(
    start('other', { port: Number(new URL(front.url).port) }),
    (error) => error instanceof StartError && /Port \d+ is taken/.test(error.en),
  )
  await front.stop()
})

test('a damaged directory is named and left as it is', async () => {
  const front = await start('damaged')
  await ask(front, 'CREATE DATABASE d')
  await ask(front, 'CREATE TABLE d.t (a UInt32) ENGINE = MergeTree ORDER BY a')
  await front.stop()
  const store = join(root, 'damaged', 'store')
  const metadata = readdirSync(store, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('/t.sql'))
  assert.ok(metadata)
  writeFileSync(join(store, metadata), 'no SQL at all')
  await assert.rejects(start('damaged'), (error) => error instanceof StartError && /nothing was deleted/.test(error.en))
  assert.ok(existsSync(join(store, metadata)))
  writeFileSync(join(root, 'a file'), '')
  await assert.rejects(start('a file'), StartError)
})

test('inserts stop while there is still room; reading and dropping go on', async () => {
  const front = await start('full')
  await ask(front, 'CREATE DATABASE d')
  await ask(front, 'CREATE TABLE d.t (a UInt32) ENGINE = MergeTree ORDER BY a')
  assert.equal((await ask(front, 'INSERT INTO d.t FORMAT Native', block(0, 5))).status, 200)
  assert.equal(statSync(join(root, 'full', 'ballast')).size, 64 * 1024 * 1024)
  await front.stop()
  const full = await start('full', { minFreeMb: 1_000_000_000 })
  for (const query of ['INSERT INTO d.t FORMAT Native', 'INSERT INTO d.t SELECT 1']) {
    const { status, text } = await ask(full, query, query.endsWith('Native') ? block(5, 5) : undefined)
    assert.equal(status, 507)
    assert.match(text, /^Code: 243\. .*\(NOT_ENOUGH_SPACE\)$/)
  }
  assert.equal((await ask(full, 'SELECT count() FROM d.t')).text, '5')
  assert.equal((await ask(full, 'TRUNCATE TABLE d.t')).status, 200)
  await full.stop()
})

test('the front ends when the process that started it is gone', async () => {
  const port = await freePort()
  const script = `
    import { startClickHouse } from ${JSON.stringify(new URL('./start.ts', import.meta.url).href)}
    const front = await startClickHouse({ path: ${JSON.stringify(join(root, 'orphan'))}, port: ${port}, user: 'u', password: 'p' })
    console.log(front.process.pid)
  `
  const parent: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(parent.stdout!, 'data')
  const pid = Number(String(line).trim())
  assert.ok(isAlive(pid))
  parent.kill('SIGKILL')
  for (let i = 0; i < 100 && isAlive(pid); i++) await sleep(50)
  assert.equal(isAlive(pid), false)
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
