import assert from 'node:assert/strict'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import type { DocumentKind } from '#kernel/documents.ts'
import { masterKeysIn } from '#kernel/master-keys.ts'
import type { Notice } from '#kernel/notices.ts'
import type { Delivered } from '#kernel/outbox-reader.ts'
import type { PersonId } from '#modules/foundation/access/contract.ts'
import { securityModule } from '#modules/foundation/security/module.ts'
import type { OrgId } from '#values/ids.ts'
import { testbed } from '../../../../tests/access-testbed.ts'
import { testKeyFile } from '../../../../tests/key-file.ts'
import type { RobotChannel } from '../robot-channels.ts'
import type { WebhookId } from '../webhook-contract.ts'
import { changeWebhook, createWebhook, deleteWebhook, resendDelivery, rotateSecret, testWebhook } from './change-webhooks.ts'
import { deliverJob } from './deliver-webhooks.ts'
import { unreadOf } from './message-store.ts'
import type { Parts } from './parts.ts'
import { spreadEvents } from './spread-events.ts'
import type { NotificationsSystem, NotificationsTables } from './tables.ts'
import { DELIVER, deliveryPage, readWebhook } from './webhook-store.ts'

// ---------------------------------------------------------------- the receiving side
interface Got {
  url: string
  headers: Record<string, string>
  body: string
}
const got: Got[] = []
let answer: { status: number; headers?: Record<string, string>; body?: string } = { status: 204 }
const receiver = createServer(async (request: IncomingMessage, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  got.push({ url: request.url ?? '', headers: request.headers as Record<string, string>, body: Buffer.concat(chunks).toString() })
  response.writeHead(answer.status, answer.headers).end(answer.body)
})
await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve))
after(() => new Promise<void>((resolve) => void receiver.close(() => resolve())))
const { port } = receiver.address() as AddressInfo
const url = `http://127.0.0.1:${port}/hooks`

const bed = await testbed({ after })
const db = bed.database<NotificationsTables>()
const [seller, buyer, stranger] = [await bed.newOrganisation(), await bed.newOrganisation(), await bed.newOrganisation()]
const document: DocumentKind = {
  entity: 'orders.order',
  read: 'devices.read',
  answer: 'devices.manage',
  path: (id) => `/orders/${id}`,
  describe: async (_ctx, _tx, ids) => new Map(ids.map((id) => [id, { number: 'PO-1', name: '', parties: [seller, buyer] }])),
  events: [{ event: 'orders.proposed', id: (payload: { orderId: string }) => payload.orderId }],
}
const parts: Parts = {
  db,
  system: bed.system as unknown as NotificationsSystem,
  // The module's own permission is known to the composition alone.
  access: { ...bed.access, personsWith: (tx) => bed.access.personsWith(tx, 'access.manageUsers') },
  organisations: bed.organisations,
  clock: { now: () => new Date(), nowMs: () => Date.now() },
  translate: () => undefined,
  mailer: undefined,
  sms: undefined,
  publicUrl: undefined,
  security: securityModule({
    db: bed.database(),
    system: bed.system as never,
    masterKeys: masterKeysIn(testKeyFile({ after })),
    words: () => ({}),
  }).public,
  webhookRules: { plain: true, ports: [port], networks: ['127.0.0.0/8'] },
  notices: () => [],
  documents: () => [document],
}
for (const [org, login] of [
  [seller, 'seller'],
  [buyer, 'buyer'],
  [stranger, 'stranger'],
] as const)
  await bed.newUser(org, login)
const as = async (login: string) => ({ ...(await (await bed.signIn(login)).context()), now: new Date() })
const [sold, bought, strange] = [await as('seller'), await as('buyer'), await as('stranger')]

