import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Context } from '#kernel/context.ts'
import type { TestDevice } from '#modules/shopfloor/telemetry/server/test-platform.ts'
import type { AlarmId, Priority } from '../contract.ts'
import type { Change } from './condition-rules.ts'
import { dueAlarms } from './due-alarms.ts'
import { applyChanges } from './evaluation/apply-changes.ts'
import { alarmsNotices } from './notices.ts'
import { listAlarms } from './read-alarms.ts'
import { listFloods } from './read-floods.ts'
import { readKpis } from './read-kpis.ts'
import { createRule } from './rules.ts'
import { ruleInput, startAlarmsPlatform } from './test-platform.ts'

const cleanups: (() => Promise<void>)[] = []
let platform: Awaited<ReturnType<typeof startAlarmsPlatform>>
before(async () => {
  platform = await startAlarmsPlatform({ after: (work) => void cleanups.unshift(work) })
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

const MINUTE_MS = 60_000

/** A device with so many alarms whose rules tell people; `raise` announces some of them, `at` minutes from now on. */
async function withAlarms(n: number, critical: number[] = [], of: Partial<TestDevice> = {}) {
  const device = platform.add(['temp'], of)
  const ctx = platform.contextOf(device)
  for (let i = 0; i < n; i++) {
    const priority: Priority = critical.includes(i) ? 'critical' : 'medium'
    await createRule(
      platform.rooms,
      ctx,
      ruleInput({ deviceId: device.deviceId, name: `A${i}`, priority, notify: true, escalateMinutes: 5 }),
    )
  }
  const { items } = await listAlarms(platform.rooms, ctx, { view: 'all', sort: 'priority', limit: 200 })
  const ids = new Map<string, AlarmId>(items.filter((alarm) => alarm.deviceId === device.deviceId).map(({ name, id }) => [name, id]))
  const found = async (finding: Change['finding'], minute: number, numbers: number[]) => {
    platform.telemetry.clock.aheadMs = minute * MINUTE_MS
    const atMs = platform.rooms.clock.nowMs()
    const change: Change = { finding, atMs, value: 90, seenReceivedMs: atMs, seenAtMs: atMs }
    await applyChanges(
      platform.rooms,
      device,
      numbers.map((i) => ({ alarmId: ids.get(`A${i}`)!, change, late: false })),
    )
  }
  const at = (minute: number): Context => ({ ...ctx, now: new Date(Date.now() + minute * MINUTE_MS) })
  return { device, at, ids, raise: (minute: number, ...numbers: number[]) => found('raise', minute, numbers), found }
}

/** What people would be told, in order. */
async function messages(ctx: Context): Promise<string[]> {
  const { rows } = await platform.rooms.system.inSystem((tx) =>
    sql<{ name: string; payload: Record<string, unknown> }>`
      select name, payload from kernel.outbox where org_id = ${ctx.orgId} and name <> 'alarms.rulesChanged' order by id`.execute(tx),
  )
  return rows.flatMap((row) =>
    alarmsNotices
      .filter((notice) => notice.event === row.name && notice.recipient(row.payload))
      .map(() => `${row.name.slice(7)} ${row.payload.name}`),
  )
}
const floods = async (ctx: Context) => (await listFloods(platform.rooms, ctx)).items
const listed = async (ctx: Context, query: object = {}) =>
  (await listAlarms(platform.rooms, ctx, { view: 'standing', sort: 'priority', limit: 50, ...query })).items.map(({ name }) => name)

test('a flood is folded into its first-out, people get one message of it, critical ones are told and shown each', async () => {
  const { at, raise, found } = await withAlarms(16, [12, 15])
  for (let i = 0; i < 9; i++) await raise(i / 10, i)
  assert.deepEqual(await floods(at(1)), [])
  // The tenth and what follows are found at once.
  await raise(1, 9, 10, 11, 12, 13)
  const [flood] = await floods(at(1))
  assert.deepEqual(
    [flood?.raised, flood?.standing, flood?.unacknowledged, flood?.first.name, flood?.deviceCount, flood?.devices[0]?.standing],
    [14, 14, 14, 'A0', 1, 14],
  )
  assert.deepEqual(await listed(at(1), { folded: true }), ['A12'])
  assert.equal((await listed(at(1), { floodId: flood?.id })).length, 14)
  assert.equal((await listed(at(1))).length, 14)
  await raise(2, 14, 15)
  const singly = Array.from({ length: 9 }, (_, i) => `raised A${i}`)
  assert.deepEqual(await messages(at(2)), [...singly, 'raised A12', 'flooded A0', 'raised A15'])

  // Nobody acknowledges: that is one message too, besides the critical ones.
  platform.telemetry.clock.aheadMs = 8 * MINUTE_MS
  await dueAlarms(platform.rooms)
  assert.deepEqual((await messages(at(8))).slice(singly.length + 3).sort(), ['escalated A12', 'escalated A15', 'floodEscalated A0'])

  // It ends by itself ten minutes after the fifth newest, and stays folded while it leaves five or more.
  assert.equal((await floods(at(10.9))).length, 1)
  const kpis = await readKpis(platform.rooms, at(30), { from: at(-10).now.toISOString(), until: at(10).now.toISOString() })
  assert.equal(kpis.floods.count, 1)
  assert.ok(Math.abs((kpis.floods.share ?? 0) - 0.5) < 0.01, `${kpis.floods.share}`)
  assert.deepEqual(
    (await floods(at(60))).map(({ standing }) => standing),
    [16],
  )
  await found('return', 61, [3])
  await raise(61, 3)
  await found('return', 62, [...Array(16).keys()])
  const open = (await listAlarms(platform.rooms, at(62), { view: 'standing', sort: 'priority', limit: 50 })).items
  assert.equal(open.length, 16, 'returned, not acknowledged')
  assert.deepEqual(
    (await listed(at(62), { folded: true })).filter((name) => name !== 'A12' && name !== 'A15'),
    ['A3'],
    'raised again after it',
  )
})

test('sites have floods of their own, and whoever works in one sees no other’s', async () => {
  const [siteId, otherSite] = [uuidv7(), uuidv7()]
  const here = await withAlarms(12, [], { siteId })
  const { orgId, orgNo, orgCode } = here.device
  const there = await withAlarms(12, [], { siteId: otherSite, orgId, orgNo, orgCode })
  await here.raise(0, 0, 1, 2, 3, 4, 5, 6, 7)
  await there.raise(1, 0, 1, 2, 3, 4, 5, 6, 7)
  assert.deepEqual(await floods(here.at(1)), [], 'eight here, eight there')
  await there.raise(2, 8, 9, 10)
  const within = (site: string): Context => ({ ...here.at(2), scopes: { ...here.at(2).scopes, sites: new Set([site]) as never } })
  assert.deepEqual(
    (await floods(here.at(2))).map(({ raised, first }) => [raised, first.deviceId]),
    [[11, there.device.deviceId]],
  )
  assert.equal((await floods(within(otherSite))).length, 1)
  assert.deepEqual(await floods(within(siteId)), [])
  assert.equal((await listed(within(siteId), { folded: true })).length, 8)
})
