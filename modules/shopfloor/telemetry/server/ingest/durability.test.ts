import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type EmbeddedClickHouse, startClickHouse } from '#embedded/clickhouse/start.ts'
import { freePort } from '#embedded/ports.ts'
import { publish, startTestPlatform, type TestPlatform, testDevice } from '../test-platform.ts'
import { readState } from './ingest-state.ts'

// A ClickHouse of its own: these tests hold it up and kill it.
const cleanups: (() => Promise<void>)[] = []
let clickhouse: EmbeddedClickHouse
let platform: TestPlatform
let restart: () => Promise<EmbeddedClickHouse>

before(async () => {
  const path = await mkdtemp(join(tmpdir(), 'telemetry-'))
  const options = { path, port: await freePort(), user: 'test', password: randomBytes(12).toString('hex') }
  restart = () => startClickHouse(options)
  clickhouse = await restart()
  cleanups.push(async () => {
    await clickhouse.stop()
    await rm(path, { recursive: true, force: true })
  })
  const answer = await fetch(clickhouse.url.replace(/\/\/.*@/, '//'), {
    method: 'POST',
    body: 'create database telemetry',
    headers: { authorization: `Basic ${btoa(`test:${options.password}`)}` },
  })
  assert.ok(answer.ok)
  platform = await startTestPlatform({ after: (work) => void cleanups.unshift(work) }, { clickhouseUrl: `${clickhouse.url}/telemetry` })
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  const giveUpMs = Date.now() + 15_000
  while (!(await holds())) {
    assert.ok(Date.now() < giveUpMs, 'it did not happen')
    await sleep(100)
  }
}

const stored = async (orgNo: number): Promise<number[]> => {
  const rows = await platform.clickhouse.system<{ value: number }>(`select value from sample where org_no = ${orgNo} order by value`)
  return rows.map((row) => row.value)
}

test('nothing is acknowledged while the store is held up, and everything once it goes on', async () => {
  const device = testDevice([{ name: 'n' }])
  platform.add(device)
  const client = await platform.connect(device)
  await publish(client, device, { ts: Date.now(), values: { n: 0 } })
  clickhouse.process.kill('SIGSTOP')
  const acknowledged: number[] = []
  const sent = [1, 2, 3].map((n) => publish(client, device, { ts: Date.now() + n, values: { n } }).then(() => acknowledged.push(n)))
  await sleep(1500)
  assert.deepEqual(acknowledged, [])
  const said = () => readState(platform.ingestParts.system, new Date())
  await until(async () => (await said()).state === 'waiting')
  const { reason, waitingRows } = await said()
  assert.deepEqual({ reason, waitingRows }, { reason: 'storeSilent', waitingRows: 3 })
  clickhouse.process.kill('SIGCONT')
  await Promise.all(sent)
  assert.deepEqual(await stored(device.orgNo), [0, 1, 2, 3])
  await until(async () => (await said()).state === 'storing')
})

test('a store that is killed again and again: what was acknowledged is there, and nothing is there twice', async () => {
  const device = testDevice([{ name: 'n' }])
  platform.add(device)
  const client = await platform.connect(device)
  const acknowledged: number[] = []
  const start = Date.now() - 1_000_000
  let stop = false
  let next = 0
  const sender = async () => {
    while (!stop) {
      const n = next++
      await publish(client, device, { ts: start + n, values: { n } })
      acknowledged.push(n)
    }
  }
  const sending = Array.from({ length: 20 }, sender)
  for (let i = 0; i < 3; i++) {
    await sleep(1_000)
    clickhouse.process.kill('SIGKILL')
    await sleep(200)
    clickhouse = await restart()
  }
  await sleep(1_000)
  stop = true
  await Promise.all(sending)
  assert.ok(acknowledged.length > 100, `${acknowledged.length} acknowledged`)
  assert.deepEqual(
    await stored(device.orgNo),
    acknowledged.sort((x, y) => x - y),
  )
})

test('a stop stores what was taken in before it says goodbye', async () => {
  const device = testDevice([{ name: 'n' }])
  platform.add(device)
  const client = await platform.connect(device)
  const outcomes = Array.from({ length: 20 }, (_, n) =>
    publish(client, device, { ts: Date.now() + n, values: { n } }).then(
      () => n,
      () => -1,
    ),
  )
  await sleep(20)
  await platform.restartIngest()
  client.end(true)
  const acknowledged = (await Promise.all(outcomes)).filter((n) => n >= 0)
  const there = await stored(device.orgNo)
  for (const n of acknowledged) assert.ok(there.includes(n), `${n} was acknowledged`)
})