let eventId = 100
const proposed = (orgId: OrgId, id = ++eventId): Delivered<unknown> => ({
  id,
  orgId,
  name: 'orders.proposed',
  version: 1,
  key: 'o1',
  payload: { orderId: '0193a000-0000-7000-8000-000000000007' },
  actor: { kind: 'user', id: sold.actor.id },
  trace: '',
  occurredAt: '2026-11-26T10:00:00.000Z',
})
const spread = async (event: Delivered<unknown>) => {
  for (const subscription of spreadEvents(parts)) if (subscription.event === event.name) await subscription.handle(event)
}
interface Queued {
  payload: unknown
  at: Date
}
const queued = async (): Promise<Queued[]> => {
  const { rows } = await bed.system.inSystem((tx) =>
    sql<Queued>`select j.payload, j.run_at as at from graphile_worker._private_jobs j
      join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = ${DELIVER} order by j.id`.execute(tx),
  )
  await bed.system.inSystem((tx) =>
    sql`select graphile_worker.complete_jobs(array(select id from graphile_worker._private_jobs))`.execute(tx),
  )
  return rows
}
const work = async (): Promise<void> => {
  for (const job of await queued()) await deliverJob(parts).run(job.payload)
}
const log = (ctx: typeof sold, id: WebhookId) =>
  db.inTenant(ctx, (tx) => deliveryPage(tx, id, { sort: '-createdAt', limit: 50 })).then((page) => page.items)
const hook = (ctx: typeof sold, id: WebhookId) => db.inTenant(ctx, (tx) => readWebhook(tx, id))
const given = { url, note: 'ERP', events: ['orders.proposed'] }

beforeEach(() => {
  got.length = 0
  answer = { status: 204 }
})

test('both parties of a document are told, each with his own signature that a foreign library verifies; nobody else is', async () => {
  const mine = await createWebhook(parts, sold, given)
  const theirs = await createWebhook(parts, bought, { ...given, events: ['*'] })
  const other = await createWebhook(parts, strange, { ...given, events: ['*'] })
  const event = proposed(seller)
  await spread(event)
  await spread(event)
  await work()
  assert.equal(got.length, 2)
  const verifies = (secret: string | null, { body, headers }: Got) => {
    try {
      return new StandardWebhook(secret ?? '').verify(body, headers)
    } catch {
      return undefined
    }
  }
  for (const { secret } of [mine, theirs]) {
    const [read, ...more] = got.map((one) => verifies(secret, one)).filter((one) => one !== undefined)
    assert.equal(more.length, 0)
    assert.deepEqual(read, { type: 'orders.proposed', timestamp: '2026-11-26T10:00:00.000Z', data: event.payload })
  }
  assert.ok(got.every((one) => verifies(other.secret, one) === undefined))
  const forged = { ...(got[0] as Got), body: got[0]?.body.replace('o', '0') ?? '' }
  assert.equal(verifies(mine.secret, forged) ?? verifies(theirs.secret, forged), undefined)
  assert.deepEqual(
    (await log(sold, mine.webhook.id)).map(({ state, lastStatus }) => [state, lastStatus]),
    [['delivered', 204]],
  )
  for (const { webhook } of [theirs, other])
    await assert.rejects(testWebhook(parts, sold, webhook.id), { code: 'notifications.webhookNotFound' })
  await deleteWebhook(parts, bought, theirs.webhook.id)
  await deleteWebhook(parts, strange, other.webhook.id)
})

test('after a rotation both secrets verify for a day, then the new one alone', async () => {
  const { webhook, secret } = await createWebhook(parts, strange, { ...given, events: ['*'] })
  const rotated = await rotateSecret(parts, strange, webhook.id, webhook.version)
  await assert.rejects(rotateSecret(parts, strange, webhook.id, webhook.version), { code: 'notifications.webhookChangedMeanwhile' })
  await testWebhook(parts, strange, webhook.id)
  await work()
  for (const one of [secret, rotated.secret]) new StandardWebhook(one ?? '').verify(got[0]?.body ?? '', got[0]?.headers ?? {})
  const real = parts.clock
  parts.clock = { now: () => new Date(Date.now() + 25 * 3_600_000), nowMs: () => Date.now() }
  await testWebhook(parts, strange, webhook.id)
  await work()
  parts.clock = real
  new StandardWebhook(rotated.secret ?? '').verify(got[1]?.body ?? '', got[1]?.headers ?? {})
  assert.throws(() => new StandardWebhook(secret ?? '').verify(got[1]?.body ?? '', got[1]?.headers ?? {}))
  await deleteWebhook(parts, strange, webhook.id)
})

