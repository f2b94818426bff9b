import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { SMTPServer } from 'smtp-server'
import { openMailer } from '#kernel/mail.ts'
import { translator } from '#kernel/words.ts'
import { wallMs } from '#values/instant.ts'
import { testbed } from '../../../../tests/access-testbed.ts'
import en from '../en.json' with { type: 'json' }
import zh from '../zh.json' with { type: 'json' }
import { chooseMail, confirmCode, mailSettings, removeAddress, setEmail } from './change-mail-settings.ts'
import { mailPage } from './mail-store.ts'
import { notify } from './notify.ts'
import type { Parts } from './parts.ts'
import { digestLoop, mailJobs } from './send-mails.ts'
import type { NotificationsSystem, NotificationsTables } from './tables.ts'

// ---------------------------------------------------------------- a mail server that this project did not write
const received: { to: string; raw: string }[] = []
let refuse: { code: number } | undefined
const server = new SMTPServer({
  authMethods: ['PLAIN', 'LOGIN'],
  allowInsecureAuth: true,
  hideSTARTTLS: true,
  onAuth: ({ username, password }, _session, done) =>
    username === 'platform' && password === 'mail-secret' ? done(null, { user: username }) : done(new Error('no')),
  onRcptTo: (_address, _session, done) => done(refuse ? Object.assign(new Error('refused'), { responseCode: refuse.code }) : null),
  onData: (stream, session, done) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      received.push({ to: session.envelope.rcptTo.map((one) => one.address).join(), raw: Buffer.concat(chunks).toString() })
      done()
    })
  },
})
await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
const folder = mkdtempSync(join(tmpdir(), 'lianshu-mail-'))
writeFileSync(join(folder, 'password'), 'mail-secret\n', { mode: 0o600 })
after(async () => {
  await new Promise<void>((resolve) => void server.close(resolve))
  rmSync(folder, { recursive: true })
})
const { port } = server.server.address() as AddressInfo
const mailer = openMailer({
  url: `smtp://platform@127.0.0.1:${port}`,
  passwordFile: join(folder, 'password'),
  from: '链枢 <noreply@lianshu.example>',
})

const bed = await testbed({ after })
const { access, organisations, clock } = bed
const translate = translator({
  notifications: { zh, en },
  evil: { zh: { notices: { x: '{{partner}} 的 <消息>' } }, en: { notices: { x: '{{partner}}: <news>' } } },
})
const parts: Parts = {
  db: bed.database<NotificationsTables>(),
  system: bed.system as unknown as NotificationsSystem,
  access,
  organisations,
  clock,
  translate,
  mailer,
  sms: undefined,
  publicUrl: 'https://lianshu.example',
  security: undefined as never,
  webhookRules: {},
  documents: () => [],
  notices: () => [
    { event: 'x.y', kind: 'evil.x', recipient: () => undefined, permission: 'devices.manage', path: () => '/', values: () => ({}) },
  ],
}
const org = await bed.newOrganisation({ name: '应龙 & 子' })
const reader = await bed.newUser(org, 'reader')
await bed.newUser(org, 'other')
const signedIn = async (login: string) => {
  const ctx = await (await bed.signIn(login)).context()
  // The days pass faster than a session lasts.
  return { context: async () => ({ ...ctx, now: clock.now() }) }
}
const [me, other] = [await signedIn('reader'), await signedIn('other')]

/** A part of a mail as its reader sees it. */
function part(raw: string, type: 'text/plain' | 'text/html'): string {
  const found = raw.split(/\r\n--[^\r]+\r\n/).find((one) => one.toLowerCase().startsWith(`content-type: ${type}`)) ?? ''
  const [head = '', ...body] = found.split('\r\n\r\n')
  const text = body.join('\r\n\r\n')
  if (/base64/i.test(head)) return Buffer.from(text, 'base64').toString()
  const bytes = text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}
const jobs = mailJobs(parts)
/** What the worker does with the queue: each job once, its failures kept. */
async function work(): Promise<string[]> {
  const { rows } = await bed.system.inSystem((tx) =>
    sql<{ task: string; payload: unknown; key: string }>`select t.identifier as task, j.payload, j.key
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where j.attempts = 0 order by j.id`.execute(
      tx,
    ),
  )
  const failures: string[] = []
  for (const { task, payload } of rows) {
    const job = jobs.find((one) => one.name === task)
    await job?.run(payload).catch((error: Error) => failures.push(error.message))
  }
  return failures
}
const clearQueue = () =>
  bed.system.inSystem((tx) => sql`select graphile_worker.complete_jobs(array(select id from graphile_worker._private_jobs))`.execute(tx))

