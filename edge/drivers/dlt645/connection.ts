import type { z } from 'zod'
import { LineExchange } from '../../wire/line-exchange.ts'
import { openSerial } from '../../wire/open-serial.ts'
import { openTcp } from '../../wire/open-tcp.ts'
import type { Seen } from '../../wire/seen.ts'
import { Silence } from '../../wire/silence.ts'
import type { Traffic } from '../../wire/traffic.ts'
import type { dlt645 } from './config.ts'
import { type Frame, frameOf, hasMore, identifierBytes, isAnswerTo, isRefused, READ, READ_MORE, takeFrames } from './frames.ts'

export type ConnectionSettings = z.output<typeof dlt645.connection>

export type Answer =
  | { kind: 'data'; data: Buffer }
  /** The error byte of §7.1. */
  | { kind: 'refused'; error: number }
  | { kind: 'silent' }
  | { kind: 'wrong' }

const reasons = {
  connectionRefused: 'dlt645.connectionRefused',
  connectTimeout: 'dlt645.connectTimeout',
  hostUnknown: 'dlt645.hostUnknown',
  hostUnreachable: 'dlt645.hostUnreachable',
  connectionLost: 'dlt645.connectionLost',
  garbage: 'dlt645.connectionLost',
  serialMissing: 'dlt645.serialMissing',
  serialDenied: 'dlt645.serialDenied',
  serialBusy: 'dlt645.serialBusy',
  serialSettings: 'dlt645.serialSettings',
}

const GARBLED: Frame = { meter: '', control: 0, data: Buffer.alloc(0) }
/** Frames of one answer. */
const MOST_FRAMES = 16

/** One RS-485 line at a serial port or behind a serial server: meters are asked one after the other. */
export class MeterLine {
  readonly #exchange: LineExchange<Frame>
  readonly #silence = new Silence()
  readonly #preamble: number

  constructor(settings: ConnectionSettings, traffic?: Traffic) {
    this.#preamble = settings.preamble
    this.#exchange = new LineExchange<Frame>({
      ...settings,
      open: settings.line === 'serial' ? openSerial(settings, reasons) : openTcp(settings, reasons),
      traffic,
      reasons,
      take: (data, take) =>
        takeFrames(
          data,
          (frame, bytes) => {
            this.#silence.heard()
            take(frame, bytes)
          },
          (bytes) => take(GARBLED, bytes),
        ),
      isGarbled: (frame) => frame === GARBLED,
    })
  }

  open(signal: AbortSignal): Promise<void> {
    return this.#exchange.open(signal)
  }

  /** The data of an identifier, put together from all its frames; `seen` is told the last ones. */
  async read(meter: string, identifier: number, signal: AbortSignal, seen: Seen): Promise<Answer> {
    const di = identifierBytes(identifier)
    const parts: Buffer[] = []
    let answer = await this.#ask(meter, READ, di, signal, seen)
    for (let number = 1; ; number++) {
      if (answer === undefined) return { kind: 'silent' }
      if (answer === GARBLED) return { kind: 'wrong' }
      if (isRefused(answer)) return { kind: 'refused', error: answer.data[0] ?? 0 }
      if (!answer.data.subarray(0, 4).equals(di)) return { kind: 'wrong' }
      // Behind the first frame's data there is none, behind the others' their number.
      parts.push(answer.data.subarray(4, number === 1 ? undefined : -1))
      if (!hasMore(answer)) return { kind: 'data', data: Buffer.concat(parts) }
      if (number >= MOST_FRAMES) return { kind: 'wrong' }
      answer = await this.#ask(meter, READ_MORE, Buffer.concat([di, Buffer.of(number)]), signal, seen)
    }
  }

  throwIfLost(): void {
    this.#exchange.throwIfLost()
  }

  close(): void {
    this.#exchange.close()
  }

  async #ask(meter: string, control: number, data: Buffer, signal: AbortSignal, seen: Seen): Promise<Frame | undefined> {
    const address = meter.padStart(12, '0')
    this.#silence.asked(address)
    const isAnswer = (frame: Frame) => frame.meter === address && isAnswerTo(control, frame)
    const answer = await this.#exchange.request(frameOf(address, control, data, this.#preamble), isAnswer, signal, undefined, seen)
    if (answer === undefined && this.#silence.isLinkGone(address)) this.#exchange.lose('dlt645.linkSilent')
    this.throwIfLost()
    return answer
  }
}
