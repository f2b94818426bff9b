import { randomBytes } from 'node:crypto'
import type { Context } from '#kernel/context.ts'
import { checkTarget } from '#kernel/outbound.ts'
import { opaque } from '#kernel/postgres.ts'
import type { SecretId } from '#modules/foundation/security/contract.ts'
import { notificationsErrors } from '../errors.ts'
import {
  OLD_SECRET_HOURS,
  WEBHOOKS_LIMIT,
  type Webhook,
  type WebhookDelivery,
  type WebhookDeliveryId,
  type WebhookId,
} from '../webhook-contract.ts'
import type { Parts } from './parts.ts'
import { maskedUrl, RobotSecret, robotBody } from './robot-rules.ts'
import { lineOf } from './robot-text.ts'
import { robotEvents, subscribableEvents } from './spread-events.ts'
import type { NotificationsTx, WebhookRow } from './tables.ts'
import { SECRET_PURPOSE, secretOf } from './webhook-rules.ts'
import {
  allWebhooks,
  enqueueDelivery,
  failWaiting,
  insertDelivery,
  insertWebhook,
  lockDelivery,
  lockWebhook,
  readWebhook,
  removeWebhook,
  toDelivery,
  toWebhook,
  updateDelivery,
  updateWebhook,
} from './webhook-store.ts'

const TEST_EVENT = 'notifications.webhookTest'
const SECRET_BYTES = 32

interface Given {
  url: string
  note: string
  events: string[]
  /** Of a robot; undefined: as it is. */
  sign?: string | null | undefined
}

/** Errors: request.targetNotAllowed, request.targetUnknown, notifications.unknownEvent. */
async function checked(parts: Parts, { url, events }: Given, channel: WebhookRow['channel']): Promise<void> {
  const known = new Set(['*', ...(channel === 'standard' ? subscribableEvents(parts) : robotEvents(parts))])
  const unknown = events.find((event) => !known.has(event))
  if (unknown !== undefined) throw notificationsErrors.unknownEvent({ event: unknown })
  await checkTarget(url, parts.webhookRules)
}

const nameOf = ({ url, note }: Given): string => `${note || new URL(url).hostname}`.slice(0, 80)

export async function createWebhook(
  parts: Parts,
  ctx: Context,
  given: Given & { channel?: WebhookRow['channel'] },
): Promise<{ webhook: Webhook; secret: string | null }> {
  const { url, note, events, sign = null, channel = 'standard' } = given
  await checked(parts, given, channel)
  const secret = channel === 'standard' ? secretOf(randomBytes(SECRET_BYTES)) : null
  return parts.db.inTenant(ctx, async (tx) => {
    if ((await allWebhooks(tx)).length >= WEBHOOKS_LIMIT) throw notificationsErrors.tooManyWebhooks({ limit: WEBHOOKS_LIMIT })
    const kept = { purpose: SECRET_PURPOSE, name: nameOf(given), secret: secret ?? JSON.stringify({ url, sign } satisfies RobotSecret) }
    const secretId = await parts.security.keep(opaque(tx), ctx, kept)
    const shown = channel === 'standard' ? url : maskedUrl(url)
    const row = await insertWebhook(tx, { channel, url: shown, note, events, secret_id: secretId, created_at: ctx.now })
    return { webhook: toWebhook(row), secret }
  })
}

async function locked(tx: NotificationsTx, id: WebhookId, version: number): Promise<WebhookRow> {
  const row = await lockWebhook(tx, id)
  if (!row) throw notificationsErrors.webhookNotFound({ id })
  if (row.version !== version) throw notificationsErrors.webhookChangedMeanwhile({ id })
  return row
}

export async function changeWebhook(
  parts: Parts,
  ctx: Context,
  id: WebhookId,
  { version, active, ...given }: Given & { version: number; active: boolean },
): Promise<Webhook> {
  // Whose it is is asked before anything is looked up outside.
  const before = await parts.db.inTenant(ctx, (tx) => readWebhook(tx, id))
  if (!before) throw notificationsErrors.webhookNotFound({ id })
  await checked(parts, given, before.channel)
  return parts.db.inTenant(ctx, async (tx) => {
    const row = await locked(tx, id, version)
    if (!active) await failWaiting(tx, id, ctx.now)
    const { note, events } = given
    const where = row.channel === 'standard' ? { url: given.url } : await changedRobot(parts, ctx, tx, row, given)
    return toWebhook(await updateWebhook(tx, row, { ...where, note, events, active, stopped: active ? null : row.stopped }))
  })
}

