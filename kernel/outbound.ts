import { lookup } from 'node:dns/promises'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { defineErrors } from '#values/errors.ts'
import { addressVerdict } from './outbound-address.ts'

/** Where a request may go. What people type as an address goes through here and nowhere else. */
export interface OutboundRules {
  /** Default: 443. */
  ports?: readonly number[]
  /** Plain HTTP too; default: HTTPS only. */
  plain?: boolean
  /** Networks that a plant declared: the only private addresses that are reached. */
  networks?: readonly string[]
  timeoutMs?: number
  maxAnswerBytes?: number
  /** Extra certificate authorities, PEM. */
  ca?: string
  resolve?: (host: string) => Promise<{ address: string; family: number }[]>
}

export interface OutboundAnswer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

export const outboundErrors = defineErrors('request', {
  targetNotAllowed: { status: 422, message: 'The platform does not connect to this address.' },
  targetUnknown: { status: 422, message: 'The host name has no address.' },
  targetAnswerTooLarge: { status: 502, message: 'The answer is larger than allowed.' },
  targetTimedOut: { status: 504, message: 'The other side did not answer in time.' },
})

const TIMEOUT_MS = 10_000
const ANSWER_BYTES = 4 * 1024 * 1024

const resolveAll = (host: string) => lookup(host, { all: true, verbatim: true })

/**
 * One request to an address that somebody typed (OWASP ASVS 1.3.6). The name is resolved once; every address it has must be allowed, and the
 * connection goes to the one that was judged. A redirect is an answer like any other: whoever follows it asks here again.
 */
export async function outboundRequest(
  address: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string | Buffer },
  rules: OutboundRules = {},
): Promise<OutboundAnswer> {
  const url = allowedUrl(address, rules)
  const pinned = await pinnedAddress(url.hostname.replace(/^\[|\]$/g, ''), rules)
  const { timeoutMs = TIMEOUT_MS, maxAnswerBytes = ANSWER_BYTES } = rules
  const late = AbortSignal.timeout(timeoutMs)
  const answerTo: LookupFunction = (_host, options, done) =>
    options.all ? done(null, [pinned]) : done(null, pinned.address, pinned.family)
  const send = url.protocol === 'https:' ? requestHttps : requestHttp
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      // No shared agent: a kept connection would have been judged by other rules.
      const request = send(
        url,
        { method, headers, lookup: answerTo, agent: false, signal: late, ...(rules.ca ? { ca: rules.ca } : {}) },
        resolve,
      )
      request.on('error', reject)
      request.end(body)
    })
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await whole(answer, maxAnswerBytes) }
  } catch (error) {
    if (late.aborted) throw outboundErrors.targetTimedOut({ host: url.hostname })
    throw error
  }
}

/** Whether a request there would be let out now: for an address that is being typed in. */
export async function checkTarget(address: string, rules: OutboundRules = {}): Promise<void> {
  await pinnedAddress(allowedUrl(address, rules).hostname.replace(/^\[|\]$/g, ''), rules)
}

function allowedUrl(address: string, { ports = [443], plain = false }: OutboundRules): URL {
  if (!URL.canParse(address)) throw outboundErrors.targetNotAllowed({ reason: 'noUrl' })
  const url = new URL(address)
  if (url.protocol !== 'https:' && !(plain && url.protocol === 'http:')) throw outboundErrors.targetNotAllowed({ reason: 'protocol' })
  // What stands before the @ is mistaken for the host by people, and would end up in logs.
  if (url.username !== '' || url.password !== '') throw outboundErrors.targetNotAllowed({ reason: 'credentialsInUrl' })
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  if (!ports.includes(port)) throw outboundErrors.targetNotAllowed({ reason: 'port', port })
  return url
}

async function pinnedAddress(
  host: string,
  { networks = [], resolve = resolveAll }: OutboundRules,
): Promise<{ address: string; family: number }> {
  const family = isIP(host)
  const addresses = family === 0 ? await resolve(host).catch(() => []) : [{ address: host, family }]
  const [first] = addresses
  if (!first) throw outboundErrors.targetUnknown({ host })
  for (const { address } of addresses) {
    const verdict = addressVerdict(address, networks)
    if (verdict === 'private' || verdict === 'forbidden') throw outboundErrors.targetNotAllowed({ reason: verdict, host })
  }
  return first
}

async function whole(answer: IncomingMessage, most: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer) {
    bytes += (chunk as Buffer).length
    if (bytes > most) {
      answer.destroy()
      throw outboundErrors.targetAnswerTooLarge({ limit: most })
    }
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}
