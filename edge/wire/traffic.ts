import type { Clock } from '../clock.ts'
import { LastTimes } from './last-times.ts'

/** What went over the wire as one piece, the newest last. */
export interface WireFrame {
  atMs: number
  /** `silence`: no answer came within the time-out. */
  way: 'sent' | 'received' | 'silence'
  /** The first bytes of it. */
  head: Buffer
  /** Bytes of the whole piece. */
  size: number
}

const FRAMES_KEPT = 100
/** The longest frame of Modbus, and of what else is short; of long ones the head tells what they are. */
const HEAD_BYTES = 260
const NOTHING = Buffer.alloc(0)

/** A copy: a piece of what the network gave would keep all of it. */
export const headOf = (bytes: Buffer): Buffer => Buffer.from(bytes.subarray(0, HEAD_BYTES))

/** What a link exchanged since its driver was made: how often, how fast, and the last frames for whoever looks for a fault. */
export class Traffic {
  requests = 0
  unanswered = 0
  readonly #clock: Clock
  readonly #roundTrips = new LastTimes()
  readonly #frames: WireFrame[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  sent(bytes: Buffer): WireFrame {
    this.requests++
    return this.#keep('sent', bytes)
  }

  received(bytes: Buffer): void {
    this.#keep('received', bytes)
  }

  answered(roundTripMs: number): void {
    this.#roundTrips.add(roundTripMs)
  }

  silent(): WireFrame {
    this.unanswered++
    return this.#keep('silence', NOTHING)
  }

  nowMs(): number {
    return this.#clock.nowMs()
  }

  /** Of the last 256 answers, from the last byte sent to the whole answer, in milliseconds; null before the first. */
  roundTrip(): { p50Ms: number; p99Ms: number } | null {
    return this.#roundTrips.quantiles()
  }

  /** The last 100, the oldest first. */
  frames(): readonly WireFrame[] {
    return this.#frames
  }

  #keep(way: WireFrame['way'], bytes: Buffer): WireFrame {
    if (this.#frames.length >= FRAMES_KEPT) this.#frames.shift()
    const frame = { atMs: this.#clock.nowMs(), way, head: headOf(bytes), size: bytes.length }
    this.#frames.push(frame)
    return frame
  }
}
