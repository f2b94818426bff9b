import { createHash, randomInt, timingSafeEqual } from 'node:crypto'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { PersonId } from '#modules/foundation/access/contract.ts'
import { chinaDay } from '#values/instant.ts'
import { notificationsErrors } from '../errors.ts'
import type { MailSettings, mailApi } from '../mail-contract.ts'
import { CODES_A_DAY, maySendCode, mayTryCode, quietOf, quietRow } from './mail-rules.ts'
import { changeSetting, lockSetting, readSetting, type SettingChange } from './mail-store.ts'
import { codeText, smsCodeText } from './mail-text.ts'
import type { Parts } from './parts.ts'
import type { Channel, MailSettingRow, NotificationsTx } from './tables.ts'

export const mailSettings = (parts: Parts, ctx: Context): Promise<MailSettings> =>
  parts.db.inTenant(ctx, async (tx) => settingsOf(parts, ctx, await readSetting(tx, personOf(ctx))))

function settingsOf({ mailer, sms, notices }: Parts, ctx: Context, row: MailSettingRow | undefined): MailSettings {
  const mine = notices().filter((notice) => ctx.scopes.permissions.has(notice.permission))
  return {
    available: mailer !== undefined,
    email: row?.email ?? null,
    pendingEmail: row?.pending_email ?? null,
    normal: row?.normal_choice ?? 'atOnce',
    byKind: row?.choices ?? {},
    quiet: row ? quietOf(row) : null,
    sms: {
      available: sms !== undefined,
      phone: row?.phone ?? null,
      pendingPhone: row?.pending_phone ?? null,
      byKind: row?.phone_choices ?? {},
    },
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

type Choice = z.output<typeof mailApi.choose.body>

export const chooseMail = (parts: Parts, ctx: Context, { version, normal, byKind, smsByKind, quiet }: Choice): Promise<MailSettings> =>
  changed(parts, ctx, async (tx, row) => {
    if (row.version !== version) throw notificationsErrors.changedMeanwhile()
    await changeSetting(tx, row, {
      normal_choice: normal,
      choices: JSON.stringify(byKind),
      ...(smsByKind !== undefined && { phone_choices: JSON.stringify(smsByKind) }),
      ...quietRow(quiet),
    })
  })

/** The columns of an address and its code. */
const CODES = {
  mail: { address: 'email', pending: 'pending_email', hash: 'code_hash', sentAt: 'code_sent_at', tries: 'code_tries' },
  sms: {
    address: 'phone',
    pending: 'pending_phone',
    hash: 'phone_code_hash',
    sentAt: 'phone_code_sent_at',
    tries: 'phone_code_tries',
  },
} as const

/** The address holds once the code has come back: nobody has mails sent to an address that is not his. */
export async function setEmail(parts: Parts, ctx: Context, email: string): Promise<MailSettings> {
  const { mailer, translate, publicUrl, access, organisations } = parts
  if (!mailer) throw notificationsErrors.noMailServer()
  const { settings, code, person } = await codeFor(parts, ctx, 'mail', email)
  const locale = (await access.languagesOf([person])).get(person) ?? ctx.locale
  const organisation = (await organisations.facts(ctx.orgId))?.name ?? ''
  const text = codeText(code, { translate, locale, publicUrl, organisation })
  const outcome = await mailer.send({ id: ctx.traceId, to: email, ...text })
  if (outcome.kind !== 'sent') throw notificationsErrors.mailNotTaken({ reason: outcome.reason })
  return settings
}

/** As `setEmail`; five codes a day, so that nobody has another one's telephone ring. */
export async function setPhone(parts: Parts, ctx: Context, phone: string): Promise<MailSettings> {
  const { sms, translate, access } = parts
  if (!sms) throw notificationsErrors.noSmsGateway()
  const today = chinaDay(ctx.now)
  const { settings, code, person } = await codeFor(parts, ctx, 'sms', phone, (row) => {
    const sent = row.phone_codes_day === today ? row.phone_codes : 0
    if (sent >= CODES_A_DAY) throw notificationsErrors.tooManyCodes({ limit: CODES_A_DAY })
    return { phone_codes_day: today, phone_codes: sent + 1 }
  })
  const locale = (await access.languagesOf([person])).get(person) ?? ctx.locale
  const outcome = await sms.send({ id: ctx.traceId, phone, kind: 'code', text: smsCodeText(code, { translate, locale }), content: code })
  if (outcome.kind !== 'sent') throw notificationsErrors.smsNotTaken({ reason: outcome.reason })
  return settings
}

async function codeFor(
  parts: Parts,
  ctx: Context,
  channel: Channel,
  address: string,
  more: (row: MailSettingRow) => SettingChange = () => ({}),
) {
  const { pending, hash, sentAt, tries } = CODES[channel]
  const person = personOf(ctx)
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  const settings = await changed(parts, ctx, async (tx, row) => {
    if (!maySendCode(row[sentAt], ctx.now)) throw notificationsErrors.codeJustSent()
    await changeSetting(tx, row, { ...more(row), [pending]: address, [hash]: hashOf(person, code), [sentAt]: ctx.now, [tries]: 0 })
  })
  return { settings, code, person }
}

export async function confirmCode(parts: Parts, ctx: Context, channel: Channel, code: string): Promise<MailSettings> {
  const { address, pending, hash, sentAt, tries } = CODES[channel]
  const person = personOf(ctx)
  let right = false
  const settings = await changed(parts, ctx, async (tx, row) => {
    const kept = row[hash]
    if (kept === null || !mayTryCode({ sentAt: row[sentAt], tries: row[tries] }, ctx.now)) return
    right = timingSafeEqual(kept, hashOf(person, code))
    // A wrong code is counted although the request fails.
    await changeSetting(
      tx,
      row,
      right ? { [address]: row[pending], [pending]: null, [hash]: null, [tries]: 0 } : { [tries]: row[tries] + 1 },
    )
  })
  if (!right) throw notificationsErrors.wrongCode()
  return settings
}

export const removeAddress = (parts: Parts, ctx: Context, channel: Channel): Promise<MailSettings> => {
  const { address, pending, hash } = CODES[channel]
  return changed(parts, ctx, (tx, row) => changeSetting(tx, row, { [address]: null, [pending]: null, [hash]: null }))
}

/** Of the person whose row it stands in, so that equal codes differ. */
const hashOf = (person: PersonId, code: string): Buffer =>
  createHash('sha256').update(`notifications.mail_setting ${person}:${code}`).digest()
