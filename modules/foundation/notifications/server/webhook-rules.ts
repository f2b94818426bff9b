import { createHmac } from 'node:crypto'

export const SECRET_PURPOSE = 'notifications.webhook'
const PREFIX = 'whsec_'
const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** Pauses between the attempts, as the specification proposes: some three days in all. */
const PAUSES_MS = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
]
export const ATTEMPTS = PAUSES_MS.length + 1
const LONGEST_WAIT_MS = 24 * HOUR_MS

export const secretOf = (random: Buffer): string => PREFIX + random.toString('base64')

/** Standard Webhooks, “Signature scheme”: HMAC-SHA256 of `id.timestamp.body`, one `v1,` for each secret that holds. */
export const signatureOf = (secrets: readonly string[], id: string, timestampSeconds: number, body: string): string =>
  secrets
    .map((secret) => {
      const key = Buffer.from(secret.slice(PREFIX.length), 'base64')
      return `v1,${createHmac('sha256', key).update(`${id}.${timestampSeconds}.${body}`).digest('base64')}`
    })
    .join(' ')

export type AfterAttempt = { kind: 'delivered' } | { kind: 'retry'; afterMs: number } | { kind: 'failed' } | { kind: 'gone' }

/**
 * What comes after an attempt. `status` undefined: no answer. A redirect is a failure: the address that was judged is the one that is used.
 * @param attempts this one included
 * @param random [0, 1): spreads the attempts of many messages by ±20 %
 */
export function afterAttempt(
  { status, retryAfterMs }: { status: number | undefined; retryAfterMs?: number | undefined },
  attempts: number,
  random: number,
): AfterAttempt {
  if (status !== undefined && status >= 200 && status < 300) return { kind: 'delivered' }
  if (status === 410) return { kind: 'gone' }
  const pauseMs = PAUSES_MS[attempts - 1]
  if (pauseMs === undefined) return { kind: 'failed' }
  const spread = Math.round(pauseMs * (0.8 + 0.4 * random))
  return { kind: 'retry', afterMs: Math.min(LONGEST_WAIT_MS, Math.max(spread, retryAfterMs ?? 0)) }
}

const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/

/** RFC 9110 §10.2.3: seconds or a date. */
export function retryAfterMs(header: string | string[] | undefined, nowMs: number): number | undefined {
  const text = Array.isArray(header) ? header[0] : header
  if (text === undefined) return undefined
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * SECOND_MS
  const at = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs)
}
