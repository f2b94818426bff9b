import type { Loop } from '#kernel/background.ts'
import { backgroundContext, type Context } from '#kernel/context.ts'
import type { Job } from '#kernel/jobs.ts'
import type { PersonId } from '#modules/foundation/access/contract.ts'
import type { OrgId } from '#values/ids.ts'
import { MAX_ATTEMPTS } from './mail-rules.ts'
import { digestsDue, enqueueMail, readSetting, settleMails, waitingDigest, waitingMail } from './mail-store.ts'
import { mailText, settingsUrl } from './mail-text.ts'
import { SEND_MAIL } from './notify.ts'
import type { Parts } from './parts.ts'
import type { NotificationsTx } from './tables.ts'

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
      const { orgId, person } = payload as { orgId: OrgId; person: PersonId }
      await send(parts, orgId, (tx, ctx) => waitingDigest(tx, person, ctx.now, DIGEST_READ))
    },
  },
]

/** Queues what is due; the job's key lets it stand there once. */
export const digestLoop = (parts: Parts): Loop => ({
  name: 'notifications: digests',
  intervalMs: DIGEST_EVERY_MS,
  run: async () => {
    if (!parts.mailer) return
    for (const { org_id: orgId, person_id: person } of await digestsDue(parts.system, parts.clock.now())) {
      const ctx = await contextOf(parts, orgId)
      if (!ctx) continue
      const key = `${SEND_DIGEST}:${orgId}:${person}`
      await parts.db.inTenant(ctx, (tx) => enqueueMail(tx, SEND_DIGEST, { orgId, person }, key, 1))
    }
  },
})

async function contextOf({ organisations, clock }: Parts, orgId: OrgId): Promise<(Context & { name: string }) | undefined> {
  const organisation = await organisations.facts(orgId)
  if (!organisation?.active) return undefined
  return { ...backgroundContext(organisation, { kind: 'job', id: 'notifications' }, '', clock.now()), name: organisation.name }
}

type Waiting = Awaited<ReturnType<typeof waitingDigest>>

/** One mail of all that `read` finds. No transaction is open while the mail server is asked; a failure is thrown so that the job comes again. */
async function send(parts: Parts, orgId: OrgId, read: (tx: NotificationsTx, ctx: Context) => Promise<Waiting>): Promise<void> {
  const { db, mailer, access, translate, publicUrl } = parts
  const ctx = await contextOf(parts, orgId)
  if (!ctx || !mailer) return
  const { mails, to } = await db.inTenant(ctx, async (tx) => {
    const found = await read(tx, ctx)
    const person = found[0]?.person_id
    return { mails: found, to: person && (await readSetting(tx, person))?.email }
  })
  const [first] = mails
  if (!first) return
  const settle = (state: 'waiting' | 'sent' | 'failed', reason: string | null) =>
    db.inTenant(ctx, (tx) =>
      settleMails(
        tx,
        mails.map((mail) => mail.id),
        { state, reason, now: parts.clock.now() },
      ),
    )
  // Taken back since: nothing is sent to where nobody wants it.
  if (!to) return void (await settle('failed', 'noAddress'))
  const locale = (await access.languagesOf([first.person_id])).get(first.person_id) ?? 'zh-CN'
  const text = mailText(mails.slice(0, DIGEST_SHOWN), mails.length, { translate, locale, publicUrl, organisation: ctx.name })
  const outcome = await mailer.send({ id: first.id, to, ...text, stopAt: settingsUrl(publicUrl) })
  if (outcome.kind === 'sent') return void (await settle('sent', null))
  const last = outcome.kind === 'refused' || first.attempts + 1 >= MAX_ATTEMPTS
  await settle(last ? 'failed' : 'waiting', outcome.reason)
  if (!last && first.mode === 'atOnce') throw new Error(`mail: ${outcome.reason}`)
}
