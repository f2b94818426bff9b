import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { AlarmId } from '../contract.ts'
import { alarmsErrors } from '../errors.ts'
import { actOnAlarms } from './act-on-alarms.ts'
import type { Change } from './condition-rules.ts'
import { dueAlarms } from './due-alarms.ts'
import { applyChanges } from './evaluation/apply-changes.ts'
import { ruleImportDefinition } from './import-rules.ts'
import { listAlarms, readAlarm, summarise } from './read-alarms.ts'
import { readKpis } from './read-kpis.ts'
import { type RuleRowRead, ruleColumns } from './rule-sheet.ts'
import { changeRule, createRule, listRules, retireRule } from './rules.ts'
import { setAside } from './set-aside.ts'
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
const change = (finding: Change['finding'], atMs: number, value = 90): Change => ({
  finding,
  atMs,
  value,
  seenReceivedMs: atMs,
  seenAtMs: atMs,
})

/** A device with an alarm for each name, by name. */
async function withAlarms(names: string[], more: Parameters<typeof ruleInput>[0] = {}) {
  const device = platform.add(['temp'])
  const ctx = platform.contextOf(device)
  for (const name of names) await createRule(platform.rooms, ctx, ruleInput({ deviceId: device.deviceId, name, ...more }))
  const { items } = await listAlarms(platform.rooms, ctx, { view: 'all', sort: 'priority', limit: 50 })
  const ids = Object.fromEntries(items.map((alarm) => [alarm.name, alarm.id])) as Record<string, AlarmId>
  const found = (name: string, ...changes: Change[]) =>
    applyChanges(
      platform.rooms,
      device,
      changes.map((one) => ({ alarmId: ids[name]!, change: one, late: false })),
    )
  return { device, ctx, ids, found }
}
const alarm = (ctx: Context, id: AlarmId) => readAlarm(platform.rooms, ctx, id)
const at = (ctx: Context, ms: number): Context => ({ ...ctx, now: new Date(ms) })

test('acknowledged as it was seen: what was raised again meanwhile is left, and nobody else’s is touched', async () => {
  const { ctx, ids, found } = await withAlarms(['A', 'B'])
  const nowMs = ctx.now.getTime()
  await found('A', change('raise', nowMs - 5_000))
  const seen = await alarm(ctx, ids.A!)
  await found('A', change('return', nowMs - 4_000), change('raise', nowMs - 3_000))
  const answer = (version: number, who = ctx) =>
    actOnAlarms(platform.rooms, who, { action: 'acknowledge', alarms: [{ id: ids.A!, version }], comment: '' })
  assert.deepEqual(await answer(seen.version), { done: 0, skipped: [{ id: ids.A, reason: 'changed' }] })
  const stranger = platform.contextOf(platform.add(['temp']))
  const { version } = await alarm(ctx, ids.A!)
  assert.deepEqual(await answer(version, stranger), { done: 0, skipped: [{ id: ids.A, reason: 'missing' }] })
  await assert.rejects(alarm(stranger, ids.A!), { code: alarmsErrors.notFound.code })
  assert.deepEqual(await answer(version), { done: 1, skipped: [] })
  assert.deepEqual(await answer(version + 1), { done: 0, skipped: [{ id: ids.A, reason: 'notNow' }] })
})

test('found twice it is written once; shelved it tells nobody and comes back when its time is over', async () => {
  const { ctx, ids, found } = await withAlarms(['A'])
  const nowMs = ctx.now.getTime()
  const raise = change('raise', nowMs - 60_000)
  await found('A', raise)
  await found('A', raise)
  const { version } = await alarm(ctx, ids.A!)
  const shelved = await setAside(platform.rooms, ctx, { action: 'shelve', alarms: [{ id: ids.A!, version }], reason: 'sensor', minutes: 1 })
  assert.equal(shelved.done, 1)
  await found('A', change('return', nowMs + 1_000), change('raise', nowMs + 2_000))
  assert.equal((await alarm(ctx, ids.A!)).state, 'shelved')
  await dueAlarms(platform.rooms)
  assert.equal((await alarm(ctx, ids.A!)).state, 'shelved')
  platform.telemetry.clock.aheadMs = 61_000
  await dueAlarms(platform.rooms)
  platform.telemetry.clock.aheadMs = 0
  assert.equal((await alarm(ctx, ids.A!)).state, 'unacknowledged')
  const { n } = await platform.rooms.db.inTenant(ctx, (tx) =>
    tx.sql
      .selectFrom('alarms.event')
      .select(sql<number>`count(*) filter (where kind = 'raised' and told)::int`.as('n'))
      .executeTakeFirstOrThrow(),
  )
  assert.equal(n, 1)
})

