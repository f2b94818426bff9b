import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startClickHouse } from '#embedded/clickhouse/start.ts'
import { freePort, isPortFree } from '#embedded/ports.ts'
import { stopLeftover } from '#embedded/postgres/leftover.ts'
import { type DatabaseUrls, ensureRoles } from '#embedded/postgres/roles.ts'
import { startPostgres } from '#embedded/postgres/start.ts'
import { StartError } from '#embedded/start-error.ts'
import { readCertificate } from '#kernel/certificate.ts'
import { systemClock } from '#kernel/clock.ts'
import { plainHost, reachable } from '#kernel/listen-host.ts'
import { makeKeyFile, masterKeysIn } from '#kernel/master-keys.ts'
import type { ChildLog } from './child-log.ts'
import { type Config, childEnvironment } from './config.ts'
import type { createKeeper, Running } from './keeper.ts'
import { nodePart, runNode } from './node-part.ts'
import type { Run } from './run-file.ts'
import { buildWeb, staleWeb } from './web-build.ts'

export interface Start {
  config: Config
  run: Run
  save(): void
  keeper: ReturnType<typeof createKeeper>
  signal: AbortSignal
  log(name: string): ChildLog
  say(zh: string, en: string): void
}

/** Everything in its order: the stores, the page, the schema, the server's roles, the demo's equipment. */
export async function startPlatform(start: Start): Promise<void> {
  const { config, run, keeper, signal, say } = start
  const plain = plainAddress(config)
  await checkPorts(config, plain)
  openKeys(start)
  say('正在启动数据库…', 'Starting the databases …')
  const [database, clickhouseUrl] = await Promise.all([openDatabase(start), openClickHouse(start), buildPage(start)])
  signal.throwIfAborted()

  const shared = {
    ...childEnvironment(),
    LIANSHU_DATA: config.dataDir,
    LIANSHU_HOST: config.host,
    LIANSHU_DEMO: config.demo ? '1' : '0',
    HTTP_PORT: String(config.httpPort),
    MQTT_PORT: String(config.mqttPort),
    // From where we were started, not from where the children run.
    ...(config.tls && { TLS_CERT_FILE: config.tls.certFile, TLS_KEY_FILE: config.tls.keyFile }),
  }
  const stores = { DATABASE_URL_APP: database.app, DATABASE_URL_SYSTEM: database.system, CLICKHOUSE_URL: clickhouseUrl }
  const bus = { BUS_USER: 'bus', BUS_PASSWORD: run.passwords.bus }
  const server = { ...shared, ...stores, ...bus, LIANSHU_SETUP_CODE: run.passwords.setup, LIANSHU_KEYS_FILE: config.keysFile }
  const entry = 'apps/server/main.ts'

  say('正在准备数据表…', 'Preparing the tables …')
  const migration = {
    name: 'migrate',
    entry,
    args: ['--migrate'],
    env: { ...server, DATABASE_URL_OWNER: database.owner },
    log: start.log('migrate'),
  }
  rememberAccounts(start, await runNode(migration, signal))

  say('正在启动服务…', 'Starting the server …')
  await Promise.all([
    keeper.keep(nodePart({ name: 'server', entry, args: ['--role', 'api,worker'], env: server, log: start.log('server') })),
    keeper.keep(nodePart({ name: 'ingest', entry, args: ['--role', 'ingest'], env: server, log: start.log('ingest') })),
  ])
  if (config.demo) await startDemoEquipment(start, { ...shared, LIANSHU_HOST: reachable(plain) })
}

/** The demo's machines, and the gateway that reads some of them; none of it is the platform's own. */
async function startDemoEquipment(
  { config, keeper, log }: Start,
  env: Record<string, string | undefined> & { LIANSHU_HOST: string },
): Promise<void> {
  await keeper.keep(nodePart({ name: 'simulator', entry: 'simulator/main.ts', env, log: log('simulator') }))
  // Written with the demo chain; gone where that was removed.
  const file = join(config.dataDir, 'demo-gateway.json')
  if (!existsSync(file)) return
  const host = env.LIANSHU_HOST.includes(':') ? `[${env.LIANSHU_HOST}]` : env.LIANSHU_HOST
  const gateway = {
    LIANSHU_GATEWAY_SERVER: `http://${host}:${config.httpPort}`,
    LIANSHU_GATEWAY_MQTT: `mqtt://${host}:${config.mqttPort}`,
    LIANSHU_GATEWAY_DATA_DIR: join(config.dataDir, 'demo-gateway'),
    LIANSHU_GATEWAY_QUEUE_MEGABYTES: '64',
  }
  const program = {
    name: 'gateway',
    entry: 'edge/gateway/main.ts',
    args: ['--config', file],
    env: { ...env, ...gateway },
    log: log('gateway'),
  }
  await keeper.keep(nodePart(program))
}

/** Where the plain ports listen. Errors: others would reach them; a certificate that cannot be used. */
function plainAddress({ host, tls, plainAllowed }: Config): string {
  const plain = plainHost({ host, tls: tls !== undefined, plainAllowed })
  if (plain.kind === 'refused') throw new StartError(plain)
  const certificate = tls && readCertificate(tls)
  if (certificate?.kind === 'unusable') throw new StartError(certificate)
  return plain.host
}