async function tell(key: string, partner = '坏 <b>"人"</b>\r\nBcc: x@example.com'): Promise<void> {
  const ctx = await other.context()
  await parts.db.inTenant(ctx, (tx) =>
    notify(tx, ctx, parts, { kind: 'evil.x', to: { persons: [reader] }, values: { partner }, path: '/orders/1', key }),
  )
}
const mails = async () => {
  const ctx = await me.context()
  return (await parts.db.inTenant(ctx, (tx) => mailPage(tx, ctx.actor.id, { sort: '-createdAt', limit: 50 }))).items
}

test('an address holds once its code came back; wrong codes are counted', async () => {
  await tell('before')
  assert.deepEqual(await mails(), [])
  const asked = await setEmail(parts, await me.context(), 'reader@example.com')
  assert.equal(asked.email, null)
  assert.equal(asked.pendingEmail, 'reader@example.com')
  assert.equal(received.at(-1)?.to, 'reader@example.com')
  const code = /\d{6}/.exec(part(received.at(-1)?.raw ?? '', 'text/plain'))?.[0] ?? ''
  await assert.rejects(setEmail(parts, await me.context(), 'x@example.com'), { code: 'notifications.codeJustSent' })
  const wrong = code === '000000' ? '000001' : '000000'
  for (let i = 0; i < 4; i++)
    await assert.rejects(confirmCode(parts, await me.context(), 'mail', wrong), { code: 'notifications.wrongCode' })
  // Another person's code is not this one's.
  await assert.rejects(confirmCode(parts, await other.context(), 'mail', code), { code: 'notifications.wrongCode' })
  assert.equal((await confirmCode(parts, await me.context(), 'mail', code)).email, 'reader@example.com')
  clock.passMinutes(2)
  await setEmail(parts, await me.context(), 'second@example.com')
  const second = /\d{6}/.exec(part(received.at(-1)?.raw ?? '', 'text/plain'))?.[0] ?? ''
  for (let i = 0; i < 5; i++) await assert.rejects(confirmCode(parts, await me.context(), 'mail', second === wrong ? '111111' : wrong))
  await assert.rejects(confirmCode(parts, await me.context(), 'mail', second), { code: 'notifications.wrongCode' })
  assert.equal((await mailSettings(parts, await me.context())).email, 'reader@example.com')
})

test('at once: one mail a message, escaped, with a link and the way to stop it, and no header of its own', async () => {
  received.length = 0
  await tell('a')
  assert.deepEqual(await work(), [])
  assert.equal(received.length, 1)
  const { raw, to } = received[0] ?? { raw: '', to: '' }
  assert.equal(to, 'reader@example.com')
  const head = raw.slice(0, raw.indexOf('\r\n\r\n'))
  assert.doesNotMatch(head, /^bcc:/im)
  assert.match(head, /^List-Unsubscribe: <https:\/\/lianshu\.example\/notifications\/settings>/im)
  assert.match(head, /^Auto-Submitted: auto-generated/im)
  const html = part(raw, 'text/html')
  assert.match(html, /坏 &lt;b&gt;&quot;人&quot;&lt;\/b&gt;/)
  assert.doesNotMatch(html, /<b>/)
  assert.match(html, /应龙 &amp; 子/)
  assert.match(html, /href="https:\/\/lianshu\.example\/orders\/1"/)
  assert.match(part(raw, 'text/plain'), /坏 <b>"人"<\/b>[\s\S]*https:\/\/lianshu\.example\/orders\/1/)
  assert.equal((await mails())[0]?.state, 'sent')
  // The job is delivered again: nothing is sent again.
  assert.deepEqual(await work(), [])
  assert.equal(received.length, 1)
  await clearQueue()
})

test('a busy server is asked again, a refusal is for good; nothing of the password is kept', async () => {
  received.length = 0
  refuse = { code: 451 }
  await tell('b')
  assert.deepEqual(await work(), ['mail: EENVELOPE 451'])
  assert.equal((await mails())[0]?.state, 'waiting')
  assert.equal((await mails())[0]?.reason, 'EENVELOPE 451')
  refuse = undefined
  assert.deepEqual(await work(), [])
  assert.equal((await mails())[0]?.state, 'sent')
  assert.equal((await mails())[0]?.attempts, 2)
  await clearQueue()
  refuse = { code: 550 }
  await tell('c')
  assert.deepEqual(await work(), [])
  assert.equal((await mails())[0]?.state, 'failed')
  refuse = undefined
  await clearQueue()
  const wrong = openMailer({ url: `smtp://platform:mail-guess@127.0.0.1:${port}`, from: 'a@b.example' })
  const outcome = await wrong.send({ id: 'x', to: 'a@b.example', subject: 's', text: 't', html: 'h' })
  assert.equal(outcome.kind, 'failed')
  assert.doesNotMatch(JSON.stringify([outcome, await mails()]), /mail-guess|mail-secret/)
})