test('not acknowledged in time it is escalated once, and news is told of rules that say so', async () => {
  const { ctx, ids, found } = await withAlarms(['A'], { notify: true, escalateMinutes: 5 })
  const raisedMs = ctx.now.getTime() - 6 * MINUTE_MS
  await found('A', change('raise', raisedMs))
  await dueAlarms(platform.rooms)
  await dueAlarms(platform.rooms)
  const { rows } = await platform.rooms.system.inSystem((tx) =>
    sql<{ name: string; payload: { alarmId: string; name: string } }>`
      select name, payload from kernel.outbox where org_id = ${ctx.orgId} and name in ('alarms.raised', 'alarms.escalated') order by id`.execute(
      tx,
    ),
  )
  assert.deepEqual(
    rows.map((row) => [row.name, row.payload.alarmId, row.payload.name]),
    [
      ['alarms.raised', ids.A, 'A'],
      ['alarms.escalated', ids.A, 'A'],
    ],
  )
})

test('the first of a device is marked, those after it are not, and it is marked again after all have gone', async () => {
  const { ctx, ids, found } = await withAlarms(['A', 'B'])
  const nowMs = ctx.now.getTime() - 60_000
  await found('A', change('raise', nowMs))
  await found('B', change('raise', nowMs + 1))
  assert.deepEqual([(await alarm(ctx, ids.A!)).firstOut, (await alarm(ctx, ids.B!)).firstOut], [true, false])
  await found('A', change('return', nowMs + 2))
  await found('B', change('return', nowMs + 3), change('raise', nowMs + 4))
  assert.equal((await alarm(ctx, ids.B!)).firstOut, true)
})

test('key figures of a set that was computed by hand', async () => {
  const { ctx, ids, found } = await withAlarms(['A', 'B', 'C', 'D'])
  const t0 = Math.floor((Date.now() - 3 * 24 * 60 * MINUTE_MS) / (10 * MINUTE_MS)) * 10 * MINUTE_MS
  const ms = (minutes: number) => t0 + minutes * MINUTE_MS
  // A: three times in minute 0, then once in each of minutes 1 to 8: eleven in the first slot.
  const times = [0, 1 / 3, 2 / 3, 1, 2, 3, 4, 5, 6, 7, 8]
  for (const minute of times) await found('A', change('raise', ms(minute)), ...(minute < 8 ? [change('return', ms(minute) + 5_000)] : []))
  const { version } = await alarm(ctx, ids.A!)
  await actOnAlarms(platform.rooms, at(ctx, ms(8.5)), { action: 'acknowledge', alarms: [{ id: ids.A!, version }], comment: '' })
  await found('A', change('return', ms(9)))
  // B: once in the third slot, standing since; acknowledged after 90 s.
  await found('B', change('raise', ms(25)))
  const b = await alarm(ctx, ids.B!)
  await actOnAlarms(platform.rooms, at(ctx, ms(26.5)), { action: 'acknowledge', alarms: [{ id: ids.B!, version: b.version }], comment: '' })
  // C: shelved, so nobody is told. D: raised within the last 24 hours.
  const c = await alarm(ctx, ids.C!)
  await setAside(platform.rooms, at(ctx, ms(1)), {
    action: 'shelve',
    alarms: [{ id: ids.C!, version: c.version }],
    reason: 'x',
    minutes: 10_000,
  })
  await found('C', change('raise', ms(27)))
  await found('D', change('raise', ms(25 * 60)))
  const hours = 26
  const kpis = await readKpis(platform.rooms, ctx, { from: new Date(t0).toISOString(), until: new Date(ms(hours * 60)).toISOString() })
  const slots = hours * 6
  assert.deepEqual(
    { ...kpis, top: kpis.top.map(({ name, raised, chatteringMinutes }) => [name, raised, chatteringMinutes]) },
    {
      raised: 13,
      operators: 1,
      per10Min: 13 / slots,
      perOperatorPer10Min: 13 / slots,
      peakPer10Min: 11,
      peakAt: new Date(t0).toISOString(),
      // They were announced now, when the test found them, not within the period.
      floods: { count: 0, share: 0, longestS: 0 },
      stale: 1,
      byPriority: { critical: 0, high: 13, medium: 0, low: 0 },
      medianAcknowledgeS: 60,
      acknowledged: 2,
      top: kpis.top.map(({ name }) => [name, name === 'A' ? 11 : 1, name === 'A' ? 1 : 0]),
      chattering: 1,
      slots: [
        { at: new Date(t0).toISOString(), raised: 11 },
        { at: new Date(ms(20)).toISOString(), raised: 1 },
        { at: new Date(ms(25 * 60)).toISOString(), raised: 1 },
      ],
    },
  )
  assert.deepEqual(kpis.top.map(({ name }) => name).sort(), ['A', 'B', 'D'])
  assert.equal(kpis.top[0]?.name, 'A')
  const summary = await summarise(platform.rooms, ctx)
  assert.deepEqual([summary.standing.high, summary.unacknowledged, summary.quiet], [2, 1, 1])
})

