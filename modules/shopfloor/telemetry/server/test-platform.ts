import { createHash } from 'node:crypto'
import { connect, type MqttClient } from 'mqtt'
import { v7 as uuidv7 } from 'uuid'
import { type ClickHouse, openClickHouse } from '#kernel/clickhouse.ts'
import type { Clock } from '#kernel/clock.ts'
import { createLog } from '#kernel/log.ts'
import { type CheckGrant, type GrantFacts, moduleDatabase, systemDatabase } from '#kernel/postgres.ts'
import type { Upload } from '#kernel/upload.ts'
import type { DeviceId, MeasuringPointId, ThingModelId } from '#modules/shopfloor/devices/contract.ts'
import type { DevicesPublic, IngestDevice, PointInfo } from '#modules/shopfloor/devices/public.ts'
import { deviceLogIn } from '#modules/shopfloor/devices/server/device-log-in.ts'
import type { GatewaysPublic } from '#modules/shopfloor/gateways/public.ts'
import { defineErrors } from '#values/errors.ts'
import type { OrgId } from '#values/ids.ts'
import type { DayStart } from '#values/instant.ts'
import { testClickHouse } from '../../../../tests/clickhouse.ts'
import { testFiles } from '../../../../tests/files.ts'
import { testPools } from '../../../../tests/pools.ts'
import { startIngest } from './ingest/start-ingest.ts'
import { migrateTelemetry } from './migrate-telemetry.ts'
import { rolledUpClock } from './query/rolled-up-clock.ts'
import { rollUp } from './rollup/roll-up.ts'
import type { TelemetryTables } from './tables.ts'

/** Real stores and a real broker; only the rooms below (devices, plant, sharing) are played, by their public interfaces. */
interface Cleanup {
  after(work: () => Promise<void>): void
}

export type TestPoint = Partial<Omit<IngestDevice['points'][number], 'bindings'>> & { name: string }
export const busPassword = 'a-password-for-the-bus'
const MINUTE_MS = 60_000

export interface TestDevice extends IngestDevice {
  orgCode: string
  code: string
  secret: string
  siteId: string | null
  /** A gateway's: codes of other devices of its organisation. */
  speaksFor?: string[]
  stampedBySource?: string[]
  /** Of a gateway of a pair: when it read. */
  turns?: { fromMs: number; untilMs: number }[]
  /** Measuring points by name. */
  info: Record<string, PointInfo>
}

let lastSeries = Math.trunc(Math.random() * 1_000_000)
let lastOrgNo = Math.trunc(Math.random() * 1_000_000)

/** A request's body as it came. */
export const uploaded = (text: string): Upload => ({
  stream: async function* () {
    yield Buffer.from(text)
  },
  whole: async () => Buffer.from(text),
})

export function testDevice(points: TestPoint[], change: Partial<TestDevice> = {}): TestDevice {
  const orgNo = ++lastOrgNo
  const code = `dev-${orgNo}`
  const secret = `secret-${code}`
  const deviceId = uuidv7() as DeviceId
  const bound = points.map((point) => ({
    valueType: 'number' as const,
    kind: 'instant' as const,
    min: null,
    max: null,
    ...point,
    bindings: [{ series: ++lastSeries, fromMs: 0, untilMs: null, deviceId }],
  }))
  const device: TestDevice = {
    orgId: uuidv7() as OrgId,
    orgNo,
    orgCode: `org-${orgNo}`,
    code,
    deviceId,
    active: true,
    secret,
    siteId: null,
    credentials: [{ hash: createHash('sha256').update(secret).digest() }],
    points: bound,
    info: {},
    ...change,
  }
  for (const { name, kind, valueType, bindings } of bound) {
    device.info[name] = {
      id: uuidv7() as MeasuringPointId,
      name,
      code: `${code}.${name}`,
      label: name,
      labelEn: null,
      unit: null,
      kind,
      valueType,
      decimals: null,
      states: null,
      deviceId: device.deviceId,
      siteId: device.siteId as PointInfo['siteId'],
      bindings: bindings.map((binding) => ({ ...binding, deviceId: device.deviceId })),
    }
  }
  return device
}

/** A clock that the test moves; it goes on by itself as the wall does. */
export class TestClock implements Clock {
  aheadMs = 0
  nowMs = () => Date.now() + this.aheadMs
  now = () => new Date(this.nowMs())
}

const { notGranted } = defineErrors('sharing', { notGranted: { status: 403, message: 'not granted' } })

function playRooms(clock: Clock) {
  const all: TestDevice[] = []
  const calendar = { timeZone: 'Asia/Shanghai', dayStarts: [] as DayStart[] }
  const grants = new Map<string, GrantFacts>()
  const checkGrant: CheckGrant = async (ctx, { owner, itemId }) => {
    const facts = grants.get(`${ctx.orgId} ${owner}`)
    if (!facts || (itemId !== null && facts.items !== 'all' && !facts.items.includes(itemId))) throw notGranted()
    return facts
  }
  const devices: Pick<DevicesPublic, 'identify' | 'logIn' | 'points' | 'device'> = {
    logIn: deviceLogIn(clock),
    identify: async (orgCode, code) => all.find((device) => device.orgCode === orgCode && device.code === code),
    points: async (tx, { deviceIds = [], measuringPointIds = [] }) =>
      all
        .filter((device) => device.orgId === tx.orgId)
        .flatMap((device) =>
          Object.values(device.info).filter((p) => deviceIds.includes(device.deviceId) || measuringPointIds.includes(p.id)),
        ),
    device: async (tx, id) => {
      const device = all.find((d) => d.deviceId === id && d.orgId === tx.orgId)
      const names = { name: '', nameEn: null, typeName: '', typeNameEn: null }
      return (
        device && {
          id,
          code: device.code,
          ...names,
          status: 'active',
          modelCode: '',
          modelId: uuidv7() as ThingModelId,
          siteId: device.siteId as PointInfo['siteId'],
        }
      )
    },
  }
  const gateways: Pick<GatewaysPublic, 'voiceOf' | 'paceOf'> = {
    paceOf: async () => undefined,
    voiceOf: async (_, deviceId) => {
      const gateway = all.find((device) => device.deviceId === deviceId)
      if (!gateway?.speaksFor) return undefined
      const { turns, stampedBySource = [] } = gateway
      return { codes: [gateway.code, ...gateway.speaksFor], stampedBySource, ...(turns ? { turns } : {}) }
    },
  }
  return { all, calendar, grants, checkGrant, devices, gateways }
}