test('a digest waits while the server is busy, and goes once: after a restart, from two workers, with a job delivered again', async () => {
  received.length = 0
  const { version } = await mailSettings(parts, await me.context())
  await chooseMail(parts, await me.context(), { version, normal: 'daily', byKind: {}, quiet: null })
  for (const key of ['r', 's']) await tell(key, `合作方${key}`)
  clock.passMinutes(24 * 60)
  const signal = new AbortController().signal
  refuse = { code: 451 }
  await digestLoop(parts).run(signal)
  await work()
  refuse = undefined
  assert.deepEqual([received.length, (await mails())[0]?.state, (await mails())[0]?.reason], [0, 'waiting', 'EENVELOPE 451'])
  await clearQueue()
  // The worker starts anew beside another one: both find it due.
  await Promise.all([digestLoop({ ...parts }).run(signal), digestLoop({ ...parts }).run(signal)])
  await work()
  await work()
  await digestLoop({ ...parts }).run(signal)
  await work()
  assert.equal(received.length, 1)
  const { raw, to } = received[0] ?? { raw: '', to: '' }
  assert.equal(to, 'reader@example.com')
  const text = part(raw, 'text/plain')
  for (const key of ['r', 's']) assert.equal(text.split(`合作方${key}`).length, 2, key)
  assert.match(text, /https:\/\/lianshu\.example\/orders\/1/)
  assert.deepEqual(
    (await mails()).slice(0, 2).map(({ state, mode }) => [state, mode]),
    [
      ['sent', 'daily'],
      ['sent', 'daily'],
    ],
  )
  await clearQueue()
  const now = await mailSettings(parts, await me.context())
  await chooseMail(parts, await me.context(), { version: now.version, normal: 'atOnce', byKind: {}, quiet: null })
})

test('in quiet hours nothing is mailed at once but what shall come always; the rest comes in one mail at their end', async () => {
  received.length = 0
  const wall = (minutes: number) => new Date(wallMs(clock.nowMs(), 'Asia/Shanghai') + minutes * 60_000).toISOString().slice(11, 16)
  const quiet = { from: wall(-30), until: wall(90) }
  const choose = async (byKind: Record<string, 'always'>) => {
    const { version } = await mailSettings(parts, await me.context())
    return chooseMail(parts, await me.context(), { version, normal: 'atOnce', byKind, quiet })
  }
  const signal = new AbortController().signal
  assert.deepEqual((await choose({})).quiet, quiet)
  for (const key of ['q1', 'q2']) await tell(key, `合作方${key}`)
  await work()
  await digestLoop(parts).run(signal)
  await work()
  assert.equal(received.length, 0)
  await choose({ 'evil.x': 'always' })
  await tell('q3', '合作方q3')
  await work()
  assert.equal(received.length, 1)
  assert.match(part(received[0]?.raw ?? '', 'text/plain'), /合作方q3/)
  await choose({})
  clock.passMinutes(91)
  await digestLoop(parts).run(signal)
  await work()
  assert.equal(received.length, 2)
  const text = part(received[1]?.raw ?? '', 'text/plain')
  for (const key of ['q1', 'q2']) assert.match(text, new RegExp(`合作方${key}`))
  await tell('q4', '合作方q4')
  await work()
  assert.equal(received.length, 3)
  await clearQueue()
})

test('daily: what came before 08:00 in one mail then; none: not at all; stopped: not any more', async () => {
  received.length = 0
  const { version } = await mailSettings(parts, await me.context())
  await chooseMail(parts, await me.context(), { version, normal: 'daily', byKind: {}, quiet: null })
  await assert.rejects(chooseMail(parts, await me.context(), { version, normal: 'none', byKind: {}, quiet: null }), {
    code: 'notifications.changedMeanwhile',
  })
  for (const key of ['d', 'e', 'f']) await tell(key, `合作方${key}`)
  const loop = digestLoop(parts)
  await loop.run(new AbortController().signal)
  await work()
  assert.equal(received.length, 0)
  clock.passMinutes(24 * 60)
  await loop.run(new AbortController().signal)
  await work()
  assert.equal(received.length, 1)
  const text = part(received[0]?.raw ?? '', 'text/plain')
  for (const key of ['d', 'e', 'f']) assert.match(text, new RegExp(`合作方${key}`))
  await clearQueue()
  const again = await mailSettings(parts, await me.context())
  await chooseMail(parts, await me.context(), { version: again.version, normal: 'atOnce', byKind: { 'evil.x': 'none' }, quiet: null })
  await tell('g')
  await work()
  assert.equal(received.length, 1)
  const last = await mailSettings(parts, await me.context())
  await chooseMail(parts, await me.context(), { version: last.version, normal: 'atOnce', byKind: {}, quiet: null })
  await tell('h')
  await removeAddress(parts, await me.context(), 'mail')
  await work()
  assert.equal(received.length, 1)
  assert.equal((await mails())[0]?.state, 'failed')
  await tell('i')
  assert.equal((await mails()).filter((mail) => mail.state === 'waiting').length, 0)
})
