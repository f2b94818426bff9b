import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { isFailure } from '../../blocks/extent.ts'
import type { WriteItem } from '../driver.ts'
import { SimulatorServer } from '../simulator-server.ts'
import type { Table } from './address.ts'
import { decoderOf, encode } from './codec.ts'
import { locate, type ModbusPlace, modbus } from './config.ts'
import { takeFrames } from './frames.ts'
import { requestLength, rtuFrameOf, takeRtuFrames } from './rtu-frames.ts'
import { respond } from './simulated-functions.ts'

const TABLE_SIZE = 65_536
/** By function code. */
const readTables: Record<number, Table> = { 1: 'coil', 2: 'discrete', 3: 'holding', 4: 'input' }

/** §6.5, 6.6, 6.11, 6.12, 6.16. */
const WRITES = new Set([0x05, 0x06, 0x0f, 0x10, 0x16])
const isWrite = (pdu: Buffer): boolean => WRITES.has(pdu[0] ?? 0)

/** One unit: its four tables and how it misbehaves. */
export class SimulatedUnit {
  readonly coil = new Uint8Array(TABLE_SIZE)
  readonly discrete = new Uint8Array(TABLE_SIZE)
  readonly input = new Uint16Array(TABLE_SIZE)
  readonly holding = new Uint16Array(TABLE_SIZE)
  /** Answered with exception 02 when a request touches them. */
  illegal: { table: Table; from: number; until: number }[] = []
  /** Answered with exception 02 as well: a device's own whims. */
  refuse: ((span: { table: Table; from: number; count: number }) => boolean) | undefined
  /** Registers or coils that a request may ask for; more is answered with exception 03, as some devices do below the protocol's limit. */
  maxCount = Number.POSITIVE_INFINITY
  /** Answered with exception 01. */
  unsupported = new Set<number>()
  /** Every request is answered with this exception. */
  exception: number | undefined
  latencyMs = 0
  /** Answers to what is asked meanwhile wait for it. */
  answersAfter: Promise<unknown> | undefined
  silent = false
  /** A write is carried out, and its answer gets lost. */
  losesConfirmations = false
  /** A write was carried out, as its request said; its answer is not on its way yet. */
  onWritten: ((pdu: Buffer) => void) | undefined
  /** Before a request to read is answered, with the number of its connection. */
  onAsked: ((table: Table, from: number, until: number, connection: number) => void) | undefined
  /** After an answer went out: which registers or coils were read. */
  onRead: ((table: Table, from: number, until: number) => void) | undefined
  /** Requests so far, by function code. */
  readonly requests = new Map<number, number>()

  /** Requests to write so far, whatever came of them. */
  get writeCount(): number {
    return [...this.requests].reduce((sum, [code, count]) => sum + (WRITES.has(code) ? count : 0), 0)
  }

  get requestCount(): number {
    return [...this.requests.values()].reduce((sum, count) => sum + count, 0)
  }

  /** Puts a value where a point with this place finds it, in any table. */
  set(place: Pick<ModbusPlace, 'address' | 'dataType'> & Partial<ModbusPlace>, value: WriteItem['value']): void {
    const parsed = modbus.place.parse(place)
    const { table, offset, bit } = locate(parsed)
    if (table === 'coil' || table === 'discrete') {
      this[table][offset] = value === true ? 1 : 0
    } else if (bit !== undefined) {
      this[table][offset] = value === true ? this[table][offset]! | (1 << bit) : this[table][offset]! & ~(1 << bit)
    } else {
      const encoded = encode(parsed, value)
      if (encoded.kind === 'refused') throw new Error(`${encoded.reason}: ${String(value)} as ${parsed.dataType}`)
      for (let at = 0; at < encoded.bytes.length; at += 2) this[table][offset + at / 2] = encoded.bytes.readUInt16BE(at)
    }
  }

