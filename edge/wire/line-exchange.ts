import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { Exchange, type Wire } from './exchange.ts'
import type { Seen } from './seen.ts'

/** Answers carry no number: there is one request at a time, and this is its name. */
const ONLY = 0

export interface Line<Frame> extends Omit<Wire<Frame>, 'maxInFlight' | 'take'> {
  /** Hands over every whole frame with its bytes and returns where the first incomplete one begins. */
  take(data: Buffer, take: (frame: Frame, bytes: Buffer) => void): number | undefined
  /** What stands for bytes that were no frame; it answers whatever was asked. */
  isGarbled(frame: Frame): boolean
}

/**
 * A half-duplex line, as RS-485 at a serial port or behind a transparent serial server: one request at a time. After one that got no answer, or a garbled one,
 * the line is listened to once more as long: what still comes would be taken for the next one's.
 */
export class LineExchange<Frame> {
  readonly #line: Line<Frame>
  readonly #exchange: Exchange<Frame>
  #isAnswer: ((frame: Frame) => boolean) | undefined
  #before: Promise<unknown> = Promise.resolve()
  #quietUntilMs = 0

  constructor(line: Line<Frame>) {
    this.#line = line
    this.#exchange = new Exchange({
      ...line,
      maxInFlight: 1,
      take: (data, take) =>
        line.take(data, (frame, bytes) => {
          // The answer to a request that was given up comes late and is nobody's.
          if (line.isGarbled(frame) || this.#isAnswer?.(frame)) take(ONLY, frame, bytes)
        }),
    })
  }

  open(signal: AbortSignal): Promise<void> {
    return this.#exchange.open(signal)
  }

  /** Undefined when nothing came in time; a garbled frame as it was handed over. `onSent`: from then on the machine may act. */
  request(
    bytes: Buffer,
    isAnswer: (frame: Frame) => boolean,
    signal: AbortSignal,
    onSent?: () => void,
    seen?: Seen,
  ): Promise<Frame | undefined> {
    const answer = this.#before.then(() => this.#request(bytes, isAnswer, signal, onSent, seen))
    this.#before = answer.catch(() => undefined)
    return answer
  }

  lose(reason: string): void {
    this.#exchange.lose(reason)
  }

  throwIfLost(): void {
    this.#exchange.throwIfLost()
  }

  close(): void {
    this.#exchange.close()
  }

  async #request(
    bytes: Buffer,
    isAnswer: (frame: Frame) => boolean,
    signal: AbortSignal,
    onSent: (() => void) | undefined,
    seen: Seen | undefined,
  ): Promise<Frame | undefined> {
    const quietMs = this.#quietUntilMs - performance.now()
    if (quietMs > 0) {
      await sleep(quietMs, undefined, { signal }).catch(() => undefined)
      // What came while this process stood still is read before it is thrown away.
      await setImmediate()
    }
    signal.throwIfAborted()
    this.#exchange.forget()
    this.#isAnswer = isAnswer
    let sent = false
    let answer: Frame | undefined
    try {
      const out = () => {
        sent = true
        onSent?.()
      }
      answer = await this.#exchange.request(ONLY, bytes, signal, out, seen)
      return answer
    } finally {
      this.#isAnswer = undefined
      if (sent && (answer === undefined || this.#line.isGarbled(answer)))
        this.#quietUntilMs = performance.now() + this.#line.requestTimeoutMs
    }
  }
}
