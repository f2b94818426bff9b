import type { z } from 'zod'
import { Exchange } from '../../wire/exchange.ts'
import { LineExchange } from '../../wire/line-exchange.ts'
import { openSerial } from '../../wire/open-serial.ts'
import { openTcp } from '../../wire/open-tcp.ts'
import type { Seen } from '../../wire/seen.ts'
import { Silence } from '../../wire/silence.ts'
import type { Traffic } from '../../wire/traffic.ts'
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

/** How a request and its answer lie on the connection: numbered by Modbus TCP, one at a time by RTU. */
interface Requests {
  open(signal: AbortSignal): Promise<void>
  send(unitId: number, pdu: Buffer, signal: AbortSignal, onSent?: () => void, seen?: Seen): Promise<Frame | undefined>
  lose(reason: string): void
  throwIfLost(): void
  close(): void
}

const reasons = {
  connectionRefused: 'modbus.connectionRefused',
  connectTimeout: 'modbus.connectTimeout',
  hostUnknown: 'modbus.hostUnknown',
  hostUnreachable: 'modbus.hostUnreachable',
  connectionLost: 'modbus.connectionLost',
  garbage: 'modbus.garbage',
  serialMissing: 'modbus.serialMissing',
  serialDenied: 'modbus.serialDenied',
  serialBusy: 'modbus.serialBusy',
  serialSettings: 'modbus.serialSettings',
}

/** One TCP connection. Every request is answered, or rejected with `LinkLost` or the reason of its signal; it never tries again. */
export class ModbusConnection {
  readonly #exchange: Requests
  readonly #silence = new Silence()

  constructor(settings: ConnectionSettings, traffic?: Traffic) {
    const heard = () => this.#silence.heard()
    this.#exchange = settings.framing === 'tcp' ? tcpExchange(settings, heard, traffic) : rtuExchange(settings, heard, traffic)
  }

  open(signal: AbortSignal): Promise<void> {
    return this.#exchange.open(signal)
  }

  /** `onSent` is called when the request has been handed to the network: from then on the machine may act on it. */
  async request(unitId: number, pdu: Buffer, signal: AbortSignal, onSent?: () => void, seen?: Seen): Promise<Answer> {
    this.#silence.asked(unitId)
    const answer = await this.#exchange.send(unitId, pdu, signal, onSent, seen)
    if (answer) return judge(unitId, pdu[0]!, answer)
    if (this.#silence.isLinkGone(unitId)) this.#exchange.lose('modbus.linkSilent')
    this.throwIfLost()
    return { kind: 'silent' }
  }

  throwIfLost(): void {
    this.#exchange.throwIfLost()
  }

  close(): void {
    this.#exchange.close()
  }
}

function tcpExchange(settings: ConnectionSettings, heard: () => void, traffic: Traffic | undefined): Requests {
  const exchange = new Exchange<Frame>({
    ...settings,
    open: openTcp(settings, reasons),
    traffic,
    reasons,
    take: (data, take) =>
      takeFrames(data, (id, unitId, pdu, bytes) => {
        heard()
        take(id, { unitId, pdu }, bytes)
      }),
  })
  let transaction = 0
  const send: Requests['send'] = (unitId, pdu, signal, onSent, seen) => {
    transaction = (transaction + 1) & 0xffff
    return exchange.request(transaction, frameOf(transaction, unitId, pdu), signal, onSent, seen)
  }
  return { ...methodsOf(exchange), send }
}

const GARBLED: Frame = { unitId: 0, pdu: Buffer.alloc(0) }

function rtuExchange(settings: ConnectionSettings, heard: () => void, traffic: Traffic | undefined): Requests {
  const exchange = new LineExchange<Frame>({
    ...settings,
    ...(settings.framing === 'serial'
      ? { open: openSerial(settings, reasons), pauseMs: Math.max(settings.pauseMs, silentMs(settings)) }
      : { open: openTcp(settings, reasons) }),
    traffic,
    reasons,
    take: (data, take) =>
      takeRtuFrames(
        data,
        (unitId, pdu, bytes) => {
          heard()
          take({ unitId, pdu }, bytes)
        },
        (bytes) => take(GARBLED, bytes),
      ),
    isGarbled: (frame) => frame === GARBLED,
  })
  const send: Requests['send'] = (unitId, pdu, signal, onSent, seen) => {
    const isAnswer = (frame: Frame) => frame.unitId === unitId && (frame.pdu[0]! & 0x7f) === pdu[0]
    return exchange.request(rtuFrameOf(unitId, pdu), isAnswer, signal, onSent, seen)
  }
  return { ...methodsOf(exchange), send }
}

/** Modbus over Serial Line V1.02 §2.5.1.1: frames lie 3.5 characters of eleven bits apart, from 19,200 baud on 1.75 ms. */
const silentMs = ({ baudRate }: ConnectionSettings): number => Math.max(1.75, (3.5 * 11 * 1_000) / Number(baudRate))

const methodsOf = (exchange: Exchange<Frame> | LineExchange<Frame>): Omit<Requests, 'send'> => ({
  open: (signal) => exchange.open(signal),
  lose: (reason) => exchange.lose(reason),
  throwIfLost: () => exchange.throwIfLost(),
  close: () => exchange.close(),
})

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
