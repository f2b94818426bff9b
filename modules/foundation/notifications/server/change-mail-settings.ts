import { createHash, randomInt, timingSafeEqual } from 'node:crypto'
import type { Context } from '#kernel/context.ts'
import { PersonId } from '#modules/foundation/access/contract.ts'
import { notificationsErrors } from '../errors.ts'
import type { MailChoice, MailSettings, QuietHours } from '../mail-contract.ts'
import { maySendCode, mayTryCode, quietOf, quietRow } from './mail-rules.ts'
import { changeSetting, lockSetting, readSetting } from './mail-store.ts'
import { codeText } from './mail-text.ts'
import type { Parts } from './parts.ts'
import type { MailSettingRow, NotificationsTx } from './tables.ts'

export const mailSettings = (parts: Parts, ctx: Context): Promise<MailSettings> =>
  parts.db.inTenant(ctx, async (tx) => settingsOf(parts, ctx, await readSetting(tx, personOf(ctx))))

function settingsOf({ mailer, notices }: Parts, ctx: Context, row: MailSettingRow | undefined): MailSettings {
  const mine = notices().filter((notice) => ctx.scopes.permissions.has(notice.permission))
  return {
    available: mailer !== undefined,
    email: row?.email ?? null,
    pendingEmail: row?.pending_email ?? null,
    normal: row?.normal_choice ?? 'atOnce',
    byKind: row?.choices ?? {},
    quiet: row ? quietOf(row) : null,
    kinds: [...new Set(mine.map((notice) => notice.kind))].sort(),
    version: row?.version ?? 1,
  }
}

function personOf(ctx: Context): PersonId {
  if (ctx.actor.kind !== 'user') throw notificationsErrors.personsOnly()
  return PersonId.parse(ctx.actor.id)
}

const changed = (parts: Parts, ctx: Context, change: (tx: NotificationsTx, row: MailSettingRow) => Promise<unknown>) =>
  parts.db.inTenant(ctx, async (tx) => {
    await change(tx, await lockSetting(tx, personOf(ctx)))
    return settingsOf(parts, ctx, await readSetting(tx, personOf(ctx)))
  })

export const chooseMail = (
  parts: Parts,
  ctx: Context,
  { version, normal, byKind, quiet }: { version: number; normal: MailChoice; byKind: Record<string, MailChoice>; quiet: QuietHours | null },
): Promise<MailSettings> =>
  changed(parts, ctx, async (tx, row) => {
    if (row.version !== version) throw notificationsErrors.changedMeanwhile()
    await changeSetting(tx, row, { normal_choice: normal, choices: JSON.stringify(byKind), ...quietRow(quiet) })
  })

/** The address holds once the code has come back: nobody has mails sent to an address that is not his. */
export async function setEmail(parts: Parts, ctx: Context, email: string): Promise<MailSettings> {
  const { mailer, translate, publicUrl, access, organisations } = parts
  if (!mailer) throw notificationsErrors.noMailServer()
  const person = personOf(ctx)
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  const settings = await changed(parts, ctx, async (tx, row) => {
    if (!maySendCode(row.code_sent_at, ctx.now)) throw notificationsErrors.codeJustSent()
    await changeSetting(tx, row, { pending_email: email, code_hash: hashOf(person, code), code_sent_at: ctx.now, code_tries: 0 })
  })
  const locale = (await access.languagesOf([person])).get(person) ?? ctx.locale
  const organisation = (await organisations.facts(ctx.orgId))?.name ?? ''
  const text = codeText(code, { translate, locale, publicUrl, organisation })
  const outcome = await mailer.send({ id: ctx.traceId, to: email, ...text })
  if (outcome.kind !== 'sent') throw notificationsErrors.mailNotTaken({ reason: outcome.reason })
  return settings
}

export async function confirmEmail(parts: Parts, ctx: Context, code: string): Promise<MailSettings> {
  const person = personOf(ctx)
  let right = false
  const settings = await changed(parts, ctx, async (tx, row) => {
    if (row.code_hash === null || !mayTryCode({ sentAt: row.code_sent_at, tries: row.code_tries }, ctx.now)) return
    right = timingSafeEqual(row.code_hash, hashOf(person, code))
    // A wrong code is counted although the request fails.
    await changeSetting(
      tx,
      row,
      right ? { email: row.pending_email, pending_email: null, code_hash: null, code_tries: 0 } : { code_tries: row.code_tries + 1 },
    )
  })
  if (!right) throw notificationsErrors.wrongCode()
  return settings
}

export const removeEmail = (parts: Parts, ctx: Context): Promise<MailSettings> =>
  changed(parts, ctx, (tx, row) => changeSetting(tx, row, { email: null, pending_email: null, code_hash: null }))

/** Of the person whose row it stands in, so that equal codes differ. */
const hashOf = (person: PersonId, code: string): Buffer =>
  createHash('sha256').update(`notifications.mail_setting ${person}:${code}`).digest()
