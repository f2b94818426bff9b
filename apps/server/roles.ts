import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { sql } from 'kysely'
import { chainAudit } from '#kernel/audit-chain.ts'
import { type Loop, startLoops } from '#kernel/background.ts'
import { type Bus, connectBus } from '#kernel/bus.ts'
import { type ServedCertificate, serveCertificate } from '#kernel/certificate.ts'
import { type ClickHouse, openClickHouse } from '#kernel/clickhouse.ts'
import { systemClock } from '#kernel/clock.ts'
import { type Config, certificateFiles, mailSettings } from '#kernel/config.ts'
import type { Files } from '#kernel/files.ts'
import { idempotencyIn } from '#kernel/idempotency.ts'
import { startJobs } from '#kernel/jobs.ts'
import { plainHost, reachable } from '#kernel/listen-host.ts'
import type { Log } from '#kernel/log.ts'
import { openMailer } from '#kernel/mail.ts'
import { masterKeysIn } from '#kernel/master-keys.ts'
import { openFiles } from '#kernel/open-object-store.ts'
import { dispatchOutbox } from '#kernel/outbox-reader.ts'
import { moduleDatabase, openPool, type Pool, systemDatabase } from '#kernel/postgres.ts'
import { openSms } from '#kernel/sms.ts'
import { startIngest } from '#modules/shopfloor/telemetry/server/ingest/start-ingest.ts'
import { buildApp } from './app.ts'
import { listen } from './listen.ts'
import { type Composition, composeModules } from './modules.ts'

export interface Running {
  /** What the supervisor may want to know: the ports. */
  facts: Record<string, unknown>
  stop(): Promise<void>
}

interface Base {
  config: Config
  /** Of the plain ports. */
  host: string
  certificate: ServedCertificate | undefined
  log: Log
  app: Pool
  system: Pool
  clickhouse: ClickHouse
  bus: Bus
  files: Files
  composition: Composition
}

const ROLES = { api: startApi, worker: startWorker, ingest: startIngestRole } as const
const OUTBOX_MS = 200
const AUDIT_MS = 1_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Starts the named roles in this process, over one composition of the modules. */
export async function startRoles(names: readonly string[], config: Config, log: Log): Promise<Running> {
  const unknown = names.filter((name) => !(name in ROLES))
  if (unknown.length > 0) throw new Error(`--role takes ${Object.keys(ROLES).join(', ')}; not ${unknown.join(', ')}`)
  const { host, certificate } = openListening(config, log)
  const mail = mailSettings(config)
  const app = openPool(config.DATABASE_URL_APP, { max: config.POOL_SIZE, name: `lianshu-${names.join('+')}` })
  const system = openPool(config.DATABASE_URL_SYSTEM, { max: config.POOL_SIZE, name: `lianshu-${names.join('+')}-system` })
  const clickhouse = openClickHouse(config.CLICKHOUSE_URL)
  const bus = connectBus({ host: reachable(host), port: config.MQTT_PORT, user: config.BUS_USER, password: config.BUS_PASSWORD, log })
  const files = openFiles({ dataDir: config.LIANSHU_DATA, s3Url: config.S3_URL })
  const composition = composeModules({
    app,
    system,
    clickhouse,
    bus,
    files,
    retention: { raw: config.RETENTION_RAW_MONTHS, minute: config.RETENTION_MINUTE_MONTHS, hour: config.RETENTION_HOUR_MONTHS },
    clock: systemClock,
    log,
    masterKeys: masterKeysIn(config.LIANSHU_KEYS_FILE),
    setupCode: config.LIANSHU_SETUP_CODE,
    demo: config.LIANSHU_DEMO === '1',
    mailer: mail && openMailer(mail),
    sms: config.SMS_GATEWAY_FILE === undefined ? undefined : openSms(config.SMS_GATEWAY_FILE),
    publicUrl: config.PUBLIC_URL,
    mqttPort: config.MQTT_PORT,
    mqttsPort: certificate && config.MQTTS_PORT,
  })
  const base: Base = { config, host, certificate, log, app, system, clickhouse, bus, files, composition }
  const started: Running[] = []
  const stop = async () => {
    for (const role of started.reverse()) await role.stop()
    certificate?.stop()
    await bus.close()
    await clickhouse.close()
    await Promise.all([app.destroy(), system.destroy()])
  }
  try {
    for (const name of names) started.push(await ROLES[name as keyof typeof ROLES](base))
  } catch (error) {
    await stop()
    throw error
  }
  return { facts: Object.assign({}, ...started.map((role) => role.facts)), stop }
}

