import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestPlatform, type TestPlatform, testDevice, uploaded } from '../test-platform.ts'
import { pushValues } from './push-values.ts'
import { type Ingest, openIngest } from './start-ingest.ts'
import { decodeStored, STORED_TOPIC } from './stored-stream.ts'

const cleanups: (() => Promise<void>)[] = []
let platform: TestPlatform
let ingest: Ingest
const live: { topic: string; payload: string | Buffer }[] = []
before(async () => {
  platform = await startTestPlatform({ after: (work) => void cleanups.unshift(work) })
  ingest = openIngest(platform.ingestParts, 'https', {
    isWatched: () => true,
    publish: (topic, payload) => live.push({ topic, payload }),
  })
})
after(async () => {
  await ingest.close()
  for (const cleanup of cleanups) await cleanup()
})

const basic = (user: string, secret: string) => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
const push = (authorization: string | undefined, body: unknown) =>
  pushValues(
    ingest,
    { authorization, address: '10.0.0.9', upload: uploaded(typeof body === 'string' ? body : JSON.stringify(body)) },
    platform.log,
  )

test('a batch by HTTPS is answered when it is durable, with what was refused and where', async () => {
  const device = testDevice([{ name: 'temp' }])
  platform.add(device)
  const ts = Date.now()
  const answer = await push(basic(`${device.orgCode}/${device.code}`, device.secret), [
    { ts, values: { temp: 1 } },
    { ts: ts + 1, values: { temp: 2, other: 3 } },
    'nonsense',
  ])
  assert.deepEqual(answer, {
    stored: 2,
    refused: 2,
    refusals: [
      { reason: 'unknownPoint', message: 1, point: 'other', text: '3' },
      { reason: 'malformed', message: 2, point: null, text: 'nonsense' },
    ],
  })
  const rows = await platform.clickhouse.system(`select value from sample where org_no = ${device.orgNo} order by ts`)
  assert.deepEqual(rows, [{ value: 1 }, { value: 2 }])
  assert.equal(live.filter(({ topic }) => topic !== STORED_TOPIC).length, 1)
  // A process that stores nothing says so each second, without rows.
  const stored = live.filter(({ topic }) => topic === STORED_TOPIC).map(({ payload }) => decodeStored(payload as Buffer).values.rows)
  assert.deepEqual(
    stored.filter((rows) => rows > 0),
    [2],
  )
})

test('a body that is no JSON is counted and shown, as by MQTT', async () => {
  const device = testDevice([{ name: 'temp' }])
  platform.add(device)
  const answer = await push(basic(`${device.orgCode}/${device.code}`, device.secret), '{"ts": 17, "values"')
  assert.deepEqual(answer, {
    stored: 0,
    refused: 1,
    refusals: [{ reason: 'malformed', message: 0, point: null, text: '{"ts": 17, "values"' }],
  })
})

test('without the right name and secret nothing is taken, and guessing ends in a wait', async () => {
  const device = testDevice([{ name: 'temp' }])
  platform.add(device)
  const user = `${device.orgCode}/${device.code}`
  for (const authorization of [undefined, 'Bearer x', basic('', ''), basic(user, 'wrong'), basic('a/b/c', 'x'), basic("o'/x", 'y')])
    await assert.rejects(push(authorization, { ts: Date.now(), values: { temp: 1 } }), { code: 'telemetry.wrongCredential' })
  for (let i = 0; i < 9; i++) await assert.rejects(push(basic(user, 'wrong'), {}), { code: 'telemetry.wrongCredential' })
  await assert.rejects(push(basic(user, device.secret), {}), { code: 'telemetry.lockedOut' })
})
