import { sql } from 'kysely'
import type { z } from 'zod'
import { readPage } from '#kernel/page.ts'
import type { Page } from '#values/list.ts'
import type { Webhook, WebhookDelivery, WebhookDeliveryId, WebhookId, webhookApi } from '../webhook-contract.ts'
import type { DeliveryRow, NotificationsSystem, NotificationsTx, WebhookRow } from './tables.ts'

export const toWebhook = (row: WebhookRow): Webhook => ({
  id: row.id,
  channel: row.channel,
  url: row.url,
  note: row.note,
  events: row.events,
  active: row.active,
  stopped: row.stopped,
  oldSecretUntil: row.old_secret_until?.toISOString() ?? null,
  createdAt: row.created_at.toISOString(),
  version: row.version,
})

export const toDelivery = (row: DeliveryRow): WebhookDelivery => ({
  id: row.id,
  webhookId: row.webhook_id,
  event: row.event,
  state: row.state,
  attempts: row.attempts,
  lastStatus: row.last_status,
  reason: row.reason,
  nextAt: row.next_at?.toISOString() ?? null,
  createdAt: row.created_at.toISOString(),
  settledAt: row.settled_at?.toISOString() ?? null,
  body: row.body,
})

const webhooks = (tx: NotificationsTx) => tx.sql.selectFrom('notifications.webhook').selectAll().where('org_id', '=', tx.orgId)

export const allWebhooks = (tx: NotificationsTx) => webhooks(tx).orderBy('created_at').orderBy('id').execute()
export const readWebhook = (tx: NotificationsTx, id: WebhookId) => webhooks(tx).where('id', '=', id).executeTakeFirst()
export const lockWebhook = (tx: NotificationsTx, id: WebhookId) => webhooks(tx).where('id', '=', id).forUpdate().executeTakeFirst()

export const webhooksFor = (tx: NotificationsTx, event: string) =>
  webhooks(tx)
    .where('active', '=', true)
    .where(sql<boolean>`events && ${[event, '*']}::text[]`)
    .execute()

export const insertWebhook = (
  tx: NotificationsTx,
  row: { channel: WebhookRow['channel']; url: string; note: string; events: string[]; secret_id: string; created_at: Date },
) =>
  tx.sql
    .insertInto('notifications.webhook')
    .values({ org_id: tx.orgId, ...row })
    .returningAll()
    .executeTakeFirstOrThrow()

export const updateWebhook = (
  tx: NotificationsTx,
  { id, version }: Pick<WebhookRow, 'id' | 'version'>,
  change: Partial<Omit<WebhookRow, 'org_id' | 'id' | 'version' | 'created_at'>>,
) =>
  tx.sql
    .updateTable('notifications.webhook')
    .set({ ...change, version: version + 1 })
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()

export const removeWebhook = (tx: NotificationsTx, id: WebhookId) =>
  tx.sql.deleteFrom('notifications.webhook').where('org_id', '=', tx.orgId).where('id', '=', id).execute()

/** Undefined: this event has its message already. */
export const insertDelivery = (
  tx: NotificationsTx,
  row: { webhook_id: WebhookId; event: string; event_id: number | null; body: string; created_at: Date; next_at: Date },
) =>
  tx.sql
    .insertInto('notifications.webhook_delivery')
    .values({ org_id: tx.orgId, ...row })
    .onConflict((conflict) => conflict.constraint('delivery_once').doNothing())
    .returningAll()
    .executeTakeFirst()

const deliveries = (tx: NotificationsTx) => tx.sql.selectFrom('notifications.webhook_delivery').selectAll().where('org_id', '=', tx.orgId)

export const readDelivery = (tx: NotificationsTx, id: WebhookDeliveryId) => deliveries(tx).where('id', '=', id).executeTakeFirst()
export const lockDelivery = (tx: NotificationsTx, id: WebhookDeliveryId) =>
  deliveries(tx).where('id', '=', id).forUpdate().executeTakeFirst()

export const updateDelivery = (
  tx: NotificationsTx,
  id: WebhookDeliveryId,
  change: Partial<Pick<DeliveryRow, 'state' | 'attempts' | 'last_status' | 'reason' | 'next_at' | 'settled_at'>>,
) =>
  tx.sql
    .updateTable('notifications.webhook_delivery')
    .set(change)
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()

/** Of a webhook that was stopped. */
export const failWaiting = (tx: NotificationsTx, webhookId: WebhookId, now: Date) =>
  tx.sql
    .updateTable('notifications.webhook_delivery')
    .set({ state: 'failed', reason: 'stopped', next_at: null, settled_at: now })
    .where('org_id', '=', tx.orgId)
    .where('webhook_id', '=', webhookId)
    .where('state', '=', 'waiting')
    .execute()

export const DELIVER = 'notifications.deliverWebhook'

/** `at` null: now. */
export const enqueueDelivery = (tx: NotificationsTx, { id, attempts }: Pick<DeliveryRow, 'id' | 'attempts'>, at: Date | null) =>
  sql`select kernel.enqueue(${DELIVER}, ${JSON.stringify({ orgId: tx.orgId, id })}::jsonb, null, ${at}, 5, ${`${DELIVER}:${id}:${attempts}`})`.execute(
    tx.sql,
  )

export function deliveryPage(
  tx: NotificationsTx,
  webhookId: WebhookId,
  list: z.output<typeof webhookApi.webhookDeliveries.query>,
): Promise<Page<WebhookDelivery>> {
  let query = deliveries(tx).where('webhook_id', '=', webhookId)
  if (list.state !== undefined) query = query.where('state', '=', list.state)
  if (list.event !== undefined) query = query.where('event', '=', list.event)
  const order = { sorts: { createdAt: { by: 'created_at', type: 'timestamptz' as const } }, id: 'id' }
  return readPage(tx, query, list, order, toDelivery)
}

export const deleteOlderDeliveries = (system: NotificationsSystem, before: Date) =>
  system.inSystem((sqlOf) => sqlOf.deleteFrom('notifications.webhook_delivery').where('created_at', '<', before).execute())
