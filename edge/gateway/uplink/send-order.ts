import { NumberRanges } from '../queue/number-ranges.ts'
import type { StoredBatch } from '../queue/record.ts'

/** Live batches that wait longer than this in memory leave as backfill: newer ones go first. */
const LIVE_BATCHES = 64
const LIVE_BYTES = 16 * 1024 * 1024

export interface Message {
  batch: StoredBatch
  lane: 'live' | 'backfill'
  payload: Buffer
}

/**
 * What leaves next: first what was under way when the last session ended, as it was; then live batches in their order; then the queue,
 * oldest first, flagged, at a limited rate. The queue's part of the order is the caller's.
 */
export class SendOrder {
  #again: Message[] = []
  #live: StoredBatch[] = []
  #liveBytes = 0
  readonly #underWay = new Map<number, Message>()
  /** Committed as live and never sent as such. */
  readonly #late = new NumberRanges()
  #backfillUnderWay = 0

  get underWay(): number {
    return this.#underWay.size
  }

  get backfillUnderWay(): number {
    return this.#backfillUnderWay
  }

  /** Batches from this number on are no backlog. */
  get firstLive(): number {
    return this.#live[0]?.number ?? Number.POSITIVE_INFINITY
  }

  isTaken(number: number): boolean {
    return this.#underWay.has(number) || this.#again.some(({ batch }) => batch.number === number)
  }

  /** Committed as live, and the session ended before it could leave. */
  addLate(batch: StoredBatch): void {
    this.#late.add(batch.number)
  }

  addLive(batch: StoredBatch): void {
    if (this.isTaken(batch.number)) return
    this.#live.push(batch)
    this.#liveBytes += batch.items.length
    while (this.#live.length > LIVE_BATCHES || this.#liveBytes > LIVE_BYTES) this.#postpone()
  }

  next(): Message | undefined {
    const again = this.#again.shift()
    if (again) return again
    const batch = this.#live.shift()
    if (!batch) return undefined
    this.#liveBytes -= batch.items.length
    return { batch, lane: 'live', payload: messageOf(batch, false) }
  }

  fromQueue(batch: StoredBatch): Message {
    const flagged = !batch.live || this.#late.has(batch.number)
    return { batch, lane: 'backfill', payload: messageOf(batch, flagged) }
  }

  sent(message: Message): void {
    this.#underWay.set(message.batch.number, message)
    if (message.lane === 'backfill') this.#backfillUnderWay++
  }

  settled(message: Message): void {
    if (this.#underWay.delete(message.batch.number) && message.lane === 'backfill') this.#backfillUnderWay--
  }

  /** The session ended: nobody knows what arrived of what was under way. */
  interrupted(): void {
    const underWay = [...this.#underWay.values(), ...this.#again]
    this.#again = underWay.sort((a, b) => a.batch.number - b.batch.number)
    this.#underWay.clear()
    this.#backfillUnderWay = 0
    while (this.#live.length > 0) this.#postpone()
  }

  #postpone(): void {
    const batch = this.#live.shift()
    if (!batch) return
    this.#liveBytes -= batch.items.length
    this.#late.add(batch.number)
  }
}

/** The message of gateway.md's wire 1; the same content whenever it is sent. */
function messageOf({ number, items }: StoredBatch, backfill: boolean): Buffer {
  return Buffer.concat([Buffer.from(`{"batch":${number},${backfill ? '"backfill":true,' : ''}"items":[`), items, Buffer.from(']}')])
}
