import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { LinkLost } from '../drivers/driver.ts'
import type { Seen } from './seen.ts'
import type { Traffic } from './traffic.ts'

/** Opens what bytes go over. Rejects with `LinkLost` and the protocol's own reason, or with the reason of the signal. */
export type Opener = (signal: AbortSignal) => Promise<Duplex>

/** How a protocol lies on its wire. */
export interface Wire<Frame> {
  open: Opener
  /** The protocol’s own codes, each with words: `modbus.connectionLost`. */
  reasons: { connectionLost: string; garbage: string }
  requestTimeoutMs: number
  maxInFlight: number
  pauseMs: number
  /** Where what goes over the wire is counted and kept. */
  traffic?: Traffic | undefined
  /**
   * Hands over every whole frame with the number of the request that it answers and its bytes, and returns where the first incomplete one
   * begins; undefined when this is not the protocol, from where there is no way back into step.
   */
  take(data: Buffer, take: (id: number, frame: Frame, bytes: Buffer) => void): number | undefined
}

interface Waiting<Frame> {
  settle(frame: Frame | undefined, bytes?: Buffer): void
  fail(error: unknown): void
}

const EMPTY = Buffer.alloc(0)
/** Timers come this late at most in a process that runs. */
const STOOD_MS = 20

/**
 * One wire on which requests are known by a number. Every request is answered, ends with its time-out (prolonged once by
 * as long as this process itself stood still), or is rejected with `LinkLost` or the reason of its signal; nothing is ever sent again.
 */
export class Exchange<Frame> {
  readonly #wire: Wire<Frame>
  #stream: Duplex | undefined
  readonly #closing = new AbortController()
  #lost: LinkLost | undefined
  #rest: Buffer = EMPTY
  readonly #waiting = new Map<number, Waiting<Frame>>()
  #running = 0
  readonly #turns: (() => void)[] = []
  #maxInFlight: number
  #nextAtMs = 0

  constructor(wire: Wire<Frame>) {
    this.#wire = wire
    this.#maxInFlight = wire.maxInFlight
  }

  async open(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { open, reasons } = this.#wire
    const stream = await open(AbortSignal.any([signal, this.#closing.signal]))
    this.#stream = stream
    stream.on('error', (error) => this.lose(reasons.connectionLost, error))
    stream.on('close', () => this.lose(reasons.connectionLost))
    stream.on('data', (chunk: Buffer) => this.#receive(chunk))
    if (!this.#lost) return
    stream.destroy()
    throw this.#lost
  }

  /** What the other end allows may be known only after the first exchange. */
  set maxInFlight(count: number) {
    this.#maxInFlight = count
  }

  /**
   * Undefined when nothing came in time. `onSent` is called when the bytes have been handed to the network: from then on the machine may act
   * on them. `seen` is told what went over the wire.
   */
  async request(id: number, bytes: Buffer, signal: AbortSignal, onSent?: () => void, seen?: Seen): Promise<Frame | undefined> {
    await this.#turn()
    try {
      const pauseMs = this.#nextAtMs - performance.now()
      if (pauseMs > 0) await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
      signal.throwIfAborted()
      this.throwIfLost()
      return await this.#exchange(id, bytes, signal, onSent, seen)
    } finally {
      this.#nextAtMs = performance.now() + this.#wire.pauseMs
      this.#endTurn()
    }
  }

  /** What came and is no whole frame yet is thrown away. */
  forget(): void {
    this.#rest = EMPTY
  }

  throwIfLost(): void {
    if (this.#lost) throw this.#lost
  }

  lose(reason: string, cause?: unknown): void {
    if (this.#lost) return
    this.#lost = new LinkLost(reason, cause)
    this.#closing.abort(this.#lost)
    this.#stream?.destroy()
    for (const { fail } of [...this.#waiting.values()]) fail(this.#lost)
  }

  close(): void {
    this.lose(this.#wire.reasons.connectionLost)
  }

  /** Those before it end within their time-out, so that nobody waits here without end. */
  async #turn(): Promise<void> {
    if (this.#running >= this.#maxInFlight) await new Promise<void>((resolve) => this.#turns.push(resolve))
    else this.#running++
  }

  /** The turn passes to the next one who waits, if there is one. */
  #endTurn(): void {
    const next = this.#turns.shift()
    if (next) next()
    else this.#running--
  }

  #exchange(
    id: number,
    bytes: Buffer,
    signal: AbortSignal,
    onSent: (() => void) | undefined,
    seen: Seen | undefined,
  ): Promise<Frame | undefined> {
    const { traffic, requestTimeoutMs } = this.#wire
    return new Promise((resolve, reject) => {
      const sentMs = performance.now()
      const done = () => {
        this.#waiting.delete(id)
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
      }
      const settle = (frame: Frame | undefined, answer?: Buffer) => {
        done()
        if (frame === undefined) {
          const silence = traffic?.silent()
          if (silence) seen?.silent(silence)
        } else {
          traffic?.answered(performance.now() - sentMs)
          if (traffic && answer) seen?.received(traffic.nowMs(), answer)
        }
        resolve(frame)
      }
      const fail = (error: unknown) => {
        done()
        reject(error)
      }
      const stop = () => fail(signal.reason)
      // Where the timer comes late, this process stood still: the answer may lie unread, and that time is not the device's.
      const onTime = () => {
        const stoodMs = performance.now() - sentMs - requestTimeoutMs
        if (stoodMs < STOOD_MS) settle(undefined)
        else timer = setTimeout(() => settle(undefined), Math.min(stoodMs, requestTimeoutMs))
      }
      let timer = setTimeout(onTime, requestTimeoutMs)
      signal.addEventListener('abort', stop, { once: true })
      this.#waiting.set(id, { settle, fail })
      this.#stream?.write(bytes)
      const sent = traffic?.sent(bytes)
      if (sent) seen?.sent(sent)
      onSent?.()
    })
  }

  #receive(chunk: Buffer): void {
    this.#wire.traffic?.received(chunk)
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    // The answer to a request that was given up comes late and is nobody's.
    const end = this.#wire.take(data, (id, frame, bytes) => this.#waiting.get(id)?.settle(frame, bytes))
    if (end === undefined) this.lose(this.#wire.reasons.garbage)
    else this.#rest = end === data.length ? EMPTY : data.subarray(end)
  }
}
