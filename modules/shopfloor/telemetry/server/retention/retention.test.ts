import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { ObjectMissing } from '#kernel/object-store.ts'
import { AppError } from '#values/errors.ts'
import { testContext } from '../../../../../tests/context.ts'
import type { KeptMonths } from '../../retention.ts'
import { markDirty } from '../rollup/rollup-store.ts'
import { publish, startTestPlatform, type TestDevice, type TestPlatform, testDevice } from '../test-platform.ts'
import { putWaveform } from '../waveform/waveform-store.ts'
import { deleteExpired, REFUSED_LONG_ENOUGH_MS } from './delete-expired.ts'
import { changeRetention, previewRetention, readRetention } from './retention.ts'
import { cutoffOf } from './retention-rules.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const forEver: KeptMonths = { raw: null, minute: null, hour: null }
const cleanups: (() => Promise<void>)[] = []
let platform: TestPlatform
before(async () => {
  platform = await startTestPlatform({ after: (work) => void cleanups.unshift(work) })
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

const machine = () => {
  const device = testDevice([{ name: 'power' }, { name: 'energy', kind: 'interval' }, { name: 'program', valueType: 'string' }])
  platform.add(device)
  return device
}
const contextOf = (device: TestDevice): Context => testContext({ orgId: device.orgId, orgNo: device.orgNo, now: platform.clock.now() })
const setting = () => ({ db: platform.db, clickhouse: platform.clickhouse, byDefault: forEver })

/** A sample each hour of a day and one text. */
async function send(device: TestDevice, startMs: number): Promise<void> {
  const client = await platform.connect(device)
  const messages = Array.from({ length: 24 }, (_, i) => ({ ts: startMs + i * HOUR_MS + 1_000, values: { power: i, energy: 1 } }))
  await publish(client, device, [...messages, { ts: startMs, values: { program: 'A' } }])
  client.end(true)
}

const raw = async (device: TestDevice) =>
  (
    await platform.clickhouse.system<{ at: number }>(
      `select toUnixTimestamp64Milli(ts) as at from sample final where org_no = ${device.orgNo} order by at`,
    )
  ).map((row) => row.at)

/** Rounds of the worker for these organisations until nothing changes any more. */
async function round(devices: readonly TestDevice[], byDefault: KeptMonths = forEver, rounds = 1): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    await deleteExpired(
      {
        system: platform.system,
        clickhouse: platform.clickhouse,
        organisations: { everyScope: async () => [...devices] },
        byDefault,
        files: platform.files,
        clock: platform.clock,
        log: platform.log,
      },
      new AbortController().signal,
    )
    // Rewriting goes on in the store's background.
    for (let waited = 0; waited < 100; waited++) {
      const [left] = await platform.clickhouse.system<{ n: number }>(
        'select count() as n from system.mutations where database = currentDatabase() and not is_done',
      )
      if (!left?.n) break
      await sleep(100)
    }
  }
}

/** Refused, waited for, begun, deleted month by month, noted as gone. */
async function untilGone(devices: readonly TestDevice[], byDefault: KeptMonths = forEver): Promise<void> {
  await round(devices, byDefault)
  await platform.restartIngest()
  platform.clock.aheadMs += REFUSED_LONG_ENOUGH_MS
  await platform.rollUpAll()
  await round(devices, byDefault, 6)
}

const save = (device: TestDevice, version: number, kept: KeptMonths | null) =>
  changeRetention(setting(), contextOf(device), { version, kept })