test('a busy receiver is asked again when it says; 410 stops the webhook and tells its managers; what was not sent can be sent again', async () => {
  const { webhook } = await createWebhook(parts, bought, given)
  answer = { status: 503, headers: { 'retry-after': '3600' } }
  await spread(proposed(seller))
  await work()
  const mine = (await log(bought, webhook.id))[0]
  assert.deepEqual([mine?.state, mine?.attempts, mine?.lastStatus], ['waiting', 1, 503])
  const [again] = (await queued()).filter((job) => (job.payload as { id: string }).id === mine?.id)
  const inMinutes = ((again?.at.getTime() ?? 0) - Date.now()) / 60_000
  assert.ok(inMinutes > 59 && inMinutes < 61, `${inMinutes}`)
  answer = { status: 410 }
  await deliverJob(parts).run(again?.payload)
  assert.equal((await hook(bought, webhook.id))?.active, false)
  assert.equal((await hook(bought, webhook.id))?.stopped, 'gone')
  assert.equal((await log(bought, webhook.id))[0]?.state, 'failed')
  assert.equal((await db.inTenant(bought, (tx) => unreadOf(tx, bought.actor.id as PersonId))).unread, 1)
  await spread(proposed(seller))
  assert.equal((await log(bought, webhook.id)).length, 1)
  const id = mine?.id as never
  await assert.rejects(resendDelivery(parts, bought, id), { code: 'notifications.webhookStopped' })
  const stopped = await hook(bought, webhook.id)
  await changeWebhook(parts, bought, webhook.id, { ...given, version: stopped?.version ?? 0, active: true })
  await assert.rejects(resendDelivery(parts, sold, id), { code: 'notifications.deliveryNotFound' })
  answer = { status: 200 }
  await queued()
  await resendDelivery(parts, bought, id)
  await assert.rejects(resendDelivery(parts, bought, id), { code: 'notifications.deliveryWaits' })
  got.length = 0
  await work()
  assert.equal(got[0]?.headers['webhook-id'], `msg_${mine?.id}`)
  assert.equal((await log(bought, webhook.id))[0]?.state, 'delivered')
})

test('no message leaves for a private network, by name or by address, nor follows a redirect there', async () => {
  const strict: Parts = { ...parts, webhookRules: {} }
  for (const address of [
    'https://127.0.0.1/x',
    'https://10.0.0.1/',
    'https://[::1]/',
    'https://169.254.169.254/latest',
    'https://localhost/',
  ])
    await assert.rejects(createWebhook(strict, sold, { ...given, url: address }), { code: 'request.targetNotAllowed' }, address)
  await assert.rejects(createWebhook(strict, sold, { ...given, url }), { code: 'request.targetNotAllowed' })
  await assert.rejects(createWebhook(parts, sold, { ...given, events: ['nobody.knows'] }), { code: 'notifications.unknownEvent' })
  answer = { status: 302, headers: { location: `${url}/elsewhere` } }
  const { webhook } = await createWebhook(parts, strange, given)
  await testWebhook(parts, strange, webhook.id)
  await work()
  assert.equal(got.length, 1)
  // Declared once, private since: judged again at each attempt.
  const row = (await log(strange, webhook.id))[0]
  await deliverJob(strict).run({ orgId: stranger, id: row?.id })
  const after = (await log(strange, webhook.id))[0]
  assert.equal(got.length, 1)
  assert.equal(after?.reason, 'request.targetNotAllowed')
})

const proposal: Notice = {
  event: 'orders.proposed',
  kind: 'orders.proposed',
  recipient: () => buyer,
  permission: 'devices.read',
  path: () => '/orders/7',
  values: () => ({ number: 'PO-7' }),
}
const withWords: Parts = {
  ...parts,
  publicUrl: 'https://chain.example.cn',
  notices: () => [proposal],
  translate: (_locale, key, facts) =>
    ({
      'orders.notices.proposed': `收到订单 ${facts?.number}`,
      'notifications.mail.product': '链枢',
      'notifications.webhooks.robotTest': '这是一条测试消息',
    })[key],
}

