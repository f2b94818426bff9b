import type { z } from 'zod'
import { TcpExchange } from '../../wire/tcp-exchange.ts'
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

/** One TCP connection. Every request is answered, or rejected with `LinkLost` or the reason of its signal; it never tries again. */
export class ModbusConnection {
  readonly #exchange: TcpExchange<{ unitId: number; pdu: Buffer }>
  #transaction = 0
  #silent = 0
  readonly #silentUnits = new Set<number>()
  readonly #askedUnits = new Set<number>()

  constructor(settings: ConnectionSettings) {
    this.#exchange = new TcpExchange({
      ...settings,
      reasons: linkReasons,
      take: (data, take) =>
        takeFrames(data, (id, unitId, pdu) => {
          this.#silent = 0
          this.#silentUnits.clear()
          take(id, { unitId, pdu })
        }),
    })
  }

  open(signal: AbortSignal): Promise<void> {
    return this.#exchange.open(signal)
  }

  /** `onSent` is called when the request has been handed to the network: from then on the machine may act on it. */
  async request(unitId: number, pdu: Buffer, signal: AbortSignal, onSent?: () => void): Promise<Answer> {
    this.#transaction = (this.#transaction + 1) & 0xffff
    const id = this.#transaction
    this.#askedUnits.add(unitId)
    const answer = await this.#exchange.request(id, frameOf(id, unitId, pdu), signal, onSent)
    if (answer) return judge(unitId, pdu[0]!, answer)
    if (this.#isLinkSilent(unitId)) this.#exchange.lose('modbus.linkSilent')
    this.throwIfLost()
    return { kind: 'silent' }
  }

  throwIfLost(): void {
    this.#exchange.throwIfLost()
  }

  close(): void {
    this.#exchange.close()
  }

  /** One unit that is silent among others that answer is a dead unit, not a dead link. */
  #isLinkSilent(unitId: number): boolean {
    this.#silent++
    this.#silentUnits.add(unitId)
    return this.#silent >= SILENT_REQUESTS && (this.#silentUnits.size > 1 || this.#askedUnits.size === 1)
  }
}

function judge(unitId: number, functionCode: number, answer: { unitId: number; pdu: Buffer }): Answer {
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
