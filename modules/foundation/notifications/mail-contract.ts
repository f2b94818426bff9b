import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { NoticeKind } from './contract.ts'
import { notificationsErrors } from './errors.ts'

/** What reaches a person by e-mail; the inbox has it always. `always`: at once, in quiet hours too. */
export const MailChoice = z.enum(['always', 'atOnce', 'daily', 'none'])
export type MailChoice = z.infer<typeof MailChoice>

/** What reaches a person by short message: kinds that are not named do not. `atOnce`: after the quiet hours; `always`: in them too. */
export const SmsChoice = z.enum(['always', 'atOnce'])
export type SmsChoice = z.infer<typeof SmsChoice>

/** As it is kept: E.164. */
const Phone = z.string().regex(/^\+\d{8,15}$/)

/** As it is typed: eleven digits of mainland China, or with + and the country's number; spaces and hyphens are passed over. */
export const TypedPhone = z
  .string()
  .max(40)
  .transform((text) => text.replace(/[\s-]/g, ''))
  .transform((text) => (/^1[3-9]\d{9}$/.test(text) ? `+86${text}` : text))
  .pipe(Phone.refine((phone) => !phone.startsWith('+86') || /^\+861[3-9]\d{9}$/.test(phone), { message: 'phone' }))

const Code = z
  .string()
  .trim()
  .regex(/^\d{6}$/)

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
  sms: z.object({
    /** The platform has a gateway for short messages. */
    available: z.boolean(),
    /** Confirmed by a code that was sent there. */
    phone: Phone.nullable(),
    pendingPhone: Phone.nullable(),
    byKind: z.record(NoticeKind, SmsChoice),
  }),
  /** What may reach this person at all. */
  kinds: z.array(NoticeKind),
  version: z.int(),
})
export type MailSettings = z.infer<typeof MailSettings>

/** A mail or short message to oneself, and what became of it. */
export const SentMail = z.object({
  id: z.uuidv7(),
  channel: z.enum(['mail', 'sms']),
  kind: NoticeKind,
  values: z.record(z.string(), z.string()),
  /** `daily`: together with others, by choice or since it was a quiet hour. */
  mode: z.enum(['atOnce', 'daily']),
  state: z.enum(['waiting', 'sent', 'failed']),
  attempts: z.int(),
  /** The mail server's or the gateway's code; noAddress: taken back meanwhile; dailyLimit: 20 short messages a day. */
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
    summary: 'Where and how often one is told by e-mail and by short message.',
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
    summary: 'Chooses how often one is told of which kind, and when nothing is sent. Without `smsByKind` the kinds of short messages stay.',
    permission: 'notifications.read',
    params: none,
    query: none,
    body: z.object({
      version: z.int(),
      normal: MailChoice,
      byKind: z.record(NoticeKind, MailChoice).refine((kinds) => Object.keys(kinds).length <= 300, { message: 'tooMany' }),
      smsByKind: z
        .record(NoticeKind, SmsChoice)
        .refine((kinds) => Object.keys(kinds).length <= 300, { message: 'tooMany' })
        .optional(),
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
      code: Code,
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
  setPhone: endpoint({
    method: 'POST',
    path: '/notifications/settings/phone',
    summary: 'Sends a code to a telephone, five a day at most; it holds once the code came back.',
    permission: 'notifications.read',
    params: none,
    query: none,
    body: z.object({ phone: TypedPhone }),
    response: MailSettings,
    errors: [
      notificationsErrors.noSmsGateway,
      notificationsErrors.smsNotTaken,
      notificationsErrors.codeJustSent,
      notificationsErrors.tooManyCodes,
      notificationsErrors.personsOnly,
    ],
  }),
  confirmPhone: endpoint({
    method: 'POST',
    path: '/notifications/settings/phone/confirm',
    summary: 'Confirms the telephone by the code, within half an hour and five attempts.',
    permission: 'notifications.read',
    params: none,
    query: none,
    body: z.object({ code: Code }),
    response: MailSettings,
    errors: [notificationsErrors.wrongCode, notificationsErrors.personsOnly],
  }),
  removePhone: endpoint({
    method: 'DELETE',
    path: '/notifications/settings/phone',
    summary: 'Forgets the telephone: no more short messages.',
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
    summary: 'The mails and short messages to oneself of the last 90 days and whether they were sent.',
    permission: 'notifications.read',
    params: none,
    query: listQuery(['createdAt'])
      .omit({ search: true })
      .extend({
        sort: z.enum(['createdAt', '-createdAt']).default('-createdAt'),
        state: SentMail.shape.state.optional(),
        channel: SentMail.shape.channel.optional(),
      }),
    body: z.undefined(),
    response: pageOf(SentMail),
    errors: [],
  }),
}