export type TestPlatform = Awaited<ReturnType<typeof startTestPlatform>>

export async function startTestPlatform(t: Cleanup, options: { clickhouseUrl?: string } = {}) {
  const { app, system: systemPool } = await testPools(t)
  const url = options.clickhouseUrl ?? (await testClickHouse(t)).url
  const clickhouse: ClickHouse = openClickHouse(url)
  await migrateTelemetry(clickhouse)
  const log = createLog('test', process.env.TEST_LOG ?? 'error')
  const clock = new TestClock()
  const { all, calendar, grants, checkGrant, devices, gateways } = playRooms(clock)
  const system = systemDatabase<TelemetryTables>(systemPool)
  /** Organisation number → values a second. */
  const valueQuotas = new Map<number, number>()
  const ingestParts = {
    system,
    clickhouse,
    devices,
    gateways,
    organisations: { organisationByCode: async () => undefined, valueQuotas: async () => valueQuotas },
    clock,
    log,
  }
  const mqttOptions = { host: '127.0.0.1', port: 0, busUser: 'bus', busPassword }
  let ingest = await startIngest({ ...ingestParts, ...mqttOptions })
  const clients: MqttClient[] = []
  t.after(async () => {
    for (const client of clients) client.end(true)
    await ingest.stop()
    await clickhouse.close()
  })
  const files = testFiles(t)
  return {
    app,
    files,
    system,
    systemPool,
    clickhouse,
    clock,
    log,
    devices,
    calendar,
    grants,
    valueQuotas,
    ingestParts,
    db: moduleDatabase<TelemetryTables>(app, checkGrant),
    plant: { calendar: async () => ({ siteId: null, shifts: [], ...calendar }) },
    rolledUp: rolledUpClock(system, { now: () => new Date(), nowMs: () => Number.POSITIVE_INFINITY }),
    get port() {
      return ingest.port
    },
    add(...added: TestDevice[]) {
      all.push(...added)
    },
    async restartIngest() {
      const { port } = ingest
      await ingest.stop()
      ingest = await startIngest({ ...ingestParts, ...mqttOptions, port })
    },
    connect: async (device: Pick<TestDevice, 'orgCode' | 'code' | 'secret'>, change: object = {}): Promise<MqttClient> => {
      const client = await connectAs(device, ingest.port, change)
      clients.push(client)
      return client
    },
    /** Everything closed up to now, dirty hours too. */
    async rollUpAll(): Promise<void> {
      while (!(await rollUp({ system, clickhouse, clock }, new AbortController().signal)));
    },
    /** Sums without their versions, in a fixed order. */
    sums: (table: 'rollup_minute' | 'rollup_hour', orgNo: number) =>
      clickhouse.system<Record<string, unknown>>(
        `select * except (version, org_no), toUnixTimestamp(start) * 1000 as start from ${table} final where org_no = ${orgNo} order by series, start`,
      ),
    counts: async (device: TestDevice): Promise<Record<string, number>> => {
      const rows = await system.inSystem((tx) =>
        tx.selectFrom('telemetry.ingest_counter').select(['count_of', 'n']).where('org_id', '=', device.orgId).execute(),
      )
      const sums: Record<string, number> = {}
      for (const row of rows) sums[row.count_of] = (sums[row.count_of] ?? 0) + row.n
      return sums
    },
  }
}

async function connectAs(device: Pick<TestDevice, 'orgCode' | 'code' | 'secret'>, port: number, change: object): Promise<MqttClient> {
  const username = `${device.orgCode}/${device.code}`
  const client = connect({ host: '127.0.0.1', port, username, password: device.secret, reconnectPeriod: 0, ...change })
  client.on('error', () => undefined)
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve())
    client.once('close', () => reject(new Error('refused')))
  })
  return client
}

export const topicOf = (device: Pick<TestDevice, 'orgCode' | 'code'>): string => `v1/${device.orgCode}/${device.code}/telemetry`

export const publish = (client: MqttClient, device: TestDevice, message: unknown): Promise<unknown> =>
  client.publishAsync(topicOf(device), typeof message === 'string' ? message : JSON.stringify(message), { qos: 1 })

/** A whole minute some hours back: closed, and the same hour for a while. */
export const pastHour = (hoursAgo = 3): number => Math.floor(Date.now() / (60 * MINUTE_MS)) * 60 * MINUTE_MS - hoursAgo * 60 * MINUTE_MS

export const closed = (client: MqttClient): Promise<void> => new Promise((resolve) => client.once('close', () => resolve()))
