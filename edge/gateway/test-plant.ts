import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import { type DeviceId, devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { configurationApi } from '#modules/shopfloor/gateways/configuration-contract.ts'
import type { LinkId, PointTableId } from '#modules/shopfloor/gateways/contract.ts'
import { type PlantNodeId, plantApi } from '#modules/shopfloor/plant/contract.ts'
import { type Field, openField, rowsOf } from '../../tests/field.ts'

const root = resolve(import.meta.dirname, '../..')

/** A started platform, one site whose own network is this machine, and one gateway registered there. */
export interface TestPlant {
  field: Field
  site: PlantNodeId
  gateway: { id: DeviceId; user: string; secret: string }
  addLink(name: string, port: number, connection?: Record<string, number>): Promise<LinkId>
  addTable(name: string, points: TestPoint[]): Promise<PointTableId>
  /** A new device, read over a link. */
  addDevice(code: string, linkId: LinkId, unitId: number, pointTableId: PointTableId, measured?: Measured): Promise<DeviceId>
  /** What is stored of a point, by time. */
  stored(device: string, point: string): Promise<StoredSample[]>
  stop(): Promise<void>
}

export interface TestPoint {
  name: string
  address: string
  dataType?: string
  scale?: number
  periodMs?: number
  deadband?: number
  valueType?: 'number' | 'integer' | 'boolean' | 'string'
  access?: 'r' | 'rw'
}
type Measured = {
  sourceTime?: { place: Record<string, string>; format: 'epochMs' | 'epochS' }
  sequence?: { place: Record<string, string> }
}

export interface StoredSample {
  at: number
  v: number | null
  quality: number
  seq: number
}

const nowhere = { sourceTime: null, sequence: null }

/** Stops the field too, also one that was handed in. */
export async function openTestPlant(opened?: Field): Promise<TestPlant> {
  const field = opened ?? (await openField())
  const { client } = field
  const clickhouse = field.clickhouse()
  const node = (parentId: PlantNodeId | null, level: 'enterprise' | 'site', code: string) =>
    client.call(plantApi.createNode, { body: { parentId, level, code, name: code, nameEn: null } })
  const site = (await node((await node(null, 'enterprise', 'E')).id, 'site', 'S')).id
  const { version } = await client.call(plantApi.site, { params: { id: site }, query: { year: 2026 } })
  const networks = [{ network: '127.0.0.0/8', note: '', validFrom: '2020-01-01', validUntil: null }]
  await client.call(plantApi.declareNetworks, { params: { id: site }, body: { version, networks } })
  const made = await client.call(configurationApi.create, { body: { code: 'GW-1', name: 'GW-1', nameEn: null, nodeId: site } })
  const gateway = { id: made.id, user: made.credential.userName, secret: made.credential.secret }
  const plate = { nameEn: null, maker: '', model: '', serial: '' }
  return {
    field,
    site,
    gateway,
    addLink: async (name, port, connection = {}) => {
      const body = { name, protocol: 'modbus', connection: { host: '127.0.0.1', port, ...connection }, enabled: true }
      return (await client.call(configurationApi.createLink, { params: { id: gateway.id }, body })).id
    },
    addTable: async (name, points) => {
      const properties = points.map((point) => ({
        name: point.name,
        label: point.name,
        labelEn: null,
        valueType: point.valueType ?? 'number',
        unit: null,
        kind: 'instant' as const,
      }))
      const body = { code: name, name, nameEn: null, description: '', definition: { properties } }
      await client.call(devicesApi.createThingModel, { body })
      const rows = points.map(({ name: point, address, dataType = 'uint16', scale = 1, periodMs = 1_000, deadband = 0, access = 'r' }) => ({
        name: point,
        place: { address, dataType },
        scale,
        offset: 0,
        periodMs,
        deadband,
        access,
      }))
      return (await client.call(configurationApi.createPointTable, { body: { name, protocol: 'modbus', modelCode: name, rows } })).id
    },
    addDevice: async (code, linkId, unitId, pointTableId, measured = {}) => {
      const device = { code, name: code, ...plate, nodeId: site }
      const body = { linkId, unit: { unitId }, pointTableId, ...nowhere, ...measured, device }
      return (await client.call(configurationApi.connect, { body })).deviceId
    },
    stored: (device, point) => storedSamples(field, clickhouse, device, point),
    stop: () => field.stop(),
  }
}

async function storedSamples(field: Field, clickhouse: ClickHouseClient, device: string, point: string): Promise<StoredSample[]> {
  const postgres = await field.postgres()
  const { rows } = await postgres.query<{ series: number; org_no: number }>(
    `select p.series, o.org_no from devices.point p join devices.device d on d.org_id = p.org_id and d.id = p.device_id
     join organisations.organisation o on o.org_id = p.org_id where d.code = $1 and p.name = $2`,
    [device, point],
  )
  await postgres.end()
  const [found] = rows
  if (!found) return []
  return rowsOf<StoredSample>(
    clickhouse,
    `select toUnixTimestamp64Milli(ts) as at, if(isFinite(value), value, null) as v, quality, seq from sample final
     where org_no = ${found.org_no} and series = ${found.series} order by ts`,
  )
}

export interface StartedGateway {
  process: ChildProcess
  dataDir: string
  log: string[]
  kill(signal?: NodeJS.Signals): Promise<void>
}

/** The gateway as it is shipped: one file, made by `npm run build:gateway`, in a folder of its own. */
export function buildBundle(): { file: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'lianshu-gateway-bundle-'))
  const file = join(dir, 'lianshu-gateway.js')
  execFileSync(process.execPath, [join(root, 'tools/build-gateway.ts'), file])
  return { file, remove: () => rmSync(dir, { recursive: true, force: true }) }
}

export async function startGateway(
  bundle: string,
  settings: { server: string; mqtt: string; user: string; secret: string; dataDir: string } & Record<string, unknown>,
): Promise<StartedGateway> {
  const file = join(settings.dataDir, 'gateway.json')
  writeFileSync(file, JSON.stringify(settings), { mode: 0o600 })
  const child = spawn(process.execPath, [bundle, '--config', file], { stdio: ['ignore', 'pipe', 'pipe'], env: {} })
  const log: string[] = []
  createInterface(child.stderr!).on('line', (line) => log.push(line))
  const ready = once(createInterface(child.stdout!), 'line')
  await Promise.race([ready, once(child, 'exit').then(() => Promise.reject(new Error(`The gateway ended: ${log.join('\n')}`)))])
  const kill = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
  return { process: child, dataDir: settings.dataDir, log, kill }
}

/** A cable: TCP between two ports of this machine, that can be pulled and put back. */
export async function openCable(toPort: number): Promise<{ port: number; pull(): void; putBack(): void; close(): void }> {
  const sockets = new Set<Socket>()
  let pulled = false
  const server = createServer((near) => {
    if (pulled) return void near.destroy()
    const far = connect(toPort, '127.0.0.1')
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as { port: number }).port,
    pull: () => {
      pulled = true
      cut()
    },
    putBack: () => {
      pulled = false
    },
    close: () => {
      cut()
      server.close()
    },
  }
}

export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = 30_000,
): Promise<T> {
  for (const giveUpAt = performance.now() + withinMs; performance.now() < giveUpAt; await sleep(100)) {
    const found = await look()
    if (found) return found
  }
  throw new Error(`Not within ${withinMs / 1_000} s: ${what}`)
}
