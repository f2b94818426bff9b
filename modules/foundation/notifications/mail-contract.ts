import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { NoticeKind } from './contract.ts'
import { notificationsErrors } from './errors.ts'

/** What reaches a person by e-mail; the inbox has it always. `always`: at once, in quiet hours too. */
export const MailChoice = z.enum(['always', 'atOnce', 'daily', 'none'])
export type MailChoice = z.infer<typeof MailChoice>

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)

/** Times of day in China, as `22:00` and `07:00`: what would be mailed at once meanwhile comes in one mail at their end. */
export const QuietHours = z
  .object({ from: TimeOfDay, until: TimeOfDay })
  .refine(({ from, until }) => from !== until, { path: ['until'], message: 'sameTime' })
export type QuietHours = z.infer<typeof QuietHours>

export const MailSettings = z.object({
  /** The platform has a mail server. */
  available: z.boolean(),
  /** Confirmed by a code that was sent there. */
  email: z.string().nullable(),
  /** Waits for its code. */
  pendingEmail: z.string().nullable(),
  /** Of every kind that is not named below. */
  normal: MailChoice,
  byKind: z.record(NoticeKind, MailChoice),
  quiet: QuietHours.nullable(),
  /** What may reach this person at all. */
  kinds: z.array(NoticeKind),
  version: z.int(),
})
export type MailSettings = z.infer<typeof MailSettings>

/** A mail to oneself, and what became of it. */
export const SentMail = z.object({
  id: z.uuidv7(),
  kind: NoticeKind,
  values: z.record(z.string(), z.string()),
  /** `daily`: together with others, by choice or since it was a quiet hour. */
  mode: z.enum(['atOnce', 'daily']),
  state: z.enum(['waiting', 'sent', 'failed']),
  attempts: z.int(),
  /** The mail server's code. */
  reason: z.string().nullable(),
  createdAt: Instant,
  sentAt: Instant.nullable(),
})
export type SentMail = z.infer<typeof SentMail>

const none = z.object({})

export const mailApi = {
  settings: endpoint({
    method: 'GET',
    path: '/notifications/settings',
    summary: 'Where and how often one is told by e-mail.',
    permission: 'notifications.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: MailSettings,
    errors: [notificationsErrors.personsOnly],
  }),
  choose: endpoint({
    method: 'PATCH',
    path: '/notifications/settings',
    summary: 'Chooses how often one is told of which kind, and when nothing is mailed.',
    permission: 'notifications.read',
    params: none,
    query: none,
    body: z.object({
      version: z.int(),
      normal: MailChoice,
      byKind: z.record(NoticeKind, MailChoice).refine((kinds) => Object.keys(kinds).length <= 300, { message: 'tooMany' }),
      quiet: QuietHours.nullable(),
    }),
    response: MailSettings,
    errors: [notificationsErrors.changedMeanwhile, notificationsErrors.personsOnly],
  }),
  setEmail: endpoint({
    method: 'POST',
    path: '/notifications/settings/email',
    summary: 'Sends a code to an address; it holds once the code came back.',
    permission: 'notifications.read',
    params: none,
    query: none,
    body: z.object({ email: z.email().max(200) }),
    response: MailSettings,
    errors: [
      notificationsErrors.noMailServer,
      notificationsErrors.mailNotTaken,
      notificationsErrors.codeJustSent,
      notificationsErrors.personsOnly,
    ],
  }),
  confirmEmail: endpoint({
    method: 'POST',
    path: '/notifications/settings/email/confirm',
    summary: 'Confirms the address by the code, within half an hour and five attempts.',
    permission: 'notifications.read',
    params: none,
    query: none,
    body: z.object({
      code: z
        .string()
        .trim()
        .regex(/^\d{6}$/),
    }),
    response: MailSettings,
    errors: [notificationsErrors.wrongCode, notificationsErrors.personsOnly],
  }),
  removeEmail: endpoint({
    method: 'DELETE',
    path: '/notifications/settings/email',
    summary: 'Forgets the address: no more e-mail.',
    permission: 'notifications.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: MailSettings,
    errors: [notificationsErrors.personsOnly],
  }),
  mails: endpoint({
    method: 'GET',
    path: '/notifications/mails',
    summary: 'The mails to oneself of the last 90 days and whether they were sent.',
    permission: 'notifications.read',
    params: none,
    query: listQuery(['createdAt'])
      .omit({ search: true })
      .extend({ sort: z.enum(['createdAt', '-createdAt']).default('-createdAt'), state: SentMail.shape.state.optional() }),
    body: z.undefined(),
    response: pageOf(SentMail),
    errors: [],
  }),
}
