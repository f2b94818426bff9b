import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startTestPlatform, type TestPlatform, testDevice, uploaded } from '../test-platform.ts'
import { pushValues } from './push-values.ts'
import { Quotas } from './quotas.ts'
import { type Ingest, openIngest } from './start-ingest.ts'

const log = { debug: () => undefined } as never

test('who has a quota has a minute of it at once, then waits in turn; who has none never waits', async () => {
  const clock = { nowMs: () => nowMs, now: () => new Date(nowMs) }
  let nowMs = 1_000_000
  const given = new Map([[1, 1_000]])
  const quotas = new Quotas({ organisations: { valueQuotas: async () => given }, clock, log })
  await quotas.refresh()
  quotas.count(2, 1_000_000)
  assert.equal(quotas.mayCome(2), true)
  quotas.count(1, 59_999)
  assert.equal(quotas.mayCome(1), true)
  // The message that ends the minute may be a large one: its debt is paid before the next.
  quotas.count(1, 11)
  assert.equal(quotas.mayCome(1), false)
  const order: string[] = []
  const waits = ['a', 'b', 'c'].map((name) =>
    quotas.turn(1).then(() => {
      order.push(name)
      quotas.count(1, 20)
    }),
  )
  await sleep(50)
  assert.deepEqual(order, [])
  nowMs += 12
  await waits[0]
  assert.deepEqual(order, ['a'])
  nowMs += 20
  await waits[1]
  // A clock that is set back neither gives nor takes.
  nowMs -= 3_600_000
  await sleep(50)
  assert.deepEqual(order, ['a', 'b'])
  given.delete(1)
  await quotas.refresh()
  await Promise.all(waits)
  assert.deepEqual([order, quotas.mayCome(1)], [['a', 'b', 'c'], true])
})

const cleanups: (() => Promise<void>)[] = []
let platform: TestPlatform
let ingest: Ingest
before(async () => {
  platform = await startTestPlatform({ after: (work) => void cleanups.unshift(work) })
  ingest = openIngest(platform.ingestParts, 'https', { isWatched: () => false, publish: () => undefined })
})
after(async () => {
  await ingest.close()
  for (const cleanup of cleanups) await cleanup()
})

test('beyond its quota an organisation’s messages wait by MQTT and are all stored; by HTTPS it is told; others are not slowed', async () => {
  const [noisy, quiet] = [testDevice([{ name: 'temp' }]), testDevice([{ name: 'temp' }])]
  platform.add(noisy)
  platform.add(quiet)
  platform.valueQuotas.set(noisy.orgNo, 10)
  await ingest.quotas.refresh()
  const send = (device: typeof noisy, values: number, fromMs: number) =>
    pushValues(
      ingest,
      {
        authorization: `Basic ${Buffer.from(`${device.orgCode}/${device.code}:${device.secret}`).toString('base64')}`,
        address: '10.0.0.9',
        upload: uploaded(JSON.stringify(Array.from({ length: values }, (_, i) => ({ ts: fromMs + i, values: { temp: i } })))),
      },
      platform.log,
    )
  const nowMs = Date.now() - 60_000
  // A debt of forty values: four seconds.
  assert.equal((await send(noisy, 640, nowMs)).stored, 640)
  await assert.rejects(send(noisy, 1, nowMs + 1_000), { code: 'telemetry.overQuota' })
  assert.equal((await send(quiet, 1_000, nowMs)).stored, 1_000)

  const session = await ingest.directory.logIn(`${noisy.orgCode}/${noisy.code}`, noisy.secret, '10.0.0.9')
  assert.ok(typeof session === 'object')
  const one = (i: number) =>
    new Promise<void>((resolve, reject) =>
      ingest.pipeline.accept(session, Buffer.from(JSON.stringify({ ts: nowMs + 2_000 + i, values: { temp: i } })), (error) =>
        error ? reject(error) : resolve(),
      ),
    )
  const waiting = Promise.all([one(1), one(2), one(3), one(4)])
  assert.equal(ingest.quotas.mayCome(noisy.orgNo), false)
  // More is granted: the debt is paid the sooner.
  platform.valueQuotas.set(noisy.orgNo, 1_000)
  await ingest.quotas.refresh()
  await waiting
  const [{ n } = { n: 0 }] = await platform.clickhouse.system<{ n: number }>(
    `select count() as n from sample where org_no = ${noisy.orgNo}`,
  )
  assert.equal(n, 644)
  await ingest.tallies.flush()
  assert.equal((await platform.counts(noisy)).slowed, 5)
  assert.equal((await platform.counts(quiet)).slowed, undefined)
})
