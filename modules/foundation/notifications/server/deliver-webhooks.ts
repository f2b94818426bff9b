import { backgroundContext, type Context } from '#kernel/context.ts'
import type { Job } from '#kernel/jobs.ts'
import { outboundRequest } from '#kernel/outbound.ts'
import { opaque } from '#kernel/postgres.ts'
import type { SecretId } from '#modules/foundation/security/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { WebhookDeliveryId } from '../webhook-contract.ts'
import { notify } from './notify.ts'
import type { Parts } from './parts.ts'
import { RobotSecret, robotAnswer, robotRequest } from './robot-rules.ts'
import type { DeliveryRow, NotificationsTx, WebhookRow } from './tables.ts'
import { type AfterAttempt, afterAttempt, retryAfterMs, SECRET_PURPOSE, signatureOf } from './webhook-rules.ts'
import {
  DELIVER,
  enqueueDelivery,
  failWaiting,
  lockDelivery,
  lockWebhook,
  readDelivery,
  readWebhook,
  updateDelivery,
  updateWebhook,
} from './webhook-store.ts'

const WAIT_MS = 15_000
const ANSWER_BYTES = 64 * 1024

export const deliverJob = (parts: Parts): Job => ({
  name: DELIVER,
  run: async (payload) => {
    const { orgId, id } = payload as { orgId: OrgId; id: WebhookDeliveryId }
    const organisation = await parts.organisations.facts(orgId)
    if (!organisation?.active) return
    const ctx = backgroundContext(organisation, { kind: 'job', id: DELIVER }, '', parts.clock.now())
    const message = await parts.db.inTenant(ctx, (tx) => messageOf(parts, ctx, tx, id))
    if (!message) return
    const answer = await post(parts, message)
    await parts.db.inTenant(ctx, (tx) => settle(parts, ctx, tx, message.delivery, answer))
  },
})

interface Message {
  webhook: WebhookRow
  delivery: DeliveryRow
  secrets: string[]
}

/** Undefined: it was sent or given up meanwhile, or its webhook stopped. */
async function messageOf({ security }: Parts, ctx: Context, tx: NotificationsTx, id: WebhookDeliveryId): Promise<Message | undefined> {
  const delivery = await readDelivery(tx, id)
  if (delivery?.state !== 'waiting') return undefined
  const webhook = await readWebhook(tx, delivery.webhook_id)
  if (!webhook?.active) return undefined
  const both = webhook.old_secret_until !== null && webhook.old_secret_until > ctx.now
  const ids = [webhook.secret_id, ...(both && webhook.old_secret_id ? [webhook.old_secret_id] : [])]
  const secrets: string[] = []
  for (const secretId of ids) secrets.push(await security.reveal(opaque(tx), ctx, secretId as SecretId, SECRET_PURPOSE))
  return { webhook, delivery, secrets }
}

interface Answer {
  status: number | undefined
  reason: string | null
  retryAfterMs: number | undefined
  /** What a robot said in its answer; undefined: the status is the answer. */
  robot?: ReturnType<typeof robotAnswer>
}

/** No transaction is open meanwhile. */
async function post({ clock, webhookRules }: Parts, message: Message): Promise<Answer> {
  const { url, body, headers } = requestOf(message, clock.nowMs())
  const { channel } = message.webhook
  const sent = { 'content-type': 'application/json; charset=utf-8', 'content-length': String(Buffer.byteLength(body)), ...headers }
  try {
    const rules = { timeoutMs: WAIT_MS, maxAnswerBytes: ANSWER_BYTES, ...webhookRules }
    const answer = await outboundRequest(url, { method: 'POST', headers: { 'user-agent': 'Lianshu-Webhooks/1', ...sent }, body }, rules)
    const robot = channel === 'standard' ? undefined : robotAnswer(answer.status, answer.body.toString())
    const reason = robot && 'code' in robot ? `robot.${robot.code}` : null
    return { status: answer.status, reason, retryAfterMs: retryAfterMs(answer.headers['retry-after'], clock.nowMs()), robot }
  } catch (error) {
    const { code } = error as { code?: string }
    return { status: undefined, reason: code ?? 'error', retryAfterMs: undefined }
  }
}

function requestOf({ webhook: { channel, url }, delivery, secrets }: Message, nowMs: number) {
  if (channel !== 'standard') {
    const secret = RobotSecret.parse(JSON.parse(secrets[0] ?? '{}'))
    return { ...robotRequest(channel, secret, delivery.body, nowMs), headers: {} }
  }
  const id = `msg_${delivery.id}`
  const seconds = Math.floor(nowMs / 1_000)
  const signature = signatureOf(secrets, id, seconds, delivery.body)
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signature }
  return { url, body: delivery.body, headers }
}

/** A robot that refuses refuses always, for what it was set up with: nothing is tried again until somebody has looked. */
function nextOf({ robot, ...answer }: Answer, attempts: number): AfterAttempt {
  if (!robot) return afterAttempt(answer, attempts, Math.random())
  if ('afterMs' in robot) return afterAttempt({ status: undefined, retryAfterMs: robot.afterMs }, attempts, Math.random())
  return { kind: robot.kind === 'refused' ? 'failed' : robot.kind }
}

async function settle(parts: Parts, ctx: Context, tx: NotificationsTx, { id }: DeliveryRow, answer: Answer): Promise<void> {
  const row = await lockDelivery(tx, id)
  if (row?.state !== 'waiting') return
  const attempts = row.attempts + 1
  const next = nextOf(answer, attempts)
  const now = parts.clock.now()
  const facts = { attempts, last_status: answer.status ?? null, reason: answer.reason }
  if (next.kind === 'retry') {
    const at = new Date(now.getTime() + next.afterMs)
    await enqueueDelivery(tx, await updateDelivery(tx, id, { ...facts, next_at: at }), at)
    return
  }
  const state = next.kind === 'delivered' ? 'delivered' : 'failed'
  await updateDelivery(tx, id, { ...facts, state, next_at: null, settled_at: now })
  if (next.kind !== 'delivered') await stop(parts, ctx, tx, row, next.kind)
}

/** An address that is gone, or took nothing for three days, is not asked again until somebody has looked. */
async function stop(
  parts: Parts,
  ctx: Context,
  tx: NotificationsTx,
  { webhook_id: id }: DeliveryRow,
  why: Exclude<AfterAttempt['kind'], 'delivered' | 'retry'>,
) {
  const webhook = await lockWebhook(tx, id)
  if (!webhook?.active) return
  await updateWebhook(tx, webhook, { active: false, stopped: why === 'gone' ? 'gone' : 'failing' })
  await failWaiting(tx, id, ctx.now)
  const name = webhook.note || new URL(webhook.url).hostname
  await notify(tx, ctx, parts, {
    kind: 'notifications.webhookStopped',
    to: { permission: 'notifications.manageWebhooks' },
    values: { name },
    path: `/notifications/webhooks/${id}`,
    key: id,
  })
}
