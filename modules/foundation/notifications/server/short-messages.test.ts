import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { openSms } from '#kernel/sms.ts'
import { translator } from '#kernel/words.ts'
import { CHINA_ZONE, wallMs } from '#values/instant.ts'
import { testbed } from '../../../../tests/access-testbed.ts'
import en from '../en.json' with { type: 'json' }
import { TypedPhone } from '../mail-contract.ts'
import zh from '../zh.json' with { type: 'json' }
import { chooseMail, confirmCode, mailSettings, removeAddress, setPhone } from './change-mail-settings.ts'
import { SMS_A_DAY } from './mail-rules.ts'
import { mailPage } from './mail-store.ts'
import { notify } from './notify.ts'
import type { Parts } from './parts.ts'
import { digestLoop, mailJobs } from './send-mails.ts'
import type { NotificationsSystem, NotificationsTables } from './tables.ts'

// ---------------------------------------------------------------- a gateway; one of a foreign hand stands in tests/peers/sms.ts
const sent: Record<'phone' | 'kind' | 'text' | 'content', string>[] = []
let answer = { status: 200, text: 'ok' }
const gateway = createServer(async (request, response) => {
  const { status, text } = answer
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  if (status === 200) sent.push(JSON.parse(body))
  response.statusCode = status
  response.end(text)
})
await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve))
const folder = mkdtempSync(join(tmpdir(), 'lianshu-sms-'))
after(async () => {
  await new Promise((resolve) => gateway.close(resolve))
  rmSync(folder, { recursive: true })
})
const described = {
  url: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/`,
  body: '{"phone":"{{phone}}","kind":"{{template}}","text":"{{text}}","content":"{{content}}"}',
  phone: 'international',
  templates: { code: 'code', news: 'news' },
  refused: 'never',
}
writeFileSync(join(folder, 'gateway.json'), JSON.stringify(described))

const bed = await testbed({ after })
const { access, organisations, clock } = bed
const parts: Parts = {
  db: bed.database<NotificationsTables>(),
  system: bed.system as unknown as NotificationsSystem,
  access,
  organisations,
  clock,
  translate: translator({
    notifications: { zh, en },
    alarms: { zh: { notices: { raised: '{{device}} 报警' } }, en: { notices: { raised: '{{device}}: alarm' } } },
  }),
  mailer: undefined,
  sms: openSms(join(folder, 'gateway.json')),
  publicUrl: undefined,
  security: undefined as never,
  webhookRules: {},
  documents: () => [],
  notices: () => [],
}
const org = await bed.newOrganisation({ name: '应龙' })
const reader = await bed.newUser(org, 'reader')
await bed.newUser(org, 'other')
const signedIn = async (login: string) => {
  const ctx = await (await bed.signIn(login)).context()
  return { context: async () => ({ ...ctx, now: clock.now() }) }
}
const [me, other] = [await signedIn('reader'), await signedIn('other')]

async function tell(key: string, device = '压铸机3'): Promise<void> {
  const ctx = await other.context()
  await parts.db.inTenant(ctx, (tx) =>
    notify(tx, ctx, parts, { kind: 'alarms.raised', to: { persons: [reader] }, values: { device }, path: '/alarms', key }),
  )
}
const jobs = mailJobs(parts)
/** What the worker does with the queue, each job once. */
async function work(): Promise<string[]> {
  const { rows } = await bed.system.inSystem((tx) =>
    sql<{ task: string; payload: unknown; id: string }>`select t.identifier as task, j.payload, j.id
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id order by j.id`.execute(tx),
  )
  const failures: string[] = []
  for (const { task, payload } of rows)
    await jobs
      .find((job) => job.name === task)
      ?.run(payload)
      .catch((error: Error) => failures.push(error.message))
  await bed.system.inSystem((tx) =>
    sql`select graphile_worker.complete_jobs(array(select id from graphile_worker._private_jobs))`.execute(tx),
  )
  return failures
}
const log = async () => {
  const ctx = await me.context()
  return (await parts.db.inTenant(ctx, (tx) => mailPage(tx, ctx.actor.id, { sort: '-createdAt', limit: 50, channel: 'sms' }))).items
}
async function choose(choice: 'always' | 'atOnce' | undefined, quiet: { from: string; until: string } | null = null) {
  const { version } = await mailSettings(parts, await me.context())
  const smsByKind = choice === undefined ? {} : { 'alarms.raised': choice }
  await chooseMail(parts, await me.context(), { version, normal: 'none', byKind: {}, smsByKind, quiet })
}

/** Just after midnight in China, so that no day begins within a test. */
const untilNextDay = () => clock.passMinutes(24 * 60 + 1 - (Math.floor(wallMs(clock.nowMs(), CHINA_ZONE) / 60_000) % (24 * 60)))

test('a telephone is typed as people write it, and kept as E.164', () => {
  for (const [typed, kept] of [
    ['138 1234 5678', '+8613812345678'],
    ['138-1234-5678', '+8613812345678'],
    ['+86 13812345678', '+8613812345678'],
    ['+852 9123 4567', '+85291234567'],
  ] as const)
    assert.equal(TypedPhone.parse(typed), kept)
  for (const typed of ['12345678901', '1381234567', '02367891234', '+8602367891234', '+', 'abc', ''])
    assert.equal(TypedPhone.safeParse(typed).success, false, typed)
})

test('a number holds once its code came back; five codes a day; nobody else’s code', async () => {
  const ask = async (phone = '+8613812345678') => setPhone(parts, await me.context(), phone)
  assert.equal((await ask()).sms.phone, null)
  const code = sent.at(-1)?.content ?? ''
  assert.match(code, /^\d{6}$/)
  assert.deepEqual([sent.at(-1)?.kind, sent.at(-1)?.text.includes(code)], ['code', true])
  await assert.rejects(ask(), { code: 'notifications.codeJustSent' })
  await assert.rejects(confirmCode(parts, await other.context(), 'sms', code), { code: 'notifications.wrongCode' })
  await assert.rejects(confirmCode(parts, await me.context(), 'mail', code), { code: 'notifications.wrongCode' })
  assert.equal((await confirmCode(parts, await me.context(), 'sms', code)).sms.phone, '+8613812345678')
  untilNextDay()
  for (let i = 0; i < 5; i++) {
    await ask('+8613900000000')
    clock.passMinutes(2)
  }
  await assert.rejects(ask('+8613900000000'), { code: 'notifications.tooManyCodes' })
  assert.equal((await mailSettings(parts, await me.context())).sms.phone, '+8613812345678')
  clock.passMinutes(24 * 60)
  await ask('+8613900000000')
})

test('only what was chosen comes; a busy gateway is asked again, a refusal is for good', async () => {
  sent.length = 0
  await tell('a')
  assert.deepEqual([await work(), sent.length], [[], 0])
  await choose('atOnce')
  await tell('b')
  assert.deepEqual(await work(), [])
  assert.deepEqual(
    sent.map(({ phone, kind, content }) => [phone, kind, content]),
    [['+8613812345678', 'news', '压铸机3 报警']],
  )
  answer = { status: 503, text: 'busy' }
  await tell('c')
  assert.deepEqual(await work(), ['sms: HTTP 503'])
  assert.deepEqual([(await log())[0]?.state, (await log())[0]?.reason], ['waiting', 'HTTP 503'])
  answer = { status: 400, text: 'never' }
  await tell('d')
  assert.deepEqual([await work(), (await log())[0]?.state], [[], 'failed'])
  answer = { status: 200, text: 'ok' }
  await tell('e', '很长的名字'.repeat(100))
  await work()
  assert.ok([...(sent.at(-1)?.content ?? '')].length <= 180)
})

test('in quiet hours what may wait comes in one message at their end, what may not at once', async () => {
  sent.length = 0
  const wall = (minutes: number) => new Date(wallMs(clock.nowMs(), CHINA_ZONE) + minutes * 60_000).toISOString().slice(11, 16)
  const quiet = { from: wall(-30), until: wall(90) }
  await choose('atOnce', quiet)
  for (const key of ['q1', 'q2', 'q3']) await tell(key, `机器${key}`)
  const { signal } = new AbortController()
  await digestLoop(parts).run(signal)
  assert.deepEqual([await work(), sent.length], [[], 0])
  await choose('always', quiet)
  await tell('q4', '机器q4')
  await work()
  assert.deepEqual(
    sent.map(({ content }) => content),
    ['机器q4 报警'],
  )
  clock.passMinutes(100)
  await digestLoop(parts).run(signal)
  await work()
  assert.deepEqual([sent.length, sent.at(-1)?.content], [2, '您有 3 条新消息，最近一条：机器q3 报警'])
  await choose('atOnce')
})

test('twenty a day and no more: a storm of alarms is in the inbox; taken back, nothing comes', async () => {
  untilNextDay()
  sent.length = 0
  for (let i = 0; i < SMS_A_DAY + 3; i++) {
    await tell(`s${i}`)
    await work()
    clock.passMinutes(0.1)
  }
  assert.equal(sent.length, SMS_A_DAY)
  assert.deepEqual([(await log())[0]?.state, (await log())[0]?.reason], ['failed', 'dailyLimit'])
  clock.passMinutes(24 * 60)
  await tell('next day')
  await removeAddress(parts, await me.context(), 'sms')
  await work()
  assert.deepEqual([sent.length, (await log())[0]?.reason], [SMS_A_DAY, 'noAddress'])
})
