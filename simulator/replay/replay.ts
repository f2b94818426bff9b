import { setTimeout as sleep } from 'node:timers/promises'
import { type Connection, openConnection, type Target } from './connection.ts'
import { openLedger } from './ledger.ts'
import type { MapFile } from './map-file.ts'
import { readProgress, writeProgress } from './progress.ts'
import { type Row, readRows } from './rows.ts'

/** Decision 17: a message has at most 256 kB. */
const MESSAGE_BYTES = 200 * 1_024
const PROGRESS_MS = 1_000

export interface ReplayOptions {
  target: Target
  /** Source time over real time; `max`: as fast as it is acknowledged. */
  speed: number | 'max'
  /** Publishes that may wait for their acknowledgement at once. */
  window: number
  /** Rows that travel in one publish at most. */
  batch: number
  giveUpMs: number
  firstSeq: number
  /** Where the replay keeps how far it has come; without it, it begins at the first row. */
  progressFile?: string
  ledgerFile?: string
  signal: AbortSignal
}

export interface ReplayResult {
  /** Rows that were acknowledged in this run. */
  rows: number
  /** Rows that an earlier run had sent. */
  skipped: number
  publishes: number
  lastSeq: number
  /** False: it was stopped before the end. */
  complete: boolean
  seconds: number
}

/** Publishes a recorded file with its own times, at least once: a row counts when its acknowledgement is here. */
export async function replay(file: string, map: MapFile, options: ReplayOptions): Promise<ReplayResult> {
  const { target, progressFile } = options
  const before = progressFile === undefined ? undefined : readProgress(progressFile, file, target.user)
  const ledger = options.ledgerFile === undefined ? undefined : await openLedger(options.ledgerFile)
  const connection = await openConnection(target, options.giveUpMs)
  const startedMs = performance.now()
  const done = new Done(before?.row ?? 0, before?.seq ?? options.firstSeq - 1)
  let savedMs = startedMs
  const save = () => {
    if (progressFile !== undefined) writeProgress(progressFile, { file, device: target.user, row: done.row, seq: done.seq })
    savedMs = performance.now()
  }
  let publishes = 0
  try {
    const sender = createSender(connection, target.user, options.window, (rows) => {
      publishes++
      for (const { seq, row } of rows) ledger?.add(seq, row.ts)
      done.acknowledged(rows)
      if (performance.now() - savedMs >= PROGRESS_MS) save()
    })
    const complete = await sendAll(readRows(file, map), done, sender, options)
    return {
      rows: done.row - (before?.row ?? 0),
      skipped: before?.row ?? 0,
      publishes,
      lastSeq: done.seq,
      complete,
      seconds: (performance.now() - startedMs) / 1_000,
    }
  } finally {
    await connection.close()
    await ledger?.close()
    save()
  }
}

interface Numbered {
  seq: number
  row: Row
  message: string
}

/** Up to which row everything is acknowledged: acknowledgements come in any order. */
class Done {
  row: number
  seq: number
  readonly #ahead = new Map<number, Numbered[]>()
  constructor(row: number, seq: number) {
    this.row = row
    this.seq = seq
  }
  acknowledged(rows: Numbered[]): void {
    const first = rows[0]
    if (!first) return
    this.#ahead.set(first.seq, rows)
    for (let next = this.#ahead.get(this.seq + 1); next; next = this.#ahead.get(this.seq + 1)) {
      this.#ahead.delete(this.seq + 1)
      const last = next.at(-1) as Numbered
      this.row = last.row.number
      this.seq = last.seq
    }
  }
}

interface Sender {
  /** Waits while the window is full. */
  send(rows: Numbered[]): Promise<void>
  drained(): Promise<void>
}

function createSender(connection: Connection, user: string, window: number, acknowledged: (rows: Numbered[]) => void): Sender {
  const topic = `v1/${user}/telemetry`
  const underWay = new Set<Promise<void>>()
  let failure: Error | undefined
  connection.refused.catch((error: Error) => {
    failure = error
  })
  const waitFor = async (room: number) => {
    while (underWay.size > room) await Promise.race([...underWay, connection.refused])
    if (failure) throw failure
  }
  return {
    send: async (rows) => {
      await waitFor(window - 1)
      const publish = connection
        .publish(topic, `[${rows.map((row) => row.message).join(',')}]`)
        .then(() => acknowledged(rows))
        .catch((error: Error) => {
          failure ??= error
        })
        .finally(() => underWay.delete(publish))
      underWay.add(publish)
    },
    drained: () => waitFor(0),
  }
}

const numbered = (seq: number, row: Row): Numbered => {
  const { ts, values, q } = row
  return { seq, row, message: JSON.stringify(q ? { ts, values, q, seq } : { ts, values, seq }) }
}

/** True when the file came to its end. */
async function sendAll(rows: ReturnType<typeof readRows>, done: Done, sender: Sender, options: ReplayOptions): Promise<boolean> {
  const { speed, signal } = options
  const sentUpTo = done.row
  let seq = done.seq
  let batch: Numbered[] = []
  let bytes = 0
  let clock: { sourceMs: number; realMs: number } | undefined
  const flush = async () => {
    if (batch.length > 0) await sender.send(batch)
    batch = []
    bytes = 0
  }
  for await (const read of rows) {
    if (signal.aborted) break
    if (read.kind === 'noTime' || read.row.number <= sentUpTo) continue
    const { row } = read
    // A row of empty cells says nothing; a message without a value would be refused.
    if (Object.keys(row.values).length === 0) continue
    if (speed !== 'max') {
      clock ??= { sourceMs: row.ts, realMs: performance.now() }
      const earlyMs = clock.realMs + (row.ts - clock.sourceMs) / speed - performance.now()
      if (earlyMs > 1) {
        await flush()
        await sleep(earlyMs, undefined, { signal }).catch(() => undefined)
        if (signal.aborted) break
      }
    }
    const next = numbered(++seq, row)
    const size = Buffer.byteLength(next.message) + 1
    if (bytes + size > MESSAGE_BYTES) await flush()
    batch.push(next)
    bytes += size
    if (batch.length >= options.batch) await flush()
  }
  // A row that was read but not sent is sent by the next run.
  if (!signal.aborted) await flush()
  await sender.drained()
  return !signal.aborted
}
