import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ClickHouseClient, createClient } from '@clickhouse/client'
import pg from 'pg'
import type { z } from 'zod'
import type { CertificateFiles } from '#kernel/certificate.ts'
import { type DeviceId, devicesApi, type ThingModelId } from '#modules/shopfloor/devices/contract.ts'
import { telemetryApi } from '#modules/shopfloor/telemetry/contract.ts'
import { type ApiClient, firstAdministrator, logInAgain, registerOrganisation } from './api-client.ts'
import { type StartedPlatform, startPlatform } from './started-platform.ts'

type Definition = z.input<typeof devicesApi.createThingModel.body>['definition']

export interface FieldDevice {
  id: DeviceId
  code: string
  /** `{organisation}/{device}`. */
  user: string
  secret: string
  topic: string
}

/** What is made for one organisation. */
export type Plant = Pick<Field, 'client' | 'orgId' | 'orgCode' | 'addModel' | 'importModel' | 'addDevice'>

/** A started platform without demo data and one organisation with devices on it, for benches, fault runs and tests with foreign clients. */
export interface Field {
  platform: StartedPlatform
  client: ApiClient
  orgId: string
  orgCode: string
  /** Another organisation on the same platform. */
  another(of: { code: string; kind: 'supplier' | 'leader'; n: number }): Promise<Plant>
  /** The platform's operator. */
  operator: ApiClient
  /** The same person at another screen. */
  anotherSession(): Promise<ApiClient>
  addModel(code: string, definition: Definition): Promise<ThingModelId>
  importModel(document: Record<string, unknown>): Promise<ThingModelId>
  addDevice(code: string, thingModelId: ThingModelId): Promise<FieldDevice>
  /** ClickHouse and PostgreSQL themselves: the other side of a comparison, or a second opinion. */
  clickhouse(): ClickHouseClient
  postgres(database?: string): Promise<pg.Client>
  stop(): Promise<void>
}

const LEADER = { code: 'chang', kind: 'leader', n: 7 } as const
/** Of the platform's own limit of requests; nobody shares the machine with a bench. */
const REQUESTS_A_MINUTE = '1000000'

export async function openField(options: { dataDir?: string; certificate?: CertificateFiles } = {}): Promise<Field> {
  const platform = await startPlatform({ ...options, env: { RATE_LIMIT: REQUESTS_A_MINUTE, LOG_LEVEL: 'warn' } })
  const closing: (() => Promise<void>)[] = [() => platform.stop()]
  const stop = async () => {
    while (closing.length > 0)
      await closing
        .pop()?.()
        .catch(() => undefined)
  }
  try {
    const operator = await firstAdministrator(platform.address, setupCode(platform.dataDir))
    const plantOf = async (of: Parameters<Field['another']>[0]): Promise<Plant> =>
      plantWith(await registerOrganisation(operator, platform.address, of), of.code)
    return {
      platform,
      operator,
      ...(await plantOf(LEADER)),
      another: plantOf,
      anotherSession: () => logInAgain(platform.address, LEADER.code),
      clickhouse: () => {
        const direct = directClickHouse(platform)
        closing.push(() => direct.close())
        return direct
      },
      postgres: async (database = 'lianshu') => {
        const connection = await directPostgres(platform, database)
        closing.push(() => connection.end())
        return connection
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const plantWith = ({ client, orgId }: { client: ApiClient; orgId: string }, orgCode: string): Plant => ({
  client,
  orgId,
  orgCode,
  addModel: async (code, definition) => {
    const body = { code, name: code, nameEn: null, description: '', definition }
    return (await client.call(devicesApi.createThingModel, { body })).id
  },
  importModel: async (document) => (await client.call(devicesApi.importThingModel, { body: document })).id,
  addDevice: (code, thingModelId) => addDevice(client, orgCode, code, thingModelId),
})

async function addDevice(client: ApiClient, orgCode: string, code: string, thingModelId: ThingModelId): Promise<FieldDevice> {
  const made = await client.call(devicesApi.create, {
    body: {
      code,
      name: code,
      nameEn: null,
      maker: '',
      model: '',
      serial: '',
      note: '',
      thingModelId,
      status: 'active',
      nodeId: null,
      withCredential: true,
    },
  })
  if (!made.credential) throw new Error(`The device ${code} was made without a credential.`)
  const { userName: user, secret } = made.credential
  return { id: made.id, code, user, secret, topic: `v1/${orgCode}/${code}/telemetry` }
}

const setupCode = (dataDir: string) => {
  const run = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as { passwords: { setup: string } }
  return run.passwords.setup
}

function directClickHouse(platform: StartedPlatform): ClickHouseClient {
  const { ports, passwords } = platform.run()
  return createClient({
    url: `http://127.0.0.1:${ports.clickhouse}`,
    username: 'lianshu',
    password: passwords.clickhouse ?? '',
    database: 'lianshu',
    clickhouse_settings: { session_timezone: 'UTC', output_format_json_quote_64bit_integers: 0 },
  })
}

async function directPostgres(platform: StartedPlatform, database: string): Promise<pg.Client> {
  const { ports, passwords } = platform.run()
  const connection = new pg.Client({
    host: '127.0.0.1',
    port: ports.postgres ?? 5432,
    user: 'postgres',
    password: passwords.superuser ?? '',
    database,
  })
  connection.on('error', () => undefined)
  await connection.connect()
  return connection
}

export async function rowsOf<Row>(clickhouse: ClickHouseClient, query: string): Promise<Row[]> {
  return (await clickhouse.query({ query, format: 'JSONEachRow' })).json<Row>()
}

/** Runs `work` over all of `items`, a few at once. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as Item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return results
}

/** Until every hour that late values marked is summed up again, and minutes are closed up to `closedAfterMs`. */
export async function untilRolledUp(client: ApiClient, { timeoutMs, closedAfterMs = 0 }: { timeoutMs: number; closedAfterMs?: number }) {
  const until = performance.now() + timeoutMs
  let left = 'unknown'
  while (performance.now() < until) {
    const { rollUp } = await client.call(telemetryApi.ingestHealth)
    if (rollUp.dirtyHours === 0 && (rollUp.closedUntil ? Date.parse(rollUp.closedUntil) : 0) > closedAfterMs) return
    left = `${rollUp.dirtyHours} hours, closed until ${rollUp.closedUntil ?? 'never'}`
    await sleep(250)
  }
  throw new Error(`The roll-ups were not finished within ${timeoutMs / 1_000} s: ${left}.`)
}