describe('values are kept as long as their organisation says', () => {
  test('what is older goes, its sums stay, newer values and other organisations lose nothing', async () => {
    const [mine, other] = [machine(), machine()]
    const cutoff = cutoffOf(platform.clock.nowMs(), 2) ?? 0
    for (const device of [mine, other]) {
      await send(device, cutoff - 3 * DAY_MS)
      await send(device, cutoff)
    }
    await platform.rollUpAll()
    const hours = await platform.sums('rollup_hour', mine.orgNo)
    const minutes = await platform.sums('rollup_minute', mine.orgNo)
    const others = await raw(other)
    const { doomed } = await previewRetention(setting(), contextOf(mine), { ...forEver, raw: 2 })
    assert.deepEqual(
      doomed.map(({ tier, rows, before }) => [tier, rows, before]),
      [
        ['raw', 49, new Date(cutoff).toISOString()],
        ['minute', 0, null],
        ['hour', 0, null],
      ],
    )
    assert.equal(doomed[0]?.oldest, new Date(cutoff - 3 * DAY_MS).toISOString())
    await save(mine, 0, { ...forEver, raw: 2 })
    await untilGone([mine, other])
    assert.equal((await raw(mine)).length, 96, 'within the day of grace nothing has gone')

    platform.clock.aheadMs += 25 * HOUR_MS
    await untilGone([mine, other])
    assert.deepEqual(
      (await raw(mine)).filter((at) => at < cutoff),
      [],
    )
    assert.equal((await raw(mine)).length, 48)
    assert.deepEqual(await raw(other), others)
    assert.deepEqual(await platform.sums('rollup_hour', mine.orgNo), hours)
    assert.deepEqual(await platform.sums('rollup_minute', mine.orgNo), minutes)
    const state = await readRetention(setting(), contextOf(mine))
    assert.deepEqual(state.tiers[0]?.goneBefore, new Date(cutoff).toISOString())
    const audited = await platform.db.inTenant(contextOf(mine), async (tx) => {
      const found = await sql<{
        rows: number
      }>`select (after->>'rows')::int as rows from kernel.audit where entity = 'telemetry.values.raw'`.execute(tx.sql)
      return found.rows
    })
    assert.equal(
      audited.reduce((sum, row) => sum + row.rows, 0),
      49,
    )
  })

  test('a sample that comes late for deleted hours is refused and counted, and wipes no sum', async () => {
    const device = machine()
    const cutoff = cutoffOf(platform.clock.nowMs(), 1) ?? 0
    await send(device, cutoff - DAY_MS)
    await platform.rollUpAll()
    const hours = await platform.sums('rollup_hour', device.orgNo)
    await save(device, 0, { ...forEver, raw: 1 })
    platform.clock.aheadMs += 25 * HOUR_MS
    await untilGone([device])
    assert.deepEqual(await raw(device), [])
    const client = await platform.connect(device)
    await publish(client, device, [
      { ts: cutoff - DAY_MS + 5 * HOUR_MS, values: { power: 99 } },
      // An interval's value at the first instant that is kept belongs to the hour before.
      { ts: cutoff, values: { energy: 5, power: 7 } },
    ])
    client.end(true)
    await platform.restartIngest()
    await platform.rollUpAll()
    assert.deepEqual(await raw(device), [cutoff])
    const counts = await platform.counts(device)
    assert.equal(counts.beyondRetention, 2)
    const before = (await platform.sums('rollup_hour', device.orgNo)).filter((row) => Number(row.start) < cutoff)
    assert.deepEqual(before, hours)
  })

  test('a mark for an hour whose samples are deleted turns it into nothing else', async () => {
    const device = machine()
    const cutoff = cutoffOf(platform.clock.nowMs(), 1) ?? 0
    await send(device, cutoff - DAY_MS)
    await platform.rollUpAll()
    const hours = await platform.sums('rollup_hour', device.orgNo)
    await save(device, 0, { ...forEver, raw: 1 })
    platform.clock.aheadMs += 25 * HOUR_MS
    await untilGone([device])
    const series = device.points[0]?.bindings[0]?.series ?? 0
    const hour = (cutoff - DAY_MS) / HOUR_MS + 5
    await platform.clickhouse.command(
      `insert into sample (org_no, series, ts, mantissa, exponent, quality, lag_ms, seq, kind)
       select ${device.orgNo}, ${series}, fromUnixTimestamp64Milli(toInt64(${hour * HOUR_MS + 7}), 'UTC'), 99, 0, 0, 1, 1, 0`,
    )
    await platform.system.inSystem((tx) => markDirty(tx, { orgNos: [device.orgNo], series: [series], hours: [hour] }))
    await platform.rollUpAll()
    assert.deepEqual(await platform.sums('rollup_hour', device.orgNo), hours)
  })

  test('nothing is deleted before the sums hold it', async () => {
    const device = machine()
    const cutoff = cutoffOf(platform.clock.nowMs(), 1) ?? 0
    await send(device, cutoff - DAY_MS)
    await platform.rollUpAll()
    await save(device, 0, { ...forEver, raw: 1 })
    platform.clock.aheadMs += 25 * HOUR_MS
    const series = device.points[0]?.bindings[0]?.series ?? 0
    await platform.system.inSystem((tx) =>
      markDirty(tx, { orgNos: [device.orgNo], series: [series], hours: [(cutoff - DAY_MS) / HOUR_MS] }),
    )
    await round([device])
    platform.clock.aheadMs += REFUSED_LONG_ENOUGH_MS
    await round([device], forEver, 4)
    assert.equal((await raw(device)).length, 48)
    await platform.rollUpAll()
    await round([device], forEver, 4)
    assert.deepEqual(await raw(device), [])
  })

  test('set longer again within the day, everything stays and late values are taken', async () => {
    const device = machine()
    const cutoff = cutoffOf(platform.clock.nowMs(), 1) ?? 0
    await send(device, cutoff - DAY_MS)
    await platform.rollUpAll()
    const { version } = await save(device, 0, { ...forEver, raw: 1 })
    await untilGone([device])
    await save(device, version, null)
    platform.clock.aheadMs += 25 * HOUR_MS
    await untilGone([device])
    assert.equal((await raw(device)).length, 48)
    await send(device, cutoff - 2 * DAY_MS)
    assert.equal((await raw(device)).length, 96)
  })

  test('the operator’s default holds where nothing else is set; minutes and hours go too, wholly expired months at once', async () => {
    const device = machine()
    const cutoff = cutoffOf(platform.clock.nowMs(), 12) ?? 0
    await send(device, cutoff - 40 * DAY_MS)
    await send(device, cutoff + DAY_MS)
    await platform.rollUpAll()
    await untilGone([device], { raw: 12, minute: 12, hour: 12 })
    assert.equal((await raw(device)).length, 48)
    const starts = async (table: 'rollup_minute' | 'rollup_hour') =>
      (await platform.sums(table, device.orgNo)).map((row) => Number(row.start))
    assert.ok((await starts('rollup_minute')).every((start) => start >= cutoff))
    assert.ok((await starts('rollup_hour')).every((start) => start >= cutoff))
    assert.equal((await starts('rollup_hour')).length, 48)
  })

  test('waveforms go with the raw values, their bytes too', async () => {
    const device = machine()
    const cutoff = cutoffOf(platform.clock.nowMs(), 1) ?? 0
    const upload = {
      stream: async function* () {
        yield Buffer.from([1, 2, 3, 4])
      },
      whole: async () => Buffer.from([1, 2, 3, 4]),
    }
    const keys: string[] = []
    for (const at of [cutoff - DAY_MS, cutoff + DAY_MS])
      await platform.files.keep(device.orgId, upload, (object) => {
        keys.push(object.objectKey)
        const of = { orgId: device.orgId, deviceId: device.deviceId, point: 'x', at: new Date(at), receivedAt: new Date(at) }
        return platform.system.inSystem((tx) => putWaveform(tx, { ...of, sampleRateHz: 1, unit: null, format: 'other' }, object))
      })
    assert.equal((await previewRetention(setting(), contextOf(device), { ...forEver, raw: 1 })).waveforms, 1)
    await save(device, 0, { ...forEver, raw: 1 })
    platform.clock.aheadMs += 25 * HOUR_MS
    await untilGone([device])
    const left = await platform.db.inTenant(contextOf(device), (tx) =>
      tx.sql.selectFrom('telemetry.waveform').select('object_key').where('org_id', '=', tx.orgId).execute(),
    )
    assert.deepEqual(left, [{ object_key: keys[1] }])
    const file = { name: '', mediaType: '', bytes: 4, sha256: '', objectKey: keys[0] ?? '' }
    await assert.rejects(async () => platform.files.answer(file, false).open(), ObjectMissing)
  })

  test('a setting in which sums would go before their samples is refused, and so is one somebody else has changed', async () => {
    const device = machine()
    const refused = (code: string) => (error: unknown) => error instanceof AppError && error.code === code
    await assert.rejects(save(device, 0, { raw: null, minute: 12, hour: null }), refused('telemetry.retentionOrder'))
    const { version } = await save(device, 0, { raw: 3, minute: 12, hour: null })
    await assert.rejects(save(device, 0, null), refused('telemetry.changedMeanwhile'))
    assert.equal((await save(device, version, null)).version, version + 1)
  })
})
