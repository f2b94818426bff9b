import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestPlant } from '#edge/gateway/test-plant.ts'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { configurationApi } from '#modules/shopfloor/gateways/configuration-contract.ts'
import { type MapFile, thingModelOf } from '../simulator/replay/map-file.ts'
import { registersOf } from '../simulator/replay/registers.ts'
import type { FieldDevice } from './field.ts'

const root = resolve(import.meta.dirname, '..')
/** The least that a point table takes: a row is read as soon as it stands. */
const PERIOD_MS = 5
const UNIT_ID = 1
const plate = { nameEn: null, maker: '', model: '', serial: '' }

/** A new device that the gateway reads at `port`, row by row, with the rows' own times and numbers. It has no credential of its own. */
export async function connectReplay(
  { field, site, addLink }: TestPlant,
  code: string,
  map: MapFile,
  port: number,
  connection: Record<string, number> = {},
): Promise<FieldDevice> {
  const { client, orgCode } = field
  const { sourceTime, sequence, points } = registersOf(map)
  const modelCode = code
  await client.call(devicesApi.importThingModel, { body: { ...thingModelOf(map), code: modelCode } })
  const rows = points.map(({ name, place }) => ({
    name,
    place: { ...place },
    scale: 1,
    offset: 0,
    periodMs: PERIOD_MS,
    deadband: 0,
    access: 'r' as const,
  }))
  const table = await client.call(configurationApi.createPointTable, { body: { name: code, protocol: 'modbus', modelCode, rows } })
  const linkId = await addLink(code, port, connection)
  const device = { code, name: code, ...plate, nodeId: site }
  const measured = { sourceTime: { ...sourceTime, place: { ...sourceTime.place } }, sequence: { place: { ...sequence.place } } }
  const body = { linkId, unit: { unitId: UNIT_ID }, pointTableId: table.id, ...measured, device }
  const { deviceId } = await client.call(configurationApi.connect, { body })
  return { id: deviceId, code, user: `${orgCode}/${code}`, secret: '', topic: '' }
}

export interface ModbusReplay {
  process: ChildProcess
  /** What it said at its end. */
  done: Promise<{ code: number | null; said: string }>
}

/** A recorded file as a Modbus device in a process of its own, as a person starts it; resolves when the first row stands in the registers. */
export async function startModbusReplay(
  file: string,
  mapFile: string,
  port: number,
  { ledger, firstSeq = 1 }: { ledger?: string; firstSeq?: number } = {},
): Promise<ModbusReplay> {
  const at = ['--modbus', `127.0.0.1:${port}`, '--unit', String(UNIT_ID), '--first-seq', String(firstSeq)]
  const args = ['replay', file, '--map', mapFile, ...at, ...(ledger === undefined ? [] : ['--ledger', ledger])]
  const child = spawn(process.execPath, [resolve(root, 'simulator/cli.ts'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text) => (said = (said + String(text)).slice(-2_000)))
  const lines = createInterface(child.stdout)
  lines.on('line', (line) => (said = `${said}${line}\n`.slice(-2_000)))
  const done = once(child, 'exit').then(([code]) => ({ code: code as number | null, said }))
  await Promise.race([once(lines, 'line'), done.then(() => Promise.reject(new Error(`The replay ended: ${said}`)))])
  return { process: child, done }
}
