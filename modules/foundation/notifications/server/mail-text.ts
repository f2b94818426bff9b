import type { Language } from '#kernel/context.ts'
import type { Translate } from '#kernel/words.ts'
import { shortened } from './mail-rules.ts'

export interface MailItem {
  kind: string
  facts: Record<string, string>
  path: string
}

export interface MailText {
  subject: string
  text: string
  html: string
}

interface Look {
  translate: Translate
  locale: Language
  /** The platform's address as its people type it; without one a mail has no links. */
  publicUrl: string | undefined
  organisation: string
}

const own = ({ translate, locale }: Look, key: string, values?: Record<string, unknown>): string =>
  translate(locale, `notifications.mail.${key}`, values) ?? key

/** What a message says in somebody's language. */
export function messageText(translate: Translate, locale: Language, { kind, facts }: MailItem): string {
  const [module = '', name = ''] = kind.split('.')
  return translate(locale, `${module}.notices.${name}`, facts) ?? kind
}

/** One message alone, or a digest of several. */
export function mailText(items: readonly MailItem[], total: number, look: Look): MailText {
  const lines = items.map((item) => ({ text: messageText(look.translate, look.locale, item), url: urlOf(look, item.path) }))
  const subject = total === 1 ? (lines[0]?.text ?? '') : own(look, 'digestSubject', { n: total, organisation: look.organisation })
  const more = total > items.length ? [{ text: own(look, 'more', { n: total - items.length }), url: urlOf(look, '/notifications') }] : []
  return framed(subject, [...lines, ...more], look)
}

/** One message alone, or how many there are and what the newest says. */
export function smsText(items: readonly MailItem[], look: Look): { text: string; content: string } {
  const last = items.at(-1)
  const sentence = last ? messageText(look.translate, look.locale, last) : ''
  const content = shortened(items.length === 1 ? sentence : own(look, 'smsDigest', { n: items.length, last: sentence }))
  return { text: content, content }
}

export const smsCodeText = (code: string, look: Pick<Look, 'translate' | 'locale'>): string =>
  look.translate(look.locale, 'notifications.mail.smsCode', { code }) ?? code

export const codeText = (code: string, look: Look): MailText =>
  framed(own(look, 'codeSubject'), [{ text: own(look, 'code', { code }), url: undefined }], look)

export const settingsUrl = (publicUrl: string | undefined): string | undefined =>
  publicUrl && new URL('/notifications/settings', publicUrl).href

const urlOf = ({ publicUrl }: Look, path: string): string | undefined => publicUrl && new URL(path, publicUrl).href

function framed(subject: string, lines: { text: string; url: string | undefined }[], look: Look): MailText {
  const why = own(look, 'why', { organisation: look.organisation })
  const stop = settingsUrl(look.publicUrl)
  const head = `【${own(look, 'product')}】${subject}`
  const text = [...lines.map(({ text: line, url }) => (url ? `${line}\n${url}` : line)), '--', [why, stop].filter(Boolean).join('\n')].join(
    '\n\n',
  )
  const row = ({ text: line, url }: (typeof lines)[number]) =>
    `<p style="margin:0 0 12px">${url ? `<a href="${escaped(url)}" style="color:#0b5a8a">${escaped(line)}</a>` : escaped(line)}</p>`
  const foot = stop ? `<a href="${escaped(stop)}" style="color:#667">${escaped(why)}</a>` : escaped(why)
  const html = `<!doctype html><html lang="${look.locale}"><body style="font-family:sans-serif;font-size:15px;color:#1d2a33">
${lines.map(row).join('\n')}
<p style="margin:24px 0 0;font-size:12px;color:#667">${foot}</p></body></html>`
  return { subject: head, text, html }
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '')