/** An address that is given back as it was shown is the one that is kept. */
async function changedRobot({ security }: Parts, ctx: Context, tx: NotificationsTx, row: WebhookRow, { url, sign, ...given }: Given) {
  const isNew = url !== row.url
  if (!isNew && sign === undefined) return {}
  const kept = RobotSecret.parse(JSON.parse(await security.reveal(opaque(tx), ctx, row.secret_id as SecretId, SECRET_PURPOSE)))
  const secret = JSON.stringify({ url: isNew ? url : kept.url, sign: sign === undefined ? kept.sign : sign } satisfies RobotSecret)
  const secretId = await security.keep(opaque(tx), ctx, { purpose: SECRET_PURPOSE, name: nameOf({ url, ...given }), secret })
  await security.forget(opaque(tx), row.secret_id as SecretId, SECRET_PURPOSE)
  return { url: isNew ? maskedUrl(url) : row.url, secret_id: secretId }
}

export const rotateSecret = (parts: Parts, ctx: Context, id: WebhookId, version: number): Promise<{ webhook: Webhook; secret: string }> =>
  parts.db.inTenant(ctx, async (tx) => {
    const row = await locked(tx, id, version)
    // A robot's key is changed where it was made.
    if (row.channel !== 'standard') throw notificationsErrors.webhookNotFound({ id })
    const secret = secretOf(randomBytes(SECRET_BYTES))
    const secretId = await parts.security.keep(opaque(tx), ctx, { purpose: SECRET_PURPOSE, name: nameOf(row), secret })
    if (row.old_secret_id) await parts.security.forget(opaque(tx), row.old_secret_id as SecretId, SECRET_PURPOSE)
    const until = new Date(ctx.now.getTime() + OLD_SECRET_HOURS * 3_600_000)
    const rotated = await updateWebhook(tx, row, { secret_id: secretId, old_secret_id: row.secret_id, old_secret_until: until })
    return { webhook: toWebhook(rotated), secret }
  })

export const deleteWebhook = (parts: Parts, ctx: Context, id: WebhookId): Promise<void> =>
  parts.db.inTenant(ctx, async (tx) => {
    const row = await lockWebhook(tx, id)
    if (!row) throw notificationsErrors.webhookNotFound({ id })
    for (const secret of [row.secret_id, row.old_secret_id])
      if (secret !== null) await parts.security.forget(opaque(tx), secret as SecretId, SECRET_PURPOSE)
    await removeWebhook(tx, id)
  })

export const testWebhook = (parts: Parts, ctx: Context, id: WebhookId): Promise<WebhookDelivery> =>
  parts.db.inTenant(ctx, async (tx) => {
    const webhook = await readWebhook(tx, id)
    if (!webhook) throw notificationsErrors.webhookNotFound({ id })
    if (!webhook.active) throw notificationsErrors.webhookStopped({ id })
    const words = parts.translate('zh-CN', 'notifications.webhooks.robotTest') ?? TEST_EVENT
    const body =
      webhook.channel === 'standard'
        ? JSON.stringify({ type: TEST_EVENT, timestamp: ctx.now.toISOString(), data: { webhookId: id } })
        : robotBody(webhook.channel, lineOf(parts, words, `/notifications/webhooks/${id}`))
    const row = await insertDelivery(tx, { webhook_id: id, event: TEST_EVENT, event_id: null, body, created_at: ctx.now, next_at: ctx.now })
    if (!row) throw new Error('A test event got no row.')
    await enqueueDelivery(tx, row, null)
    return toDelivery(row)
  })

export const resendDelivery = (parts: Parts, ctx: Context, id: WebhookDeliveryId): Promise<WebhookDelivery> =>
  parts.db.inTenant(ctx, async (tx) => {
    const row = await lockDelivery(tx, id)
    if (!row) throw notificationsErrors.deliveryNotFound({ id })
    if (row.state === 'waiting') throw notificationsErrors.deliveryWaits({ id })
    const webhook = await readWebhook(tx, row.webhook_id)
    if (!webhook?.active) throw notificationsErrors.webhookStopped({ id: row.webhook_id })
    // By hand: the attempts begin anew.
    const again = await updateDelivery(tx, id, { state: 'waiting', attempts: 0, next_at: ctx.now, settled_at: null })
    await enqueueDelivery(tx, again, null)
    return toDelivery(again)
  })
