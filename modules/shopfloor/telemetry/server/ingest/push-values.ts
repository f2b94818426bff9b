import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '#kernel/log.ts'
import type { PushAnswer } from '../../contract.ts'
import { telemetryErrors } from '../../errors.ts'
import type { Outcome } from './counts.ts'
import { NotWelcome } from './pipeline.ts'
import type { Ingest } from './start-ingest.ts'

const ANSWER_MS = 20_000

/** HTTPS batch: the same message as by MQTT, answered when it is durable. */
export async function pushValues(
  ingest: Ingest,
  { authorization, address, body }: { authorization: string | undefined; address: string; body: unknown },
  log: Log,
): Promise<PushAnswer> {
  const credentials = basicCredentials(authorization)
  if (!credentials) throw telemetryErrors.wrongCredential()
  const { userName, secret } = credentials
  const session = await ingest.directory.logIn(userName, secret, address)
  if (session === 'lockedOut') throw telemetryErrors.lockedOut()
  if (typeof session === 'string') {
    await ingest.refuseStranger(userName, session, `${userName} ${address}`)
    throw telemetryErrors.wrongCredential()
  }
  const stored = new Promise<Outcome>((resolve, reject) => {
    ingest.pipeline.accept(session, { parsed: body }, (error, outcome) => (error ? reject(error) : resolve(outcome)))
  })
  const ended = new AbortController()
  try {
    const outcome = await Promise.race([stored, sleep(ANSWER_MS, undefined, { signal: ended.signal })])
    if (!outcome) throw telemetryErrors.notStored()
    return { stored: outcome.stored, refused: outcome.refused, refusals: outcome.refusals }
  } catch (error) {
    if (error instanceof NotWelcome) throw telemetryErrors.wrongCredential()
    log.debug({ error: (error as Error).message }, 'push')
    throw telemetryErrors.notStored()
  } finally {
    ended.abort()
    stored.catch(() => undefined)
  }
}

/** RFC 7617: user and password by the first colon. */
function basicCredentials(authorization: string | undefined): { userName: string; secret: string } | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? '')?.[1]
  if (!encoded) return undefined
  const pair = Buffer.from(encoded, 'base64').toString()
  const colon = pair.indexOf(':')
  return colon < 0 ? undefined : { userName: pair.slice(0, colon), secret: pair.slice(colon + 1) }
}
