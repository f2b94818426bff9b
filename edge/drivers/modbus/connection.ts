import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import { LinkLost } from '../driver.ts'
import type { modbus } from './config.ts'
import { takeFrames } from './frames.ts'

export type ConnectionSettings = z.output<typeof modbus.connection>

/** What came of a request that went out on a link that holds. */
export type Answer =
  | { kind: 'answer'; pdu: Buffer }
  | { kind: 'exception'; code: number }
  /** Nothing came in time: the unit is away or slow. */
  | { kind: 'silent' }
  /** Another unit, function or length than was asked. */
  | { kind: 'wrong' }

interface Waiting {
  unitId: number
  functionCode: number
  settle(answer: Answer): void
  fail(error: unknown): void
}

/** A link on which so many requests in a row got nothing is taken for gone: its other end hangs, or a router forgot it. */
const SILENT_REQUESTS = 3
const KEEP_ALIVE_MS = 10_000
const EMPTY = Buffer.alloc(0)

/** One TCP connection. Every request is answered, or rejected with `LinkLost` or the reason of its signal; it never tries again. */
export class ModbusConnection {
  readonly #settings: ConnectionSettings
  #socket: Socket | undefined
  #lost: LinkLost | undefined
  #rest: Buffer = EMPTY
  #transaction = 0
  readonly #waiting = new Map<number, Waiting>()
  #running = 0
  readonly #turns: (() => void)[] = []
  #nextAtMs = 0
  #silent = 0
  readonly #silentUnits = new Set<number>()
  readonly #askedUnits = new Set<number>()

  constructor(settings: ConnectionSettings) {
    this.#settings = settings
  }

  open(signal: AbortSignal): Promise<void> {
    const { host, port, connectTimeoutMs } = this.#settings
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS })
      this.#socket = socket
      const settled = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
      }
      const fail = (error: unknown) => {
        settled()
        socket.destroy()
        reject(error)
      }
      const stop = () => fail(signal.reason)
      const timer = setTimeout(() => fail(new LinkLost('modbus.connectTimeout')), connectTimeoutMs)
      signal.addEventListener('abort', stop, { once: true })
      socket.on('error', (error) => {
        this.#lose(reasonOf(error), error)
        fail(this.#lost)
      })
      socket.on('close', () => {
        this.#lose('modbus.connectionLost')
        fail(this.#lost)
      })
      socket.on('data', (chunk) => this.#receive(chunk))
      socket.once('connect', () => {
        settled()
        resolve()
      })
    })
  }

  /** `onSent` is called when the request has been handed to the network: from then on the machine may act on it. */
  async request(unitId: number, pdu: Buffer, signal: AbortSignal, onSent?: () => void): Promise<Answer> {
    await this.#turn()
    try {
      const pauseMs = this.#nextAtMs - performance.now()
      if (pauseMs > 0) await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
      signal.throwIfAborted()
      this.throwIfLost()
      return await this.#exchange(unitId, pdu, signal, onSent)
    } finally {
      this.#nextAtMs = performance.now() + this.#settings.pauseMs
      this.#endTurn()
    }
  }

  throwIfLost(): void {
    if (this.#lost) throw this.#lost
  }

  close(): void {
    this.#lose('modbus.connectionLost')
  }

  /** Those before it end within their time-out, so that nobody waits here without end. */
  async #turn(): Promise<void> {
    if (this.#running >= this.#settings.maxInFlight) await new Promise<void>((resolve) => this.#turns.push(resolve))
    else this.#running++
  }

  /** The turn passes to the next one who waits, if there is one. */
  #endTurn(): void {
    const next = this.#turns.shift()
    if (next) next()
    else this.#running--
  }

  #exchange(unitId: number, pdu: Buffer, signal: AbortSignal, onSent: (() => void) | undefined): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const id = this.#nextTransaction()
      const done = () => {
        this.#waiting.delete(id)
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
      }
      const settle = (answer: Answer) => {
        done()
        resolve(answer)
      }
      const fail = (error: unknown) => {
        done()
        reject(error)
      }
      const stop = () => fail(signal.reason)
      const timer = setTimeout(
        () => (this.#isLinkSilent(unitId) ? this.#lose('modbus.linkSilent') : settle({ kind: 'silent' })),
        this.#settings.requestTimeoutMs,
      )
      signal.addEventListener('abort', stop, { once: true })
      this.#waiting.set(id, { unitId, functionCode: pdu[0]!, settle, fail })
      this.#askedUnits.add(unitId)
      this.#socket?.write(frameOf(id, unitId, pdu))
      onSent?.()
    })
  }

  #nextTransaction(): number {
    this.#transaction = (this.#transaction + 1) & 0xffff
    return this.#transaction
  }

  /** One unit that is silent among others that answer is a dead unit, not a dead link. */
  #isLinkSilent(unitId: number): boolean {
    this.#silent++
    this.#silentUnits.add(unitId)
    return this.#silent >= SILENT_REQUESTS && (this.#silentUnits.size > 1 || this.#askedUnits.size === 1)
  }

  #receive(chunk: Buffer): void {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const end = takeFrames(data, (id, unitId, pdu) => this.#answer(id, unitId, pdu))
    if (end === undefined) this.#lose('modbus.garbage')
    else this.#rest = end === data.length ? EMPTY : data.subarray(end)
  }

  #answer(id: number, unitId: number, pdu: Buffer): void {
    this.#silent = 0
    this.#silentUnits.clear()
    // The answer to a request that was given up comes late and is nobody's.
    const waiting = this.#waiting.get(id)
    if (!waiting) return
    const { functionCode, settle } = waiting
    if (unitId !== waiting.unitId) settle({ kind: 'wrong' })
    else if (pdu[0] === functionCode) settle({ kind: 'answer', pdu })
    else if (pdu[0] === (functionCode | 0x80) && pdu.length === 2) settle({ kind: 'exception', code: pdu[1]! })
    else settle({ kind: 'wrong' })
  }

  #lose(reason: string, cause?: unknown): void {
    if (this.#lost) return
    this.#lost = new LinkLost(reason, cause)
    this.#socket?.destroy()
    for (const { fail } of [...this.#waiting.values()]) fail(this.#lost)
  }
}

/** Modbus Messaging on TCP/IP Implementation Guide V1.0b §3.1.3: transaction, protocol 0, length of what follows, unit. */
function frameOf(id: number, unitId: number, pdu: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(7 + pdu.length)
  frame.writeUInt16BE(id, 0)
  frame.writeUInt16BE(0, 2)
  frame.writeUInt16BE(pdu.length + 1, 4)
  frame[6] = unitId
  pdu.copy(frame, 7)
  return frame
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'modbus.connectionRefused',
  ETIMEDOUT: 'modbus.connectTimeout',
  ENOTFOUND: 'modbus.hostUnknown',
  EAI_AGAIN: 'modbus.hostUnknown',
  EHOSTUNREACH: 'modbus.hostUnreachable',
  ENETUNREACH: 'modbus.hostUnreachable',
}

const reasonOf = (error: NodeJS.ErrnoException): string => reasons[error.code ?? ''] ?? 'modbus.connectionLost'
