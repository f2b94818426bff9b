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
import { subscribableEvents } from './spread-events.ts'
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
}

/** Errors: request.targetNotAllowed, request.targetUnknown, notifications.unknownEvent. */
async function checked(parts: Parts, { url, events }: Given): Promise<void> {
  const known = new Set(['*', ...subscribableEvents(parts)])
  const unknown = events.find((event) => !known.has(event))
  if (unknown !== undefined) throw notificationsErrors.unknownEvent({ event: unknown })
  await checkTarget(url, parts.webhookRules)
}

const nameOf = ({ url, note }: Given): string => `${note || new URL(url).hostname}`.slice(0, 80)

export async function createWebhook(parts: Parts, ctx: Context, given: Given): Promise<{ webhook: Webhook; secret: string }> {
  await checked(parts, given)
  const secret = secretOf(randomBytes(SECRET_BYTES))
  return parts.db.inTenant(ctx, async (tx) => {
    if ((await allWebhooks(tx)).length >= WEBHOOKS_LIMIT) throw notificationsErrors.tooManyWebhooks({ limit: WEBHOOKS_LIMIT })
    const secretId = await parts.security.keep(opaque(tx), ctx, { purpose: SECRET_PURPOSE, name: nameOf(given), secret })
    const { url, note, events } = given
    const row = await insertWebhook(tx, { url, note, events, secret_id: secretId, created_at: ctx.now })
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
  if (!(await parts.db.inTenant(ctx, (tx) => readWebhook(tx, id)))) throw notificationsErrors.webhookNotFound({ id })
  await checked(parts, given)
  return parts.db.inTenant(ctx, async (tx) => {
    const row = await locked(tx, id, version)
    if (!active) await failWaiting(tx, id, ctx.now)
    const { url, note, events } = given
    return toWebhook(await updateWebhook(tx, row, { url, note, events, active, stopped: active ? null : row.stopped }))
  })
}

export const rotateSecret = (parts: Parts, ctx: Context, id: WebhookId, version: number): Promise<{ webhook: Webhook; secret: string }> =>
  parts.db.inTenant(ctx, async (tx) => {
    const row = await locked(tx, id, version)
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
    const body = JSON.stringify({ type: TEST_EVENT, timestamp: ctx.now.toISOString(), data: { webhookId: id } })
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
