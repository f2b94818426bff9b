import type { Shown } from '../drivers/driver.ts'
import { headOf, type WireFrame } from './traffic.ts'

/** One request and its answer, as they went over the wire: filled where they go, shown where a value turns out not to be good. */
export class Seen {
  #request: WireFrame | undefined
  #answer: { atMs: number; bytes: Buffer } | WireFrame | undefined

  sent(frame: WireFrame): void {
    this.#request = frame
    this.#answer = undefined
  }

  /** The bytes are looked at only if they are shown. */
  received(atMs: number, bytes: Buffer): void {
    this.#answer = { atMs, bytes }
  }

  silent(frame: WireFrame): void {
    this.#answer = frame
  }

  /** `code`: the device's own number for it, and the words that name it. */
  shown(code?: Shown['code']): Shown {
    const answer = this.#answer && 'bytes' in this.#answer ? receivedOf(this.#answer) : this.#answer
    return { ...(code && { code }), frames: [this.#request, answer].filter((frame) => frame !== undefined) }
  }
}

const receivedOf = ({ atMs, bytes }: { atMs: number; bytes: Buffer }): WireFrame => ({
  atMs,
  way: 'received',
  head: headOf(bytes),
  size: bytes.length,
})
