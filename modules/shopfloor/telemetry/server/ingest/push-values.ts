import { setTimeout as sleep } from 'node:timers/promises'
import { basicCredentials } from '#kernel/basic-credentials.ts'
import type { Log } from '#kernel/log.ts'
import type { Upload } from '#kernel/upload.ts'
import { AppError, requestErrors } from '#values/errors.ts'
import type { PushAnswer } from '../../contract.ts'
import { telemetryErrors } from '../../errors.ts'
import { countIndex, type Outcome } from './counts.ts'
import type { DeviceSession } from './device-directory.ts'
import { NotAGateway, NotWelcome } from './pipeline.ts'
import type { Ingest } from './start-ingest.ts'

const ANSWER_MS = 20_000

interface Push {
  authorization: string | undefined
  address: string
  upload: Upload
}

/** A device's values by HTTPS: the same message as by MQTT, judged the same way, answered when it is durable; read once the device is known. */
export const pushValues = (ingest: Ingest, push: Push, log: Log): Promise<PushAnswer> => accept(ingest, push, 'accept', log)

/** A gateway's batch by HTTPS. */
export const pushBatch = (ingest: Ingest, push: Push, log: Log): Promise<PushAnswer> => accept(ingest, push, 'acceptBatch', log)

async function accept(
  ingest: Ingest,
  { authorization, address, upload }: Push,
  how: 'accept' | 'acceptBatch',
  log: Log,
): Promise<PushAnswer> {
  const session = await logInByHttp(ingest, authorization, address)
  const { orgId, orgNo, code } = session.device
  // Whoever waits for an answer is told at once; a connection of MQTT is slowed instead.
  if (!ingest.quotas.mayCome(orgNo)) {
    ingest.tallies.of(orgId, code)[countIndex.slowed]! += 1
    throw telemetryErrors.overQuota()
  }
  const body = await upload.whole().catch((error: unknown) => {
    if (error instanceof AppError && error.code === requestErrors.tooLarge.code) ingest.tallies.refuse(orgId, code, 'tooLarge', 1, null, '')
    throw error
  })
  const stored = new Promise<Outcome>((resolve, reject) => {
    ingest.pipeline[how](session, body, (error, outcome) => (error ? reject(error) : resolve(outcome)))
  })
  const ended = new AbortController()
  try {
    const outcome = await Promise.race([stored, sleep(ANSWER_MS, undefined, { signal: ended.signal })])
    if (!outcome) throw telemetryErrors.notStored()
    return { stored: outcome.stored, refused: outcome.refused, refusals: outcome.refusals }
  } catch (error) {
    if (error instanceof NotWelcome) throw telemetryErrors.wrongCredential()
    if (error instanceof NotAGateway) throw telemetryErrors.notAGateway()
    log.debug({ error: (error as Error).message }, 'push')
    throw telemetryErrors.notStored()
  } finally {
    ended.abort()
    stored.catch(() => undefined)
  }
}

/** Errors: telemetry.wrongCredential, telemetry.lockedOut. */
export async function logInByHttp(ingest: Ingest, authorization: string | undefined, address: string): Promise<DeviceSession> {
  const credentials = basicCredentials(authorization)
  if (!credentials) throw telemetryErrors.wrongCredential()
  const { userName, secret } = credentials
  const session = await ingest.directory.logIn(userName, secret, address)
  if (session === 'lockedOut') throw telemetryErrors.lockedOut()
  if (typeof session === 'string') {
    await ingest.refuseStranger(userName, session, `${userName} ${address}`)
    throw telemetryErrors.wrongCredential()
  }
  return session
}