async function checkPorts({ host, httpPort, mqttPort, tls }: Config, plain: string): Promise<void> {
  const ports: [string, number, string][] = [
    ['HTTP_PORT', httpPort, plain],
    ['MQTT_PORT', mqttPort, plain],
  ]
  if (tls) ports.push(['HTTPS_PORT', tls.httpsPort, host], ['MQTTS_PORT', tls.mqttsPort, host])
  for (const [setting, port, at] of ports) {
    if (await isPortFree(port, at)) continue
    throw new StartError({
      zh: `端口 ${port} 已被其他程序占用，未启动。请换一个端口，例如：${setting}=${port + 1} npm start`,
      en: `Port ${port} is taken by another program; nothing was started. Choose another, for example: ${setting}=${port + 1} npm start`,
    })
  }
}

/** The master keys of the first start; later a missing file is refused: with new keys, what was kept could never be opened. */
function openKeys({ config, run, save }: Start): void {
  const { keysFile } = config
  if (!existsSync(keysFile)) {
    if (run.keysMade)
      throw new StartError({
        zh: `缺少主密钥文件 ${keysFile}。没有它，已保存的密钥与凭据无法解密。未改动任何内容。请恢复该文件后重新启动。`,
        en: `The file of the master keys, ${keysFile}, is missing. Without it, what is kept sealed cannot be opened. Nothing was changed. Restore it and start again.`,
      })
    makeKeyFile(keysFile, systemClock.now())
  }
  try {
    masterKeysIn(keysFile).current()
  } catch (error) {
    const reason = (error as Error).message
    throw new StartError({ zh: `主密钥文件无法使用：${reason}`, en: `The file of the master keys cannot be used: ${reason}` })
  }
  run.keysMade = true
  save()
}

async function openDatabase({ config, run, save, keeper }: Start): Promise<DatabaseUrls> {
  if (config.databaseUrl !== undefined) return externalDatabase(config.databaseUrl, run)
  const dataDir = join(config.dataDir, 'postgres')
  if (config.walArchive !== undefined) mkdirSync(config.walArchive, { recursive: true, mode: 0o700 })
  // First what a killed supervisor left: it still holds the port that was kept.
  await stopLeftover(dataDir)
  run.ports.postgres = await keptPort(run.ports.postgres)
  const port = run.ports.postgres
  save()
  let urls: DatabaseUrls | undefined
  await keeper.keep({
    name: 'postgres',
    start: async () => {
      const logFile = join(config.dataDir, 'logs/postgres.log')
      const postgres = await startPostgres({ dataDir, port, logFile, passwords: run.passwords, walArchive: config.walArchive })
      urls = postgres.urls
      return { ...running(postgres.process, postgres.stop), kill: () => postgres.process.kill('SIGQUIT') }
    },
  })
  if (!urls) throw new Error('PostgreSQL started without its URLs.')
  return urls
}

async function externalDatabase(url: string, run: Run): Promise<DatabaseUrls> {
  try {
    return await ensureRoles(url, run.passwords)
  } catch (error) {
    if (error instanceof StartError) throw error
    const { host, pathname } = new URL(url)
    const reason = (error as Error).message || (error as NodeJS.ErrnoException).code
    throw new StartError({
      zh: `无法使用 DATABASE_URL 指定的 PostgreSQL（${host}${pathname}）：${reason}`,
      en: `The PostgreSQL of DATABASE_URL (${host}${pathname}) cannot be used: ${reason}`,
    })
  }
}

async function openClickHouse({ config, run, save, keeper, log }: Start): Promise<string> {
  if (config.clickhouseUrl !== undefined) return config.clickhouseUrl
  run.ports.clickhouse = await keptPort(run.ports.clickhouse)
  const port = run.ports.clickhouse
  save()
  const password = run.passwords.clickhouse
  const childLog = log('clickhouse')
  await keeper.keep({
    name: 'clickhouse',
    start: async () => {
      const front = await startClickHouse({ path: join(config.dataDir, 'clickhouse'), port, user: 'lianshu', password, log: childLog.line })
      return running(front.process, front.stop)
    },
  })
  const headers = { 'X-ClickHouse-User': 'lianshu', 'X-ClickHouse-Key': password }
  const made = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body: 'create database if not exists lianshu' })
  if (!made.ok) throw new Error(`ClickHouse: ${await made.text()}`)
  return `http://lianshu:${password}@127.0.0.1:${port}/lianshu`
}

/** The same as last time where nobody else took it meanwhile, so that URLs stay. */
async function keptPort(port: number | undefined): Promise<number> {
  return port !== undefined && (await isPortFree(port, '127.0.0.1')) ? port : freePort()
}

async function buildPage({ signal, log, say }: Start): Promise<void> {
  const hash = staleWeb()
  if (hash === undefined) return
  say('正在构建页面…', 'Building the page …')
  await buildWeb(hash, log('web'), signal)
}

function rememberAccounts({ run, save }: Start, said: Record<string, unknown>): void {
  if (!Array.isArray(said.accounts)) return
  run.accounts = said.accounts as Run['accounts']
  save()
}

function running(child: ChildProcess, stop: () => Promise<void>): Running {
  const gone = child.exitCode !== null || child.signalCode !== null
  const ended = gone ? Promise.resolve([child.exitCode, child.signalCode]) : once(child, 'exit')
  return {
    pid: child.pid ?? 0,
    ended: ended.then(([code, signal]) => (signal ? String(signal) : `exit ${code}`)),
    stop,
    kill: () => child.kill('SIGKILL'),
  }
}
