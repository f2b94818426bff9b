import { readFileSync } from 'node:fs'
import { z } from 'zod'

/**
 * How short messages are handed to the gateway of a carrier or a provider: the request as its operator's manual describes it. In `url`, `headers` and `body`
 * stand `{{phone}}`, `{{text}}` (the whole message), `{{content}}` (what a registered template leaves open), `{{template}}` and `{{id}}`, each written
 * as its place demands: percent-encoded in the URL and in a form, escaped in JSON. The file alone holds the gateway's secrets.
 */
export const SmsGatewayFile = z.strictObject({
  method: z.enum(['GET', 'POST']).default('POST'),
  url: z.string().max(2_000),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().max(10_000).optional(),
  /** In front of each message, as the carriers demand it: 【链枢】. */
  signature: z.string().max(20).default(''),
  /** The provider's numbers of the registered templates. */
  templates: z.object({ code: z.string(), news: z.string() }).optional(),
  /** `+8613812345678` or `13812345678`. */
  phone: z.enum(['national', 'international']).default('national'),
  /** What an answer contains when the message was taken; without it every 2xx means so. A regular expression. */
  accepted: z.string().max(500).optional(),
  /** What an answer contains when it never will be: a number that does not exist. A regular expression. */
  refused: z.string().max(500).optional(),
})
export type SmsGatewayFile = z.infer<typeof SmsGatewayFile>

export interface ShortMessage {
  /** Of ours: repeated with each attempt, so that a gateway knows a repetition. */
  id: string
  /** E.164: `+8613812345678`. */
  phone: string
  kind: 'code' | 'news'
  text: string
  /** The code, or the sentence: what a registered template leaves open. */
  content: string
}

/** `refused`: for good; `failed`: may be tried again. The reason never holds what was sent. */
export type SmsOutcome = { kind: 'sent' } | { kind: 'refused' | 'failed'; reason: string }

export interface SmsSender {
  send(message: ShortMessage): Promise<SmsOutcome>
}

const WAIT_MS = 15_000
const ANSWER_CHARS = 20_000
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** Errors: a plain sentence where the file is missing or its description wrong, at the start of the process. */
export function openSms(file: string): SmsSender {
  const gateway = readGateway(file)
  const accepted = pattern(gateway.accepted)
  const refused = pattern(gateway.refused)
  return {
    send: async (message) => {
      const { url, ...request } = requestOf(gateway, message)
      try {
        const answer = await fetch(url, { ...request, redirect: 'error', signal: AbortSignal.timeout(WAIT_MS) })
        const text = (await answer.text()).slice(0, ANSWER_CHARS)
        if (refused?.test(text)) return { kind: 'refused', reason: `HTTP ${answer.status} refused` }
        const taken = answer.ok && (accepted === undefined || accepted.test(text))
        return taken ? { kind: 'sent' } : { kind: 'failed', reason: `HTTP ${answer.status}` }
      } catch (error) {
        const late = (error as Error).name === 'TimeoutError'
        const { code } = ((error as Error).cause ?? {}) as { code?: string }
        return { kind: 'failed', reason: late ? 'timeout' : (code ?? 'error') }
      }
    },
  }
}

function readGateway(file: string): SmsGatewayFile {
  const wrong = (what: string) => new Error(`Settings: SMS_GATEWAY_FILE ${file}: ${what}`)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw wrong((error as NodeJS.ErrnoException).code ?? 'unreadable')
  }
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    throw wrong('is no JSON')
  }
  const parsed = SmsGatewayFile.safeParse(given)
  if (!parsed.success) throw wrong(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
  const gateway = parsed.data
  const sample = requestOf(gateway, { id: 'id', phone: '+8613800000000', kind: 'news', text: 'text', content: 'content' })
  if (!URL.canParse(sample.url)) throw wrong('url is none')
  const url = new URL(sample.url)
  // In the clear to another machine nothing is handed over.
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname))) throw wrong('url must be https')
  if (!/\{\{phone\}\}/.test(gateway.url + (gateway.body ?? ''))) throw wrong('{{phone}} stands nowhere')
  for (const part of [gateway.accepted, gateway.refused]) {
    try {
      pattern(part)
    } catch {
      throw wrong('accepted or refused is no regular expression')
    }
  }
  return gateway
}

const pattern = (text: string | undefined): RegExp | undefined => (text === undefined ? undefined : new RegExp(text, 'i'))

function requestOf(gateway: SmsGatewayFile, { id, phone, kind, text, content }: ShortMessage) {
  const { method, headers, body, signature, templates } = gateway
  const values: Record<string, string> = {
    id,
    phone: gateway.phone === 'national' ? phone.replace(/^\+86/, '') : phone,
    text: `${signature}${text}`,
    content,
    template: templates?.[kind] ?? '',
  }
  const filled = (from: string, write: (value: string) => string) =>
    from.replace(/\{\{(id|phone|text|content|template)\}\}/g, (_, name: string) => write(values[name] ?? ''))
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? 'application/json'
  const asJson = (value: string) => JSON.stringify(value).slice(1, -1)
  return {
    method,
    url: filled(gateway.url, encodeURIComponent),
    headers: {
      ...(body !== undefined && { 'content-type': type }),
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, filled(value, encodeURIComponent)])),
    },
    ...(method === 'POST' && body !== undefined && { body: filled(body, /json/i.test(type) ? asJson : encodeURIComponent) }),
  }
}