test('a robot of a group chat says to whom it is told what happened; its address is kept secret, also when it is changed', async () => {
  const make = (ctx: typeof sold, channel: RobotChannel, more = {}) =>
    createWebhook(withWords, ctx, { ...given, url: `${url}?key=6d0c-${channel}-9f31`, channel, ...more })
  await assert.rejects(make(sold, 'wecom', { events: ['orders.agreed'] }), { code: 'notifications.unknownEvent' })
  const robots = [
    await make(bought, 'wecom'),
    await make(bought, 'dingtalk', { sign: 'SEC12' }),
    await make(bought, 'feishu', { sign: 'S3' }),
  ]
  const theirs = await make(sold, 'wecom', { events: ['*'] })
  for (const { secret, webhook } of robots) assert.deepEqual([secret, webhook.url], [null, `http://127.0.0.1:${port}/••••9f31`])
  answer = { status: 200, body: '{"errcode":0,"errmsg":"ok"}' }
  const event = proposed(seller)
  for (let twice = 0; twice < 2; twice++)
    for (const subscription of spreadEvents(withWords)) if (subscription.event === event.name) await subscription.handle(event)
  await work()
  const text = '【链枢】收到订单 PO-7\nhttps://chain.example.cn/orders/7'
  const sent = (channel: string) => got.find((one) => one.url.includes(channel))
  assert.equal(got.filter((one) => one.url.includes('key=')).length, 3, 'whom nothing is told his robot says nothing')
  assert.deepEqual(JSON.parse(sent('wecom')?.body ?? ''), { msgtype: 'text', text: { content: text } })
  assert.match(sent('dingtalk')?.url ?? '', /\?key=6d0c-dingtalk-9f31&timestamp=\d{13}&sign=[\w%]+$/)
  const feishu = JSON.parse(sent('feishu')?.body ?? '')
  assert.deepEqual([feishu.msg_type, feishu.content, feishu.timestamp.length, feishu.sign.length], ['text', { text }, 10, 44])

  const [wecom] = robots
  const id = wecom?.webhook.id as WebhookId
  const change = (version: number, more = {}) =>
    changeWebhook(withWords, bought, id, { ...given, url: wecom?.webhook.url ?? '', version, active: true, ...more })
  got.length = 0
  const renamed = await change(1, { note: '质量群' })
  assert.equal(renamed.url, wecom?.webhook.url)
  const moved = await change(renamed.version, { url: `${url}?key=another-77aa` })
  assert.equal(moved.url, `http://127.0.0.1:${port}/••••77aa`)
  await testWebhook(withWords, bought, id)
  await work()
  assert.deepEqual(
    [got[0]?.url, JSON.parse(got[0]?.body ?? '{}').text.content],
    ['/hooks?key=another-77aa', `【链枢】这是一条测试消息\nhttps://chain.example.cn/notifications/webhooks/${id}`],
  )
  await assert.rejects(rotateSecret(withWords, bought, id, moved.version), { code: 'notifications.webhookNotFound' })
  for (const { webhook } of robots.slice(1)) await deleteWebhook(parts, bought, webhook.id)
  await deleteWebhook(parts, sold, theirs.webhook.id)
})

test('a robot that is too busy is asked again in a minute; one that refuses is stopped, and its code told', async () => {
  const { webhook } = await createWebhook(withWords, strange, { ...given, events: ['*'], channel: 'wecom' })
  await testWebhook(withWords, strange, webhook.id)
  const [job] = await queued()
  answer = { status: 200, body: '{"errcode":45009,"errmsg":"api freq out of limit"}' }
  await deliverJob(parts).run(job?.payload)
  const [again] = await queued()
  const inSeconds = ((again?.at.getTime() ?? 0) - Date.now()) / 1_000
  assert.ok(inSeconds > 55 && inSeconds < 65, `${inSeconds}`)
  answer = { status: 200, body: '{"errcode":310000,"errmsg":"sign not match"}' }
  await deliverJob(parts).run(job?.payload)
  const [row] = await log(strange, webhook.id)
  assert.deepEqual([row?.state, row?.reason, (await hook(strange, webhook.id))?.active], ['failed', 'robot.310000', false])
})
