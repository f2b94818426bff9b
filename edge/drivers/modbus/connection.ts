import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import { TcpExchange } from '../../wire/tcp-exchange.ts'
import type { modbus } from './config.ts'
import { takeFrames } from './frames.ts'
import { rtuFrameOf, takeRtuFrames } from './rtu-frames.ts'

export type ConnectionSettings = z.output<typeof modbus.connection>

/** What came of a request that went out on a link that holds. */
export type Answer =
  | { kind: 'answer'; pdu: Buffer }
  | { kind: 'exception'; code: number }
  /** Nothing came in time: the unit is away or slow. */
  | { kind: 'silent' }
  /** Another unit, function or length than was asked. */
  | { kind: 'wrong' }

interface Frame {
  unitId: number
  pdu: Buffer
}

const linkReasons = {
  connectionRefused: 'modbus.connectionRefused',
  connectTimeout: 'modbus.connectTimeout',
  hostUnknown: 'modbus.hostUnknown',
  hostUnreachable: 'modbus.hostUnreachable',
  connectionLost: 'modbus.connectionLost',
  garbage: 'modbus.garbage',
}

/** A link on which so many requests in a row got nothing is taken for gone: its other end hangs, or a router forgot it. */
const SILENT_REQUESTS = 3
/** Answers of RTU carry no number: there is one request at a time, and this is its name. */
const ONLY = 0
const GARBLED = Buffer.alloc(0)

/** One TCP connection. Every request is answered, or rejected with `LinkLost` or the reason of its signal; it never tries again. */
export class ModbusConnection {
  readonly #settings: ConnectionSettings
  readonly #exchange: TcpExchange<Frame>
  #transaction = 0
  #silent = 0
  readonly #silentUnits = new Set<number>()
  readonly #askedUnits = new Set<number>()
  /** Of RTU: who is asked for what now, and the end of the request before. */
  #asked: { unitId: number; functionCode: number } | undefined
  #before: Promise<unknown> = Promise.resolve()
  #quietUntilMs = 0

  constructor(settings: ConnectionSettings) {
    this.#settings = settings
    const heard = () => {
      this.#silent = 0
      this.#silentUnits.clear()
    }
    const takeTcp = (data: Buffer, take: (id: number, frame: Frame) => void) =>
      takeFrames(data, (id, unitId, pdu) => {
        heard()
        take(id, { unitId, pdu })
      })
    const takeRtu = (data: Buffer, take: (id: number, frame: Frame) => void) =>
      takeRtuFrames(
        data,
        (unitId, pdu) => {
          heard()
          // The answer to a request that was given up comes late and is nobody's.
          if (unitId === this.#asked?.unitId && (pdu[0]! & 0x7f) === this.#asked.functionCode) take(ONLY, { unitId, pdu })
        },
        () => take(ONLY, { unitId: this.#asked?.unitId ?? 0, pdu: GARBLED }),
      )
    this.#exchange = new TcpExchange({
      ...settings,
      maxInFlight: this.#isRtu ? 1 : settings.maxInFlight,
      reasons: linkReasons,
      take: this.#isRtu ? takeRtu : takeTcp,
    })
  }

  open(signal: AbortSignal): Promise<void> {
    return this.#exchange.open(signal)
  }

  /** `onSent` is called when the request has been handed to the network: from then on the machine may act on it. */
  request(unitId: number, pdu: Buffer, signal: AbortSignal, onSent?: () => void): Promise<Answer> {
    if (!this.#isRtu) {
      this.#transaction = (this.#transaction + 1) & 0xffff
      return this.#request(this.#transaction, frameOf(this.#transaction, unitId, pdu), unitId, pdu, signal, onSent)
    }
    const answer = this.#before.then(() => this.#requestRtu(unitId, pdu, signal, onSent))
    this.#before = answer.catch(() => undefined)
    return answer
  }

  throwIfLost(): void {
    this.#exchange.throwIfLost()
  }

  close(): void {
    this.#exchange.close()
  }

  get #isRtu(): boolean {
    return this.#settings.framing === 'rtu'
  }

  async #request(id: number, frame: Buffer, unitId: number, pdu: Buffer, signal: AbortSignal, onSent?: () => void): Promise<Answer> {
    this.#askedUnits.add(unitId)
    const answer = await this.#exchange.request(id, frame, signal, onSent)
    if (answer) return judge(unitId, pdu[0]!, answer)
    if (this.#isLinkSilent(unitId)) this.#exchange.lose('modbus.linkSilent')
    this.throwIfLost()
    return { kind: 'silent' }
  }

  /** After a request without its answer the line is listened to once more as long: what still comes would be taken for the next one’s. */
  async #requestRtu(unitId: number, pdu: Buffer, signal: AbortSignal, onSent?: () => void): Promise<Answer> {
    const quietMs = this.#quietUntilMs - performance.now()
    if (quietMs > 0) await sleep(quietMs, undefined, { signal }).catch(() => undefined)
    signal.throwIfAborted()
    this.#exchange.forget()
    this.#asked = { unitId, functionCode: pdu[0]! }
    let sent = false
    let answer: Answer | undefined
    try {
      answer = await this.#request(ONLY, rtuFrameOf(unitId, pdu), unitId, pdu, signal, () => {
        sent = true
        onSent?.()
      })
      return answer
    } finally {
      this.#asked = undefined
      const unheard = sent && (answer === undefined || answer.kind === 'silent' || answer.kind === 'wrong')
      if (unheard) this.#quietUntilMs = performance.now() + this.#settings.requestTimeoutMs
    }
  }

  /** One unit that is silent among others that answer is a dead unit, not a dead link. */
  #isLinkSilent(unitId: number): boolean {
    this.#silent++
    this.#silentUnits.add(unitId)
    return this.#silent >= SILENT_REQUESTS && (this.#silentUnits.size > 1 || this.#askedUnits.size === 1)
  }
}

function judge(unitId: number, functionCode: number, answer: Frame): Answer {
  const { pdu } = answer
  if (answer.unitId !== unitId) return { kind: 'wrong' }
  if (pdu[0] === functionCode) return { kind: 'answer', pdu }
  if (pdu[0] === (functionCode | 0x80) && pdu.length === 2) return { kind: 'exception', code: pdu[1]! }
  return { kind: 'wrong' }
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
