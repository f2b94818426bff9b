import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { idOf } from '#values/ids.ts'
import { Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { notificationsErrors } from './errors.ts'
import { robotChannels } from './robot-channels.ts'

export const WebhookId = idOf('Webhook')
export type WebhookId = z.infer<typeof WebhookId>
export const WebhookDeliveryId = idOf('WebhookDelivery')
export type WebhookDeliveryId = z.infer<typeof WebhookDeliveryId>

export const WEBHOOKS_LIMIT = 20
/** After a rotation messages are signed with both secrets for so long. */
export const OLD_SECRET_HOURS = 24

/** `sharing.granted`; `*` stands for all, also those of later versions. */
const EventName = z.string().regex(/^(\*|[a-z]+\.[a-zA-Z]+)$/)

const given = {
  /** HTTPS, at a public address. */
  url: z.url({ protocol: /^https$/ }).max(500),
  note: z.string().trim().max(100),
  events: z.array(EventName).min(1).max(100),
}

const channel = z.enum(['standard', ...robotChannels])

/** What a robot of a group chat signs with, where it asks for it; left out it stays as it is. */
const sign = z.string().trim().min(1).max(200).nullable().optional()

/** `gone`: the other side answered 410; `failing`: it took nothing for the whole time that a message is tried. */
const StoppedReason = z.enum(['gone', 'failing'])

export const Webhook = z.object({
  id: WebhookId,
  /** By the Standard Webhooks specification, or a robot of a group chat: it gets sentences, and its `url` is shown without its key. */
  channel,
  ...given,
  url: z.string(),
  active: z.boolean(),
  stopped: StoppedReason.nullable(),
  oldSecretUntil: Instant.nullable(),
  createdAt: Instant,
  version: z.int(),
})
export type Webhook = z.infer<typeof Webhook>

export const WebhookDelivery = z.object({
  id: WebhookDeliveryId,
  webhookId: WebhookId,
  event: z.string(),
  state: z.enum(['waiting', 'delivered', 'failed']),
  attempts: z.int(),
  lastStatus: z.int().nullable(),
  /** Where there was no answer: why. */
  reason: z.string().nullable(),
  nextAt: Instant.nullable(),
  createdAt: Instant,
  settledAt: Instant.nullable(),
  body: z.string(),
})
export type WebhookDelivery = z.infer<typeof WebhookDelivery>

const none = z.object({})
const byId = z.object({ id: WebhookId })
const withSecret = z.object({
  webhook: Webhook,
  /** `whsec_…`, shown once; a robot has none. */
  secret: z.string().nullable(),
})

export const webhookApi = {
  webhookEvents: endpoint({
    method: 'GET',
    path: '/notifications/webhook-events',
    summary: 'The events that a webhook can be told of, and those of them that a robot has a sentence for.',
    permission: 'notifications.manageWebhooks',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ events: z.array(EventName), robotEvents: z.array(EventName) }),
    errors: [],
  }),
  webhooks: endpoint({
    method: 'GET',
    path: '/notifications/webhooks',
    summary: 'The organisation’s webhooks.',
    permission: 'notifications.manageWebhooks',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ webhooks: z.array(Webhook) }),
    errors: [],
  }),
  createWebhook: endpoint({
    method: 'POST',
    path: '/notifications/webhooks',
    summary: 'Adds a webhook by the Standard Webhooks specification, the answer holds its secret, shown once; or a robot of a group chat.',
    permission: 'notifications.manageWebhooks',
    secret: true,
    params: none,
    query: none,
    body: z.object({ ...given, channel: channel.default('standard'), sign }),
    response: withSecret,
    status: 201,
    errors: [notificationsErrors.tooManyWebhooks, notificationsErrors.unknownEvent],
  }),
  updateWebhook: endpoint({
    method: 'PATCH',
    path: '/notifications/webhooks/:id',
    summary: 'Changes address or events, stops it or lets it go on.',
    permission: 'notifications.manageWebhooks',
    params: byId,
    query: none,
    body: z.object({ version: z.int(), ...given, sign, active: z.boolean() }),
    response: Webhook,
    errors: [notificationsErrors.webhookNotFound, notificationsErrors.webhookChangedMeanwhile, notificationsErrors.unknownEvent],
  }),
  rotateSecret: endpoint({
    method: 'POST',
    path: '/notifications/webhooks/:id/rotate',
    summary: 'Gives it a new secret, shown once; for a day messages carry the signatures of both.',
    permission: 'notifications.manageWebhooks',
    secret: true,
    params: byId,
    query: none,
    body: z.object({ version: z.int() }),
    response: withSecret,
    errors: [notificationsErrors.webhookNotFound, notificationsErrors.webhookChangedMeanwhile],
  }),
  deleteWebhook: endpoint({
    method: 'DELETE',
    path: '/notifications/webhooks/:id',
    summary: 'Removes a webhook with its log; what still waits is not sent.',
    permission: 'notifications.manageWebhooks',
    params: byId,
    query: none,
    body: z.undefined(),
    response: z.object({ done: z.literal(true) }),
    errors: [notificationsErrors.webhookNotFound],
  }),
  testWebhook: endpoint({
    method: 'POST',
    path: '/notifications/webhooks/:id/test',
    summary: 'Sends the event `notifications.webhookTest`.',
    permission: 'notifications.manageWebhooks',
    params: byId,
    query: none,
    body: none,
    response: WebhookDelivery,
    status: 202,
    errors: [notificationsErrors.webhookNotFound, notificationsErrors.webhookStopped],
  }),
  webhookDeliveries: endpoint({
    method: 'GET',
    path: '/notifications/webhooks/:id/deliveries',
    summary: 'What was sent or waits, of the last 30 days.',
    permission: 'notifications.manageWebhooks',
    params: byId,
    query: listQuery(['createdAt'])
      .omit({ search: true })
      .extend({
        sort: z.enum(['createdAt', '-createdAt']).default('-createdAt'),
        state: WebhookDelivery.shape.state.optional(),
        event: EventName.optional(),
      }),
    body: z.undefined(),
    response: pageOf(WebhookDelivery),
    errors: [notificationsErrors.webhookNotFound],
  }),
  resendDelivery: endpoint({
    method: 'POST',
    path: '/notifications/webhook-deliveries/:id/resend',
    summary: 'Sends a message again, with the id that it had: who has it already passes it over.',
    permission: 'notifications.manageWebhooks',
    params: z.object({ id: WebhookDeliveryId }),
    query: none,
    body: none,
    response: WebhookDelivery,
    status: 202,
    errors: [notificationsErrors.deliveryNotFound, notificationsErrors.deliveryWaits, notificationsErrors.webhookStopped],
  }),
}