  /** What a point with this place would read; undefined where it is no value of its type. */
  get(place: Pick<ModbusPlace, 'address' | 'dataType'> & Partial<ModbusPlace>): WriteItem['value'] | undefined {
    const parsed = modbus.place.parse(place)
    const { table, offset, size, bit } = locate(parsed)
    if (table === 'coil' || table === 'discrete') return this[table][offset] === 1
    const data = Buffer.alloc(size * 2)
    for (let i = 0; i < size; i++) data.writeUInt16BE(this[table][offset + i] ?? 0, i * 2)
    const value = decoderOf(parsed, bit)(data, 0)
    return isFailure(value) ? undefined : value
  }
}

export interface SimulatorOptions {
  host?: string
  port?: number
  /** What a unit that does not exist gets: exception 0B as from a serial gateway, or nothing. */
  missingUnit?: 'exception' | 'silence'
  framing?: 'tcp' | 'rtu'
}

/** A Modbus TCP server with units behind it, for the demo and for tests. */
export class ModbusSimulator extends SimulatorServer {
  readonly #units = new Map<number, SimulatedUnit>()
  readonly #missingUnit: 'exception' | 'silence'
  readonly #framing: 'tcp' | 'rtu'
  /** What stands on the line before each answer. */
  noise: Buffer | undefined

  constructor({ missingUnit = 'exception', framing = 'tcp' }: SimulatorOptions) {
    super()
    this.#missingUnit = missingUnit
    this.#framing = framing
  }

  /** The unit of this id, made when it is first named. */
  unit(unitId: number): SimulatedUnit {
    let unit = this.#units.get(unitId)
    if (!unit) {
      unit = new SimulatedUnit()
      this.#units.set(unitId, unit)
    }
    return unit
  }

  protected serve(socket: Socket): void {
    const connection = this.connections
    let rest: Buffer = Buffer.alloc(0)
    // One after the other, as behind a serial line.
    let last = Promise.resolve()
    socket.on('data', (chunk) => {
      const data = Buffer.concat([rest, chunk])
      const take = (id: number, unitId: number, pdu: Buffer) => {
        const request = Buffer.from(pdu)
        last = last.then(() => this.#answer(socket, connection, id, unitId, request))
      }
      const end =
        this.#framing === 'tcp'
          ? takeFrames(data, take)
          : takeRtuFrames(
              data,
              (unitId, pdu) => take(0, unitId, pdu),
              () => undefined,
              requestLength,
            )
      if (end === undefined) socket.destroy()
      else rest = data.subarray(end)
    })
  }

  async #answer(socket: Socket, connection: number, id: number, unitId: number, pdu: Buffer): Promise<void> {
    const unit = this.#units.get(unitId)
    if (unit) unit.requests.set(pdu[0]!, (unit.requests.get(pdu[0]!) ?? 0) + 1)
    if (unit ? unit.silent : this.#missingUnit === 'silence') return
    if (unit && unit.latencyMs > 0) await sleep(unit.latencyMs)
    await unit?.answersAfter
    const read = readTables[pdu[0]!]
    const span = read && pdu.length === 5 ? ([read, pdu.readUInt16BE(1), pdu.readUInt16BE(1) + pdu.readUInt16BE(3)] as const) : undefined
    if (span) unit?.onAsked?.(...span, connection)
    const answer = unit ? respond(unit, pdu) : Buffer.of(pdu[0]! | 0x80, 0x0b)
    if (isWrite(pdu) && answer[0] === pdu[0]) unit?.onWritten?.(pdu)
    if (socket.destroyed || (unit?.losesConfirmations && isWrite(pdu))) return
    if (this.noise) socket.write(this.noise)
    socket.write(this.#framing === 'tcp' ? tcpFrame(id, unitId, answer) : rtuFrameOf(unitId, answer))
    if (span && answer[0] === pdu[0]) unit?.onRead?.(...span)
  }
}

function tcpFrame(id: number, unitId: number, pdu: Buffer): Buffer {
  const header = Buffer.alloc(7)
  header.writeUInt16BE(id, 0)
  header.writeUInt16BE(pdu.length + 1, 4)
  header[6] = unitId
  return Buffer.concat([header, pdu])
}

export async function startModbusSimulator(options: SimulatorOptions = {}): Promise<ModbusSimulator> {
  const simulator = new ModbusSimulator(options)
  await simulator.listen(options.port, options.host)
  return simulator
}
