import type { z } from 'zod'
import { Exchange } from '../../wire/exchange.ts'
import { openTcp } from '../../wire/open-tcp.ts'
import type { Seen } from '../../wire/seen.ts'
import type { Traffic } from '../../wire/traffic.ts'
import { LinkLost } from '../driver.ts'
import type { s7 } from './config.ts'
import { answerParts, CONFIRM_ID, COTP_CONFIRM, connectRequest, type PduAnswer, setupRequest, takeUnits, type Unit } from './pdu.ts'

export type ConnectionSettings = z.output<typeof s7.connection>

export type Answer = PduAnswer | { kind: 'silent' }

const linkReasons = {
  connectionRefused: 's7.connectionRefused',
  connectTimeout: 's7.connectTimeout',
  hostUnknown: 's7.hostUnknown',
  hostUnreachable: 's7.hostUnreachable',
  connectionLost: 's7.connectionLost',
  garbage: 's7.garbage',
}

/** One CPU is one link: when so many requests in a row got nothing, it is gone. */
const SILENT_REQUESTS = 2
/** The least that the protocol lets a CPU offer. */
const SMALLEST_PDU = 112
const roles = { pg: 0x0100, op: 0x0200, basic: 0x0300 } as const
const NO_TSAP_OF_ITS_OWN = 0x0100

/** One ISO-on-TCP connection with its negotiated length of PDUs. */
export class S7Connection {
  readonly #settings: ConnectionSettings
  readonly #exchange: Exchange<Unit>
  #reference = 0
  #silent = 0
  /** As the CPU granted it. */
  pduBytes = SMALLEST_PDU

  constructor(settings: ConnectionSettings, traffic?: Traffic) {
    this.#settings = settings
    const kept: Buffer[] = []
    this.#exchange = new Exchange({
      ...settings,
      open: openTcp(settings, linkReasons),
      traffic,
      pauseMs: 0,
      reasons: linkReasons,
      take: (data, take) => takeUnits(data, kept, take),
    })
  }

  async open(signal: AbortSignal): Promise<void> {
    await this.#exchange.open(signal)
    try {
      await this.#shakeHands(signal)
    } catch (error) {
      this.close()
      throw error
    }
  }

  async #shakeHands(signal: AbortSignal): Promise<void> {
    const { rack, slot, role, localTsap, remoteTsap, pduBytes, maxInFlight } = this.#settings
    const local = localTsap === undefined ? NO_TSAP_OF_ITS_OWN : tsapOf(localTsap)
    const remote = remoteTsap === undefined ? roles[role] + rack * 32 + slot : tsapOf(remoteTsap)
    const confirm = await this.#exchange.request(CONFIRM_ID, connectRequest(local, remote), signal)
    if (!confirm) throw new LinkLost('s7.noAnswer')
    if (confirm.type !== COTP_CONFIRM) throw new LinkLost('s7.connectionRejected')
    const reference = this.#nextReference()
    const setup = await this.#exchange.request(reference, setupRequest(reference, maxInFlight, pduBytes), signal)
    if (!setup) throw new LinkLost('s7.noAnswer')
    const answer = answerParts(setup.payload, 0xf0)
    if (answer.kind !== 'answer' || answer.parameters.length !== 8) throw new LinkLost('s7.connectionRejected')
    const granted = answer.parameters.readUInt16BE(6)
    if (granted < SMALLEST_PDU) throw new LinkLost('s7.garbage')
    this.pduBytes = Math.min(granted, pduBytes)
    this.#exchange.maxInFlight = Math.max(1, Math.min(maxInFlight, answer.parameters.readUInt16BE(2)))
  }

  /** `frame` makes the request of a reference; `onSent` is called when it has been handed to the network. */
  async request(
    frame: (reference: number) => Buffer,
    functionCode: number,
    signal: AbortSignal,
    onSent?: () => void,
    seen?: Seen,
  ): Promise<Answer> {
    const reference = this.#nextReference()
    const unit = await this.#exchange.request(reference, frame(reference), signal, onSent, seen)
    if (unit) {
      this.#silent = 0
      return answerParts(unit.payload, functionCode)
    }
    if (++this.#silent >= SILENT_REQUESTS) this.#exchange.lose('s7.linkSilent')
    this.throwIfLost()
    return { kind: 'silent' }
  }

  throwIfLost(): void {
    this.#exchange.throwIfLost()
  }

  close(): void {
    this.#exchange.close()
  }

  #nextReference(): number {
    this.#reference = (this.#reference + 1) & 0xffff
    return this.#reference
  }
}

const tsapOf = (text: string): number => Number.parseInt(text.replace('.', ''), 16)
