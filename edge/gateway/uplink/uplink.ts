import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../clock.ts'
import type { EventLog } from '../event-log.ts'
import { mustNotFail } from '../must-not-fail.ts'
import type { DiskQueue, NewBatch } from '../queue/disk-queue.ts'
import { backOffMs } from '../rules/back-off.ts'
import { type Message, SendOrder } from './send-order.ts'
import { BatchRefused, NoTransport, type Transport } from './transport.ts'

export interface UplinkParts {
  queue: DiskQueue
  clock: Clock
  log: EventLog
  openMqtt: () => Promise<Transport>
  openHttps: () => Promise<Transport>
  /** So long without MQTT until HTTPS is tried; infinite where that way is switched off. */
  httpsAfterMs: number
}

const BACK_OFF = { firstMs: 1_000, longestMs: 30_000 }
const CLOSE_MS = 3_000
/** MQTT has no word for a message that will never be taken: the connection ends. After so many in a row HTTPS is asked, which says why. */
const FRUITLESS = 3

/** Sends what the queue holds: live first, the backlog beside it at a limited rate; each batch until it is acknowledged. */
export class Uplink {
  readonly #parts: UplinkParts
  readonly #order = new SendOrder()
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>
  #transport: Transport | undefined
  #connectedSinceMs: number | null = null
  #reason = ''
  /** Sessions in a row that ended with batches under way and none settled. */
  #fruitless = 0
  #settled = 0
  #pumping = false
  #pumpAgain = false
  /** Samples that the backlog may still send now; refilled with time, at most one second's. */
  #allowance = 0
  #refilledMs = performance.now()
  #backfillPerSecond = 5_000
  #timer: NodeJS.Timeout | undefined

  constructor(parts: UplinkParts) {
    this.#parts = parts
    this.#running = mustNotFail(this.#run())
  }

  get connectedSinceMs(): number | null {
    return this.#connectedSinceMs
  }

  limitBackfill(samplesPerSecond: number): void {
    this.#backfillPerSecond = samplesPerSecond
  }

  /** Resolves when the batch is committed; its sending goes on by itself. `isLate`: what it holds is of another time, and it leaves as backfill. */
  async take(batch: Omit<NewBatch, 'live'>, isLate = false): Promise<void> {
    const stored = await this.#parts.queue.commit({ ...batch, live: !isLate && this.#transport !== undefined })
    if (!stored) return
    if (stored.live && this.#transport) this.#order.addLive(stored)
    else if (stored.live) this.#order.addLate(stored)
    this.#pump()
  }

  /** Waits a little for what is under way. */
  async close(): Promise<void> {
    const until = performance.now() + CLOSE_MS
    while (this.#transport && performance.now() < until && (this.#order.underWay > 0 || this.#order.firstLive < Number.POSITIVE_INFINITY)) {
      await sleep(20)
    }
    this.#stopping.abort()
    clearTimeout(this.#timer)
    await this.#transport?.close()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    let failures = 0
    let lostMs = performance.now()
    while (!signal.aborted) {
      const transport = await this.#open(this.#parts.openMqtt)
      if (transport) {
        failures = 0
        await this.#session(transport)
        lostMs = performance.now()
      }
      const waitMs = backOffMs(BACK_OFF, ++failures, Math.random)
      const { openHttps, httpsAfterMs } = this.#parts
      const isDue = performance.now() - lostMs >= httpsAfterMs || this.#fruitless >= FRUITLESS
      const detour = isDue ? await this.#open(openHttps) : undefined
      const timeUp = sleep(waitMs, undefined, { signal }).catch(() => undefined)
      if (detour) await this.#session(detour, timeUp)
      await timeUp
    }
  }

  async #open(open: () => Promise<Transport>): Promise<Transport | undefined> {
    if (this.#stopping.signal.aborted) return undefined
    try {
      return await open()
    } catch (error) {
      this.#say(error instanceof NoTransport ? error.reason : 'gateways.uplinkUnreachable', (error as Error).message)
      return undefined
    }
  }

  /** Until it ends, or `timeUp`: then what is under way is waited for. */
  async #session(transport: Transport, timeUp?: Promise<unknown>): Promise<void> {
    this.#transport = transport
    this.#connectedSinceMs ??= this.#parts.clock.nowMs()
    this.#reason = ''
    this.#settled = 0
    this.#parts.log.add('info', 'gateways.uplinkConnected', { by: transport.kind })
    this.#pump()
    const reason = await Promise.race([transport.ended, ...(timeUp ? [timeUp.then(() => '')] : [])])
    this.#transport = undefined
    if (reason === '') await transport.close()
    this.#fruitless = this.#settled > 0 || this.#order.underWay === 0 ? 0 : this.#fruitless + 1
    this.#order.interrupted()
    this.#connectedSinceMs = null
    if (reason !== '' && !this.#stopping.signal.aborted) this.#say(reason, '')
  }

  /** The same reason is told once. */
  #say(reason: string, error: string): void {
    if (reason === this.#reason) return
    this.#reason = reason
    this.#parts.log.add('warning', reason, { error: error.slice(0, 300) })
  }

  #pump(): void {
    this.#pumpAgain = true
    if (this.#pumping) return
    this.#pumping = true
    void mustNotFail(this.#pumpAll())
  }

  async #pumpAll(): Promise<void> {
    while (this.#pumpAgain) {
      this.#pumpAgain = false
      for (let transport = this.#transport; transport && this.#order.underWay < transport.window; transport = this.#transport) {
        const message = this.#order.next() ?? (await this.#fromQueue(transport))
        if (!message) break
        // The session ended while the disk was read: the message is still there for the next one.
        if (transport === this.#transport) this.#send(transport, message)
      }
    }
    this.#pumping = false
  }

  async #fromQueue({ window }: Transport): Promise<Message | undefined> {
    const order = this.#order
    if (order.backfillUnderWay >= Math.max(1, window / 2)) return undefined
    this.#refill()
    if (this.#allowance <= 0) {
      this.#pumpLater((-this.#allowance / this.#backfillPerSecond) * 1_000 + 5)
      return undefined
    }
    const batch = await this.#parts.queue
      .next(order.firstLive, (number) => order.isTaken(number))
      .catch((error: Error) => {
        this.#parts.log.add('error', 'gateways.queueNotOnDisk', { error: error.message })
        return undefined
      })
    return batch && batch.number < order.firstLive ? order.fromQueue(batch) : undefined
  }

  #refill(): void {
    const nowMs = performance.now()
    const grown = this.#allowance + ((nowMs - this.#refilledMs) / 1_000) * this.#backfillPerSecond
    this.#allowance = Math.min(this.#backfillPerSecond, grown)
    this.#refilledMs = nowMs
  }

  #pumpLater(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#pump(), ms)
  }

  #send(transport: Transport, message: Message): void {
    const { queue } = this.#parts
    if (message.lane === 'backfill') this.#allowance -= message.batch.samples
    this.#order.sent(message)
    transport.send(message.payload).then(
      () => {
        queue.acknowledge(message.batch.number)
        this.#settle(message)
      },
      (error: unknown) => {
        // Otherwise the session has ended, or ends now; its end puts the message back.
        if (!(error instanceof BatchRefused)) return
        queue.setAside(message.batch, 'gateways.batchRefused', { status: error.status, code: error.code })
        this.#settle(message)
      },
    )
  }

  #settle(message: Message): void {
    this.#settled++
    this.#order.settled(message)
    this.#pump()
  }
}
