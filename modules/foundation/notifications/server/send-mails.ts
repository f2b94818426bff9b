import type { Loop } from '#kernel/background.ts'
import { backgroundContext, type Context } from '#kernel/context.ts'
import type { Job } from '#kernel/jobs.ts'
import type { PersonId } from '#modules/foundation/access/contract.ts'
import type { OrgId } from '#values/ids.ts'
import { businessDayBounds, CHINA_ZONE, chinaDay } from '#values/instant.ts'
import { MAX_ATTEMPTS, SMS_A_DAY } from './mail-rules.ts'
import { digestsDue, enqueueMail, readSetting, settleMails, smsSince, waitingDigest, waitingMail } from './mail-store.ts'
import { mailText, settingsUrl, smsText } from './mail-text.ts'
import { SEND_MAIL } from './notify.ts'
import type { Parts } from './parts.ts'
import type { Channel, NotificationsTx } from './tables.ts'

const SEND_DIGEST = 'notifications.sendDigest'
const DIGEST_EVERY_MS = 60_000
/** A digest names so many and says how many more there are. */
const DIGEST_SHOWN = 50
const DIGEST_READ = 1_000

export const mailJobs = (parts: Parts): Job[] => [
  {
    name: SEND_MAIL,
    run: async (payload) => {
      const { orgId, id } = payload as { orgId: OrgId; id: string }
      await send(parts, orgId, async (tx) => {
        const mail = await waitingMail(tx, id)
        return mail ? [mail] : []
      })
    },
  },
  {
    name: SEND_DIGEST,
    run: async (payload) => {
      // Those that were queued by an earlier version are mails.
      const { orgId, person, channel = 'mail' } = payload as { orgId: OrgId; person: PersonId; channel?: Channel }
      await send(parts, orgId, (tx, ctx) => waitingDigest(tx, { person, channel }, ctx.now, DIGEST_READ))
    },
  },
]

/** Queues what is due; the job's key lets it stand there once. */
export const digestLoop = (parts: Parts): Loop => ({
  name: 'notifications: digests',
  intervalMs: DIGEST_EVERY_MS,
  run: async () => {
    if (!parts.mailer && !parts.sms) return
    for (const { org_id: orgId, person_id: person, channel } of await digestsDue(parts.system, parts.clock.now())) {
      const ctx = await contextOf(parts, orgId)
      if (!ctx) continue
      const key = `${SEND_DIGEST}:${orgId}:${person}:${channel}`
      await parts.db.inTenant(ctx, (tx) => enqueueMail(tx, SEND_DIGEST, { orgId, person, channel }, key, 1))
    }
  },
})

async function contextOf({ organisations, clock }: Parts, orgId: OrgId): Promise<(Context & { name: string }) | undefined> {
  const organisation = await organisations.facts(orgId)
  if (!organisation?.active) return undefined
  return { ...backgroundContext(organisation, { kind: 'job', id: 'notifications' }, '', clock.now()), name: organisation.name }
}

type Waiting = Awaited<ReturnType<typeof waitingDigest>>
type Outcome = { kind: 'sent' } | { kind: 'refused' | 'failed'; reason: string }

/** One mail or short message of all that `read` finds. No transaction is open while it is handed over; a failure is thrown so that the job comes again. */
async function send(parts: Parts, orgId: OrgId, read: (tx: NotificationsTx, ctx: Context) => Promise<Waiting>): Promise<void> {
  const { db, clock } = parts
  const ctx = await contextOf(parts, orgId)
  if (!ctx) return
  const { mails, setting, sent } = await db.inTenant(ctx, async (tx) => {
    const found = await read(tx, ctx)
    const person = found[0]?.person_id
    const today = businessDayBounds(chinaDay(ctx.now), CHINA_ZONE, [])
    return {
      mails: found,
      setting: person && (await readSetting(tx, person)),
      sent: person && found[0]?.channel === 'sms' ? await smsSince(tx, person, new Date(today.fromMs)) : 0,
    }
  })
  const [first] = mails
  if (!first || !parts[first.channel === 'mail' ? 'mailer' : 'sms']) return
  const settle = (state: 'waiting' | 'sent' | 'failed', reason: string | null) =>
    db.inTenant(ctx, (tx) =>
      settleMails(
        tx,
        mails.map((mail) => mail.id),
        { state, reason, now: clock.now() },
      ),
    )
  const to = first.channel === 'mail' ? setting?.email : setting?.phone
  // Taken back since: nothing is sent to where nobody wants it.
  if (!to) return void (await settle('failed', 'noAddress'))
  if (sent >= SMS_A_DAY) return void (await settle('failed', 'dailyLimit'))
  const outcome = await handOver(parts, ctx, mails, to)
  if (outcome.kind === 'sent') return void (await settle('sent', null))
  const last = outcome.kind === 'refused' || first.attempts + 1 >= MAX_ATTEMPTS
  await settle(last ? 'failed' : 'waiting', outcome.reason)
  if (!last && first.mode === 'atOnce') throw new Error(`${first.channel}: ${outcome.reason}`)
}

async function handOver(parts: Parts, { name }: { name: string }, mails: Waiting, to: string): Promise<Outcome> {
  const { mailer, sms, access, translate, publicUrl } = parts
  const [first] = mails
  if (!first) throw new Error('notifications: nothing to send')
  const locale = (await access.languagesOf([first.person_id])).get(first.person_id) ?? 'zh-CN'
  const look = { translate, locale, publicUrl, organisation: name }
  if (first.channel === 'sms') {
    if (!sms) throw new Error('notifications: no gateway')
    return sms.send({ id: first.id, phone: to, kind: 'news', ...smsText(mails, look) })
  }
  if (!mailer) throw new Error('notifications: no mail server')
  const text = mailText(mails.slice(0, DIGEST_SHOWN), mails.length, look)
  return mailer.send({ id: first.id, to, ...text, stopAt: settingsUrl(publicUrl) })
}