/** Errors: plain ports that others would reach, a certificate that cannot be used. */
function openListening(config: Config, log: Log): Pick<Base, 'host' | 'certificate'> {
  const files = certificateFiles(config)
  const plainAllowed = config.LIANSHU_HTTPS === '1' || config.LIANSHU_PLAIN === '1'
  const plain = plainHost({ host: config.LIANSHU_HOST, tls: files !== undefined, plainAllowed })
  if (plain.kind === 'refused') throw new Error(`${plain.zh}\n${plain.en}`)
  return { host: plain.host, certificate: files && serveCertificate(files, { log, clock: systemClock }) }
}

async function startApi({ config, host, certificate, log, app: pool, system, clickhouse, composition }: Base): Promise<Running> {
  const noGrant = () => Promise.reject(new Error('The kernel reads no granted rows.'))
  const app = await buildApp({
    modules: composition.modules,
    authenticate: composition.access.public.authenticate,
    idempotency: idempotencyIn(moduleDatabase(pool, noGrant)),
    translate: composition.translate,
    clock: systemClock,
    log,
    ready: () => storesAnswer(system, clickhouse),
    behindTlsProxy: config.LIANSHU_HTTPS === '1',
    requestsPerMinute: config.RATE_LIMIT,
    version: version(),
  })
  const secure = certificate && { certificate, host: config.LIANSHU_HOST, port: config.HTTPS_PORT }
  const { facts, stop } = await listen(app, { host, port: config.HTTP_PORT }, secure)
  return { facts: { ...facts }, stop }
}

async function startWorker({ config, log, system, bus, files, composition }: Base): Promise<Running> {
  const subscriptions = composition.modules.flatMap((module) => module.subscriptions ?? [])
  const jobs = await startJobs(
    config.DATABASE_URL_SYSTEM,
    { jobs: composition.modules.flatMap((module) => module.jobs ?? []), subscriptions },
    log,
  )
  const loops: Loop[] = [
    {
      name: 'outbox',
      intervalMs: OUTBOX_MS,
      run: async () => {
        for (const event of await dispatchOutbox(systemDatabase(system), subscriptions))
          bus.publish(`events/${event.name}`, JSON.stringify(event))
      },
    },
    { name: 'audit chain', intervalMs: AUDIT_MS, run: () => chainAudit(systemDatabase(system)) },
    { name: 'clearing', intervalMs: HOUR_MS, run: () => clearOld(system) },
    ...composition.importWork,
    files.purgeLoop(systemDatabase(system), systemClock),
    ...composition.modules.flatMap((module) => module.loops ?? []),
  ]
  const running = startLoops(loops, log)
  return {
    facts: {},
    stop: async () => {
      await running.stop()
      await jobs.stop()
    },
  }
}

async function startIngestRole({ config, host, certificate, log, system, clickhouse, composition }: Base): Promise<Running> {
  const ingest = await startIngest({
    host,
    port: config.MQTT_PORT,
    secure: certificate && { certificate, host: config.LIANSHU_HOST, port: config.MQTTS_PORT },
    busUser: config.BUS_USER,
    busPassword: config.BUS_PASSWORD,
    system: systemDatabase(system),
    clickhouse,
    devices: composition.devices.public,
    gateways: composition.gateways.public,
    organisations: composition.organisations.public,
    clock: systemClock,
    log,
  })
  return { facts: { mqttPort: ingest.port, mqttsPort: ingest.securePort }, stop: () => ingest.stop() }
}

/** Idempotency keys are kept 24 h, delivered events seven days. */
const clearOld = (system: Pool) =>
  systemDatabase<never>(system).inSystem(async (tx) => {
    const now = systemClock.nowMs()
    await sql`delete from kernel.idempotency where created_at < ${new Date(now - DAY_MS)}`.execute(tx)
    await sql`delete from kernel.outbox o using kernel.outbox_cursor c
      where c.reader = 'dispatch' and (o.xid, o.id) <= (c.xid, c.id) and o.occurred_at < ${new Date(now - 7 * DAY_MS)}`.execute(tx)
  })

async function storesAnswer(system: Pool, clickhouse: ClickHouse): Promise<boolean> {
  try {
    await Promise.all([systemDatabase<never>(system).inSystem((tx) => sql`select 1`.execute(tx)), clickhouse.system('select 1 as one')])
    return true
  } catch {
    return false
  }
}

const version = () => (JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string }).version
