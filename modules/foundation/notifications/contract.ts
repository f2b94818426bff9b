import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { idOf } from '#values/ids.ts'
import { Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { builtInRoles, permissions } from '#values/permission.ts'
import { notificationsErrors } from './errors.ts'

export const MessageId = idOf('Message')
export type MessageId = z.infer<typeof MessageId>

export const notificationsPermissions = permissions('notifications', {
  /** One's own inbox: nobody sees another's. */
  read: builtInRoles,
  manageWebhooks: ['owner', 'systemAdmin'],
})

/** `sharing.granted`: the module that tells it, and what it tells; in words at `<module>:notices.<name>`. */
export const NoticeKind = z.string().regex(/^[a-z]+\.[a-zA-Z]+$/)

/** The module that tells. */
const Sender = z.string().regex(/^[a-z]+$/)

export const Message = z.object({
  id: MessageId,
  kind: NoticeKind,
  /** What the words name. */
  values: z.record(z.string(), z.string()),
  path: z.string(),
  /** How often there was news of the subject since it was last read. */
  times: z.int(),
  toldAt: Instant,
  readAt: Instant.nullable(),
})
export type Message = z.infer<typeof Message>

const none = z.object({})
const done = z.object({ done: z.literal(true) })

export const notificationsApi = {
  messages: endpoint({
    method: 'GET',
    path: '/notifications/messages',
    summary: 'One’s own inbox, newest first.',
    permission: 'notifications.read',
    params: none,
    query: listQuery(['toldAt'])
      .omit({ search: true })
      .extend({ sort: z.enum(['toldAt', '-toldAt']).default('-toldAt'), unread: z.stringbool().optional(), from: Sender.optional() }),
    body: z.undefined(),
    response: pageOf(Message),
    errors: [],
  }),
  unread: endpoint({
    method: 'GET',
    path: '/notifications/unread',
    summary: 'How many unread messages there are, counted up to 1,000, and from which modules there are any at all.',
    permission: 'notifications.read',
    passive: true,
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ unread: z.int(), senders: z.array(Sender) }),
    errors: [],
  }),
  markRead: endpoint({
    method: 'POST',
    path: '/notifications/messages/:id/read',
    summary: 'Marks a message as read.',
    permission: 'notifications.read',
    params: z.object({ id: MessageId }),
    query: none,
    body: none,
    response: done,
    errors: [notificationsErrors.messageNotFound],
  }),
  markAllRead: endpoint({
    method: 'POST',
    path: '/notifications/messages/read',
    summary: 'Marks all messages up to an instant as read; what has come since stays unread.',
    permission: 'notifications.read',
    params: none,
    query: none,
    body: z.object({ until: Instant }),
    response: done,
    errors: [],
  }),
  sendTest: endpoint({
    method: 'POST',
    path: '/notifications/test',
    summary: 'Sends oneself a message on every way that one has chosen.',
    permission: 'notifications.read',
    params: none,
    query: none,
    body: none,
    response: done,
    errors: [notificationsErrors.personsOnly],
  }),
}
