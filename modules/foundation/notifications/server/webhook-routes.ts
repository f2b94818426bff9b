import type { Routes } from '#kernel/http.ts'
import { notificationsErrors } from '../errors.ts'
import { webhookApi } from '../webhook-contract.ts'
import { changeWebhook, createWebhook, deleteWebhook, resendDelivery, rotateSecret, testWebhook } from './change-webhooks.ts'
import type { Parts } from './parts.ts'
import { robotEvents, subscribableEvents } from './spread-events.ts'
import { allWebhooks, deliveryPage, readWebhook, toWebhook } from './webhook-store.ts'

export const webhookRoutes =
  (parts: Parts): Routes =>
  (on) => {
    const { db } = parts
    on.serve(webhookApi.webhookEvents, async () => ({ events: subscribableEvents(parts), robotEvents: robotEvents(parts) }))
    on.serve(webhookApi.webhooks, async ({ ctx }) => ({ webhooks: (await db.inTenant(ctx, allWebhooks)).map(toWebhook) }))
    on.serve(webhookApi.createWebhook, ({ ctx, body }) => createWebhook(parts, ctx, body))
    on.serve(webhookApi.updateWebhook, ({ ctx, params, body }) => changeWebhook(parts, ctx, params.id, body))
    on.serve(webhookApi.rotateSecret, ({ ctx, params, body }) => rotateSecret(parts, ctx, params.id, body.version))
    on.serve(webhookApi.deleteWebhook, async ({ ctx, params }) => {
      await deleteWebhook(parts, ctx, params.id)
      return { done: true as const }
    })
    on.serve(webhookApi.testWebhook, ({ ctx, params }) => testWebhook(parts, ctx, params.id))
    on.serve(webhookApi.resendDelivery, ({ ctx, params }) => resendDelivery(parts, ctx, params.id))
    on.serve(webhookApi.webhookDeliveries, ({ ctx, params, query }) =>
      db.inTenant(ctx, async (tx) => {
        if (!(await readWebhook(tx, params.id))) throw notificationsErrors.webhookNotFound({ id: params.id })
        return deliveryPage(tx, params.id, query)
      }),
    )
  }