test('the console is read along the index of what stands, however many alarms there are', async () => {
  const { ctx } = await withAlarms(['A'])
  const plan = await platform.rooms.db.inTenant(ctx, async (tx) => {
    await sql`insert into alarms.alarm (org_id, rule_id, device_id, rank, since)
      select org_id, rule_id, uuidv7(), rank, since from alarms.alarm, generate_series(1, 20000) where org_id = ${tx.orgId}`.execute(tx.sql)
    await sql`set local enable_seqscan = off`.execute(tx.sql)
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain select id from alarms.alarm
      where org_id = ${tx.orgId} and state not in ('normal', 'shelved', 'suppressed', 'outOfService') order by rank limit 50`.execute(
      tx.sql,
    )
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  })
  assert.match(plan, /alarm_standing/)
})

test('an expression is taken when it is understood and all it names can be watched; what is wrong is named', async () => {
  const device = platform.add(['temp', 'press'])
  const ctx = platform.contextOf(device)
  const create = (expression: string, pointName = 'temp') =>
    createRule(platform.rooms, ctx, ruleInput({ deviceId: device.deviceId, pointName, condition: { kind: 'expression', expression } }))
  const { condition, id, version, ...rest } = await create('temp > 80 && press < 6')
  assert.deepEqual(condition, { kind: 'expression', expression: 'temp > 80 && press < 6' })
  await assert.rejects(create('temp > 80 &&'), { code: alarmsErrors.expressionSyntax.code, details: { at: 12, text: '&' } })
  await assert.rejects(create('temp + press'), { code: alarmsErrors.expressionNotTrueFalse.code })
  await assert.rejects(create('temp > presure'), { code: alarmsErrors.expressionPoint.code, details: { point: 'presure' } })
  await assert.rejects(create('press > 5'), { code: alarmsErrors.expressionWithoutPoint.code })
  const change = { ...rest, version, condition: { kind: 'expression' as const, expression: 'temp > foo' } }
  await assert.rejects(changeRule(platform.rooms, ctx, id, change), { code: alarmsErrors.expressionPoint.code })
})

test('a person of one site made, saw and ended rules of the other sites', async () => {
  const siteId = uuidv7()
  const device = platform.add(['temp'], { siteId })
  const ctx = platform.contextOf(device)
  const confined = (site: string): Context => ({ ...ctx, scopes: { ...ctx.scopes, sites: [site] } })
  const [here, elsewhere] = [confined(siteId), confined(uuidv7())]
  const namesFor = async (who: Context) =>
    (await listRules(platform.rooms, who, { sort: 'name', limit: 50 })).items.map((rule) => rule.name)

  await assert.rejects(createRule(platform.rooms, elsewhere, ruleInput({ deviceId: device.deviceId })), {
    code: alarmsErrors.deviceNotFound.code,
  })
  const rule = await createRule(platform.rooms, here, ruleInput({ deviceId: device.deviceId }))
  await assert.rejects(createRule(platform.rooms, here, ruleInput({ modelCode: 'furnace' })), { code: alarmsErrors.allSitesNeeded.code })
  assert.deepEqual(await namesFor(elsewhere), [])
  assert.deepEqual(await namesFor(here), [rule.name])
  const { id, version } = rule
  const { deviceId, modelCode, ...input } = ruleInput({ name: '改名' })
  await assert.rejects(changeRule(platform.rooms, elsewhere, id, { ...input, version }), { code: alarmsErrors.ruleNotFound.code })
  await assert.rejects(retireRule(platform.rooms, elsewhere, id, version), { code: alarmsErrors.ruleNotFound.code })
  assert.equal((await changeRule(platform.rooms, here, id, { ...input, version })).name, '改名')

  const columns = Object.fromEntries(Object.keys(ruleColumns).map((column) => [column, null])) as unknown as RuleRowRead
  const row = {
    ...columns,
    name: '过热',
    device: device.code,
    point: 'temp',
    kind: 'limit' as const,
    level: 'H' as const,
    limit: 90,
    priority: 'high' as const,
  }
  const importing = (who: Context, changed: RuleRowRead) =>
    platform.rooms.db.inTenant(who, async (tx) => {
      const [read] = await ruleImportDefinition(platform.rooms).resolve(who, opaque(tx), [changed], { target: null, writing: true })
      return 'ready' in read! ? 'ready' : read!.problems.map((problem) => problem.code)
    })
  assert.equal(await importing(here, row), 'ready')
  assert.deepEqual(await importing(elsewhere, row), ['alarms.importRows.problems.deviceUnknown'])
  assert.deepEqual(await importing(here, { ...row, device: null, model: 'furnace' }), ['alarms.errors.allSitesNeeded'])

  await retireRule(platform.rooms, here, id, version + 1)
  assert.deepEqual(await namesFor(ctx), [])
})
