import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import { markDirty } from '../rollup/rollup-store.ts'
import type { TelemetrySystem } from '../tables.ts'
import { countIndex } from './counts.ts'
import { lateHours } from './dirty-hours.ts'
import { countDoubtful } from './doubtful-samples.ts'
import { notStoredReason, type Waiting } from './ingest-state.ts'
import { LatestWriter } from './latest-writer.ts'
import { SampleBatch, type Source, textColumns } from './sample-batch.ts'
import { StoredStream } from './stored-stream.ts'
import type { Tallies } from './tallies.ts'

/**
 * An insert costs 6–9 ms whatever its size, and its part is merged later: so often, or so many rows, whichever comes first. A plant that
 * sends little waits a little longer: half the inserts, and its values are in the page within half a second all the same.
 */
const FLUSH_MS = { few: 200, many: 100 }
const FEW_ROWS = 2_000
const FLUSH_ROWS = 50_000
/** Rows taken in and not durable yet; a message beyond waits, and its device with it. */
const MAX_PENDING_ROWS = 200_000
const FIRST_RETRY_MS = 200
const LAST_RETRY_MS = 5_000
const LATEST_MS = 1_000
/** A process that stores nothing says so: what listens must know that it has heard all. */
const COVER_MS = 1_000
/** An insert that takes so long is one that waits. */
const SILENT_MS = 3_000

export interface WriterParts {
  clickhouse: ClickHouse
  system: TelemetrySystem
  clock: Clock
  log: Log
  tallies: Tallies
  /** Values that are durable now, for whoever watches. */
  publishLive: (topic: string, payload: string | Buffer) => void
  /** Whether anybody listens to the stream of stored values. */
  isStreamed: () => boolean
}

/**
 * Gathers rows and stores them, one batch after the other. A batch is tried until it is stored, under one deduplication token: ClickHouse
 * away means that nothing is acknowledged and devices wait.
 */
export class SampleWriter {
  readonly #parts: WriterParts
  readonly #latest: LatestWriter
  readonly #token = randomUUID()
  readonly #stream: StoredStream
  #batches = 0
  #filling = new SampleBatch()
  #spare = new SampleBatch()
  #storing = 0
  #storingSinceMs: number | undefined
  /** All received before then is in the batch that is being stored, or durable. */
  #swappedMs = 0
  #failed: Waiting | undefined
  #lastRows = 0
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #room: (() => void)[] = []
  readonly #closing = new AbortController()
  readonly #latestTimer: NodeJS.Timeout
  readonly #coverTimer: NodeJS.Timeout
  #latestFlush: Promise<void> = Promise.resolve()

  constructor(parts: WriterParts) {
    this.#parts = parts
    this.#latest = new LatestWriter(parts.clickhouse)
    this.#stream = new StoredStream(this.#token, parts.publishLive)
    this.#latestTimer = setInterval(() => this.#flushLatest(), LATEST_MS).unref()
    this.#coverTimer = setInterval(() => this.#cover(), COVER_MS).unref()
  }

