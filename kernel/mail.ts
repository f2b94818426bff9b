import { readFileSync } from 'node:fs'
import { createTransport } from 'nodemailer'

/** Where mails are handed over, and as whom. Given by the environment (kernel/config.ts). */
export interface MailSettings {
  /** `smtp://user@host:587` (STARTTLS) or `smtps://user@host`. */
  url: string
  /** The file alone holds the password, unless the URL does. */
  passwordFile?: string | undefined
  from: string
}

export interface Mail {
  /** Of ours: repeated with each attempt, so that a reader's program knows a repetition. */
  id: string
  to: string
  subject: string
  text: string
  html: string
  /** Where whoever gets it can stop it. */
  stopAt?: string | undefined
}

/** `refused`: for good; `failed`: may be tried again. The reason is the server's code, never what was sent. */
export type MailOutcome = { kind: 'sent' } | { kind: 'refused' | 'failed'; reason: string }

export interface Mailer {
  send(mail: Mail): Promise<MailOutcome>
}

const WAIT_MS = 15_000
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/

export function openMailer(settings: MailSettings): Mailer {
  const url = new URL(settings.url)
  const secure = url.protocol === 'smtps:'
  const user = decodeURIComponent(url.username)
  const password = () => (settings.passwordFile ? readFileSync(settings.passwordFile, 'utf8').trim() : decodeURIComponent(url.password))
  const domain = /@([^>\s]+)>?$/.exec(settings.from)?.[1] ?? 'lianshu.invalid'
  return {
    send: async (mail) => {
      const transport = createTransport({
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: Number(url.port || (secure ? 465 : 587)),
        secure,
        // In the clear to another machine nothing is handed over.
        requireTLS: !secure && !LOOPBACK.test(url.hostname),
        ...(user ? { auth: { user, pass: password() } } : {}),
        connectionTimeout: WAIT_MS,
        greetingTimeout: WAIT_MS,
        socketTimeout: WAIT_MS,
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      try {
        await transport.sendMail({
          from: settings.from,
          to: { name: '', address: mail.to },
          subject: oneLine(mail.subject),
          text: mail.text,
          html: mail.html,
          messageId: `<${mail.id}@${domain}>`,
          headers: { 'auto-submitted': 'auto-generated' },
          ...(mail.stopAt ? { list: { unsubscribe: { url: mail.stopAt, comment: '' } } } : {}),
        })
        return { kind: 'sent' }
      } catch (error) {
        return outcomeOf(error)
      } finally {
        transport.close()
      }
    },
  }
}

/** A subject is a header: what would begin another one is taken out. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const oneLine = (text: string) => text.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim()

/** RFC 5321 §4.2.1: 5yz is for good. A wrong password or a missing TLS can be mended meanwhile, so it is tried again. */
function outcomeOf(error: unknown): MailOutcome {
  const { responseCode, code } = error as { responseCode?: number; code?: string }
  const reason = [code, responseCode].filter((part) => part !== undefined).join(' ') || 'error'
  const forGood = responseCode !== undefined && responseCode >= 550 && responseCode < 560 && code !== 'EAUTH'
  return { kind: forGood ? 'refused' : 'failed', reason }
}
