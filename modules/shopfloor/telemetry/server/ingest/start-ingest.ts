import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { DevicesPublic } from '#modules/shopfloor/devices/public.ts'
import type { GatewaysPublic } from '#modules/shopfloor/gateways/public.ts'
import type { RefusalReason } from '../../contract.ts'
import type { TelemetrySystem } from '../tables.ts'
import { DeviceDirectory, type DeviceSession } from './device-directory.ts'
import { Horizons } from './horizons.ts'
import { tellState, type Way } from './ingest-state.ts'
import { listenMqtt, type MqttListener, type SecureMqtt } from './mqtt-listener.ts'
import { NotAGateway, Pipeline } from './pipeline.ts'
import { Quotas } from './quotas.ts'
import { recover } from './recover.ts'
import { SampleWriter } from './sample-writer.ts'
import { STORED_TOPIC } from './stored-stream.ts'
import { Tallies } from './tallies.ts'

export interface IngestParts {
  system: TelemetrySystem
  clickhouse: ClickHouse
  devices: Pick<DevicesPublic, 'identify' | 'logIn'>
  gateways: Pick<GatewaysPublic, 'voiceOf'>
  organisations: Pick<OrganisationsPublic, 'organisationByCode' | 'valueQuotas'>
  clock: Clock
  log: Log
}

const TALLIES_MS = 3_000
/** Much less than retention waits between refusing and deleting. */
const HORIZONS_MS = 30_000
/** So soon a quota that was set holds. */
const QUOTAS_MS = 10_000
const SWEEP_MS = 60_000
const CLOSE_MS = 10_000
const RECOVER_RETRY_MS = 1_000

export interface Ingest {
  directory: DeviceDirectory
  pipeline: Pipeline
  tallies: Tallies
  horizons: Horizons
  quotas: Quotas
  /** Counts a refusal of one who is no known device, under the organisation that its name claims. */
  refuseStranger(userName: string, reason: RefusalReason, text: string): Promise<void>
  /** `events/devices.changed` as it comes by the bus. */
  deviceChanged(payload: Buffer): void
  /** `events/gateways.changed`. */
  gatewayChanged(payload: Buffer): void
  close(): Promise<void>
}

/** What every way in shares: the pipeline with its timers, which keep no process alive. */
export function openIngest(
  parts: IngestParts,
  way: Way,
  live: { isWatched(topic: string): boolean; publish(topic: string, payload: string | Buffer): void },
): Ingest {
  const { log } = parts
  const directory = new DeviceDirectory(parts)
  const tallies = new Tallies(parts)
  const writer = new SampleWriter({
    ...parts,
    tallies,
    publishLive: (topic, payload) => live.publish(topic, payload),
    isStreamed: () => live.isWatched(STORED_TOPIC),
  })
  const horizons = new Horizons(parts)
  const quotas = new Quotas(parts)
  void quotas.refresh()
  void tellState(parts, way, undefined, 0)
  const pipeline = new Pipeline({
    directory,
    writer,
    tallies,
    horizons,
    quotas,
    clock: parts.clock,
    isWatched: (topic) => live.isWatched(topic),
  })
  const timers = [
    setInterval(() => {
      void tallies.flush()
      void tellState(parts, way, writer.waiting, writer.pendingRows)
    }, TALLIES_MS),
    setInterval(() => void horizons.refresh(), HORIZONS_MS),
    setInterval(() => void quotas.refresh(), QUOTAS_MS),
    setInterval(() => {
      directory.sweep()
      tallies.sweep().catch((error: Error) => log.debug({ error: error.message }, 'old counters stay'))
    }, SWEEP_MS),
  ]
  for (const timer of timers) timer.unref()
  return {
    directory,
    pipeline,
    tallies,
    horizons,
    quotas,
    refuseStranger: async (userName, reason, text) => {
      const [orgCode = '', device = ''] = userName.split('/')
      const organisation = orgCode === '' ? undefined : await parts.organisations.organisationByCode(orgCode)
      if (organisation) tallies.refuseStranger(organisation.orgId, device, reason, text)
      else log.info({ userName: userName.slice(0, 130), reason }, 'refused')
    },
    deviceChanged: (payload) => {
      const { payload: device } = JSON.parse(payload.toString()) as { payload: { orgCode: string; deviceCode: string } }
      directory.forget(device.orgCode, device.deviceCode)
    },
    gatewayChanged: (payload) => {
      const { payload: gateway } = JSON.parse(payload.toString()) as { payload: { orgCode: string; gatewayCode: string } }
      directory.forgetGateway(gateway.orgCode, gateway.gatewayCode)
    },
    close: async () => {
      for (const timer of timers) clearInterval(timer)
      quotas.close()
      await pipeline.close(CLOSE_MS)
    },
  }
}

export interface IngestOptions extends IngestParts {
  host: string
  port: number
  secure?: SecureMqtt | undefined
  busUser: string
  busPassword: string
}

/** The ingest role: MQTT in, ClickHouse behind it, live values out. */
export async function startIngest(
  options: IngestOptions,
): Promise<{ port: number; securePort: number | undefined; stop(): Promise<void> }> {
  const { log, clock } = options
  const stopping = new AbortController()
  if (!(await recovered(options, clock.nowMs()))) void recoverLater(options, clock.nowMs(), stopping.signal)
  let mqtt: MqttListener | undefined
  const ingest = openIngest(options, 'mqtt', {
    isWatched: (topic) => mqtt?.isWatched(topic) ?? false,
    publish: (topic, payload) => mqtt?.publish(topic, payload),
  })
  const refuse = (userName: string, session: DeviceSession | undefined, reason: RefusalReason, text: string) => {
    if (session) ingest.tallies.refuse(session.device.orgId, session.device.code, reason, 1, null, text)
    else
      ingest
        .refuseStranger(userName, reason, text)
        .catch((error: Error) => log.debug({ error: error.message }, 'a refusal was not counted'))
  }
  mqtt = await listenMqtt({
    ...options,
    logIn: (userName, secret, address) => ingest.directory.logIn(userName, secret, address),
    accept: (session, payload, done) => ingest.pipeline.accept(session, payload, (error) => done(error)),
    acceptBatch: (session, payload, done) =>
      ingest.pipeline.acceptBatch(session, payload, (error) => {
        if (error instanceof NotAGateway) refuse('', session, 'foreignTopic', `${session.device.key}/batch`)
        done(error)
      }),
    refused: (userName, session, reason, text) => refuse(userName, session, reason === 'lockedOut' ? 'wrongCredential' : reason, text),
    onEvent: (topic, payload) => {
      if (topic === 'events/devices.changed') ingest.deviceChanged(payload)
      if (topic === 'events/gateways.changed') ingest.gatewayChanged(payload)
    },
  })
  const { port, securePort, refuseNew, close } = mqtt
  return {
    port,
    securePort,
    stop: async () => {
      stopping.abort()
      refuseNew()
      await ingest.close()
      await close()
    },
  }
}

async function recovered({ clickhouse, system, log }: IngestOptions, startedMs: number): Promise<boolean> {
  try {
    await recover(clickhouse, system, startedMs)
    return true
  } catch (error) {
    log.warn({ error: (error as Error).message }, 'what a crash may have left undone is looked for again later')
    return false
  }
}

/** The stores may have been killed by what killed us: devices are not kept waiting, it is tried until they answer. */
async function recoverLater(options: IngestOptions, startedMs: number, signal: AbortSignal): Promise<void> {
  do await sleep(RECOVER_RETRY_MS, undefined, { signal }).catch(() => undefined)
  while (!signal.aborted && !(await recovered(options, startedMs)))
}