  /** Undefined while batches are stored as they come. */
  get waiting(): Waiting | undefined {
    if (this.#failed) return this.#failed
    const sinceMs = this.#storingSinceMs
    return sinceMs !== undefined && this.#parts.clock.nowMs() - sinceMs > SILENT_MS ? { sinceMs, reason: 'storeSilent' } : undefined
  }

  get pendingRows(): number {
    return this.#filling.size + this.#storing
  }

  /** The batch to add a message's rows to, without a pause in between; `added` says when they are all in. */
  get batch(): SampleBatch {
    return this.#filling
  }

  hasRoom(): boolean {
    return this.pendingRows < MAX_PENDING_ROWS && this.#room.length === 0
  }

  /** First come, first served. */
  async untilRoom(): Promise<void> {
    if (this.hasRoom()) return
    await new Promise<void>((resolve) => this.#room.push(resolve))
  }

  /** Calls back when every row added so far is durable. */
  added(done: (error?: Error) => void): void {
    const batch = this.#filling
    batch.waiting.push(done)
    if (batch.size >= FLUSH_ROWS) this.#flushNow()
    else this.#flushSoon()
  }

  /** Stores what was taken in, then stops; what could not be stored within `timeoutMs` fails and is not acknowledged. */
  async close(timeoutMs: number): Promise<void> {
    const givenUp = setTimeout(() => this.#closing.abort(), timeoutMs)
    while (this.pendingRows > 0 && !this.#closing.signal.aborted) {
      this.#flushNow()
      await this.#running
    }
    clearTimeout(givenUp)
    this.#closing.abort()
    clearInterval(this.#latestTimer)
    clearInterval(this.#coverTimer)
    await this.#latestFlush
    await this.#latest.flush().catch(() => undefined)
  }

  #flushSoon(): void {
    this.#timer ??= setTimeout(() => this.#flushNow(), this.#lastRows < FEW_ROWS ? FLUSH_MS.few : FLUSH_MS.many)
  }

  #flushNow(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#running || this.#filling.size === 0) return
    const batch = this.#filling
    this.#filling = this.#spare
    this.#spare = batch
    this.#storing = batch.size
    this.#storingSinceMs = this.#parts.clock.nowMs()
    this.#swappedMs = this.#storingSinceMs
    this.#lastRows = batch.size
    this.#running = this.#store(batch).then(
      () => this.#stored(batch),
      (error: Error) => this.#stored(batch, error),
    )
  }

  #stored(batch: SampleBatch, error?: Error): void {
    this.#running = undefined
    this.#storing = 0
    this.#storingSinceMs = undefined
    for (const done of batch.waiting) done(error)
    // After the acknowledgement: nothing that is made of values holds up the taking of them.
    if (!error && this.#parts.isStreamed()) this.#stream.tell(batch, this.#swappedMs - 1)
    batch.clear()
    if (this.#filling.size >= FLUSH_ROWS) this.#flushNow()
    else if (this.#filling.size > 0) this.#flushSoon()
    // Those who wait come in one after the other, each adding its rows before the next looks.
    const waiting = this.#room
    this.#room = []
    for (const come of waiting) come()
  }

  #cover(): void {
    if (this.pendingRows === 0 && this.#parts.isStreamed()) this.#stream.tell(this.#filling, this.#parts.clock.nowMs() - 1)
  }

  async #store(batch: SampleBatch): Promise<void> {
    const { clickhouse, system, clock, log, tallies, publishLive } = this.#parts
    const count = (source: Source, as: keyof typeof countIndex) => {
      tallies.of(source.orgId, source.code)[countIndex[as]]! += 1
    }
    await countDoubtful(clickhouse, batch, count).catch((error: Error) =>
      log.debug({ error: error.message }, 'duplicates were not counted'),
    )
    const token = `${this.#token}-${this.#batches++}`
    if (batch.rows > 0) await this.#persist('sample', () => clickhouse.insert('sample', batch.columns(), batch.rows, token))
    if (batch.texts.length > 0) {
      const columns = textColumns(batch.texts)
      await this.#persist('sample_text', () => clickhouse.insert('sample_text', columns, batch.texts.length, token))
      await this.#persist('latest_text', () => this.#latest.takeTexts(batch))
    }
    const late = lateHours(batch, clock.nowMs(), (source) => count(source, 'late'))
    if (late) await this.#persist('late hours', () => system.inSystem((tx) => markDirty(tx, late)))
    this.#latest.take(batch)
    for (const { topic, payload } of batch.live) publishLive(topic, payload)
  }

  async #persist(what: string, attempt: () => Promise<void>): Promise<void> {
    for (let pauseMs = FIRST_RETRY_MS; ; pauseMs = Math.min(LAST_RETRY_MS, pauseMs * 2)) {
      try {
        await attempt()
        this.#failed = undefined
        return
      } catch (error) {
        this.#failed = { sinceMs: this.#failed?.sinceMs ?? this.#parts.clock.nowMs(), reason: notStoredReason(error) }
        this.#parts.log.warn({ what, error: (error as Error).message, rows: this.#storing }, 'not stored, tried again')
        if (this.#closing.signal.aborted) throw error
        await sleep(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined)
        if (this.#closing.signal.aborted) throw error
      }
    }
  }

  #flushLatest(): void {
    this.#latestFlush = this.#latestFlush
      .then(() => this.#latest.flush())
      .catch((error: Error) => this.#parts.log.warn({ error: error.message }, 'latest values were not written'))
  }
}
