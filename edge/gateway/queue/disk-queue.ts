import { mkdirSync, readdirSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { NumberRanges } from './number-ranges.ts'
import type { StoredBatch } from './record.ts'
import { readSegment, recordsOf, removeSegment, type Segment, SegmentWriter, segmentFile, segmentFirst } from './segments.ts'
import { StateFile } from './state-file.ts'

export interface QueueOptions {
  dir: string
  /** Most that batches take on the disk; beyond it the oldest are dropped and counted. */
  limitBytes: number
  /** Most that batches take in memory while the disk takes nothing. */
  memoryBytes: number
  log: (code: string, details: Record<string, string | number>) => void
}

export interface NewBatch {
  items: Buffer
  samples: number
  oldestMs: number
  live: boolean
}

const SEGMENT_BYTES = 4 * 1024 * 1024
/** Given back to the file system when it is full, so that the small files can be written; taken again when there is room. */
const BALLAST_BYTES = 2 * 1024 * 1024
const STATE_MS = 1_000
/** Of what waits in memory, written to a disk that takes it again. */
const AT_ONCE_BYTES = 512 * 1024

/**
 * Store and forward: batches of growing number, on the disk before they leave, deleted by whole segments when all of it is acknowledged.
 * A full or broken disk stops nothing: batches are then kept in memory, bounded, and what could not be kept is counted.
 */
export class DiskQueue {
  readonly #options: QueueOptions
  readonly #state: StateFile
  readonly #done: NumberRanges
  readonly #segments: Segment[]
  readonly #memory = new Map<number, StoredBatch>()
  #memoryBytes = 0
  #next: number
  #committed: number
  #dropped: number
  #writer: SegmentWriter | undefined
  #pendingBytes = 0
  #pending: { batch: StoredBatch; committed: () => void }[] = []
  #writing: Promise<void> | undefined
  #cached: { first: number; bytes: number; batches: StoredBatch[] } | undefined
  #onDisk = true
  #oldest: { number: number; ms: number | null } = { number: 0, ms: null }
  #changed = true
  readonly #timer: NodeJS.Timeout

  private constructor(options: QueueOptions, state: StateFile, segments: Segment[]) {
    this.#options = options
    this.#state = state
    this.#segments = segments
    this.#done = new NumberRanges(state.kept?.done)
    this.#dropped = state.kept?.dropped ?? 0
    this.#next = Math.max(state.kept?.next ?? 1, (segments.at(-1)?.last ?? 0) + 1)
    this.#committed = this.#next - 1
    // Numbers below the oldest file are of another time: acknowledged, or dropped and counted then.
    const below = (segments[0]?.first ?? this.#next) - 1
    this.#done.add(0, below)
    this.#timer = setInterval(() => this.#saveState(false), STATE_MS)
    this.#timer.unref()
  }

  static async open(options: QueueOptions): Promise<DiskQueue> {
    mkdirSync(options.dir, { recursive: true, mode: 0o700 })
    const state = new StateFile(join(options.dir, 'state'))
    const segments = await findSegments(options)
    const queue = new DiskQueue(options, state, segments)
    takeBallast(options.dir)
    // Before files go that held the last number.
    queue.#saveState(true)
    await queue.#deleteDone()
    return queue
  }

  get onDisk(): boolean {
    return this.#onDisk
  }

  /** Resolves when the batch is on the disk, or kept in memory since the disk takes nothing; undefined where the disk hangs and memory is full. */
  async commit(batch: NewBatch): Promise<StoredBatch | undefined> {
    if (this.#pendingBytes > this.#options.memoryBytes) {
      this.#dropped += batch.samples
      this.#changed = true
      return undefined
    }
    const stored = { ...batch, number: this.#next++ }
    this.#pendingBytes += batch.items.length
    const written = new Promise<void>((resolve) => this.#pending.push({ batch: stored, committed: resolve }))
    this.#writing ??= this.#writeAll()
    await written
    return stored
  }

  /** Deleted when the segment's others are too. */
  acknowledge(number: number): void {
    this.#done.add(number)
    this.#forgetInMemory(number)
    this.#changed = true
  }

  isDone(number: number): boolean {
    return this.#done.has(number)
  }

  /** The first batch that is committed, below `below`, not done with and not one that `skip` names. */
  async next(below: number, skip: (number: number) => boolean): Promise<StoredBatch | undefined> {
    const end = Math.min(below, this.#committed + 1)
    for (let number = this.#done.nextAbsent(0); number < end; number = this.#done.nextAbsent(number + 1)) {
      if (skip(number)) continue
      const batch = this.#memory.get(number) ?? (await this.#find(number))
      if (batch) return batch
      // It was in a memory that is gone, or was acknowledged while we looked.
      this.acknowledge(number)
    }
    return undefined
  }

  figures() {
    const bytes = this.#segments.reduce((sum, segment) => sum + segment.bytes, 0)
    return {
      batches: this.#done.absentIn(0, this.#committed),
      bytes: bytes + this.#memoryBytes,
      limitBytes: this.#options.limitBytes,
      droppedSamples: this.#dropped,
      onDisk: this.#onDisk,
    }
  }

  /** Source time of the oldest value that waits. */
  async oldestMs(): Promise<number | null> {
    const number = this.#done.nextAbsent(0)
    if (number > this.#committed) return null
    if (this.#oldest.number === number) return this.#oldest.ms
    const batch = await this.next(this.#next, () => false)
    this.#oldest = { number, ms: batch?.oldestMs ?? null }
    return this.#oldest.ms
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#writing
    await this.#deleteDone()
    this.#changed = true
    this.#saveState(true)
    await this.#writer?.close()
    this.#state.close()
  }

  async #writeAll(): Promise<void> {
    while (this.#pending.length > 0) {
      const group = this.#pending
      this.#pending = []
      this.#pendingBytes = 0
      const batches = group.map(({ batch }) => batch)
      try {
        await this.#appendMemory()
        await this.#append(batches)
        if (!this.#onDisk) this.#recovered()
      } catch (error) {
        this.#diskFailed(error as NodeJS.ErrnoException, batches)
      }
      this.#committed = batches.at(-1)?.number ?? this.#committed
      for (const { committed } of group) committed()
      await this.#deleteDone()
    }
    // In the same breath as the look at what waits: a batch that comes now starts a writing of its own.
    this.#writing = undefined
  }

  /** Before newer ones, so that files stay in the order of numbers: what waits for delivery must outlive a kill from now on. */
  async #appendMemory(): Promise<void> {
    let group: StoredBatch[] = []
    let bytes = 0
    for (const batch of [...this.#memory.values()].sort((a, b) => a.number - b.number)) {
      group.push(batch)
      bytes += batch.items.length
      if (bytes < AT_ONCE_BYTES) continue
      await this.#moveToDisk(group)
      group = []
      bytes = 0
    }
    if (group.length > 0) await this.#moveToDisk(group)
  }

  async #moveToDisk(batches: readonly StoredBatch[]): Promise<void> {
    await this.#append(batches)
    for (const { number } of batches) this.#forgetInMemory(number)
  }

  async #append(batches: readonly StoredBatch[]): Promise<void> {
    const { dir, limitBytes } = this.#options
    if (!this.#writer || this.#writer.segment.bytes >= Math.min(SEGMENT_BYTES, limitBytes / 8)) {
      const opened = await SegmentWriter.open(dir, batches[0]?.number ?? this.#next)
      await this.#writer?.close()
      this.#writer = opened
    }
    const isNew = this.#writer.segment.bytes === 0
    await this.#writer.append(batches)
    if (isNew) this.#segments.push(this.#writer.segment)
    await this.#dropBeyondLimit()
  }

  #diskFailed(error: NodeJS.ErrnoException, batches: readonly StoredBatch[]): void {
    if (this.#onDisk) {
      this.#options.log('gateways.queueNotOnDisk', { error: error.code ?? error.message })
      releaseBallast(this.#options.dir)
    }
    this.#onDisk = false
    // Once more from a file of its own: this one may be what is broken.
    const writer = this.#writer
    this.#writer = undefined
    void writer?.close().catch(() => undefined)
    if (writer?.segment.bytes === 0) void removeSegment(this.#options.dir, writer.segment).catch(() => undefined)
    for (const batch of batches) {
      this.#memory.set(batch.number, batch)
      this.#memoryBytes += batch.items.length
    }
    for (const [number, batch] of this.#memory) {
      if (this.#memoryBytes <= this.#options.memoryBytes) break
      this.#drop(number, number, batch.samples)
      this.#forgetInMemory(number)
    }
    // Their numbers must not be given twice.
    this.#changed = true
    this.#saveState(true)
  }

  #recovered(): void {
    this.#onDisk = true
    takeBallast(this.#options.dir)
    this.#options.log('gateways.queueOnDiskAgain', {})
  }

  async #dropBeyondLimit(): Promise<void> {
    const { dir, limitBytes } = this.#options
    let bytes = this.#segments.reduce((sum, segment) => sum + segment.bytes, 0)
    while (bytes > limitBytes && this.#segments.length > 1) {
      const oldest = this.#segments[0] as Segment
      let samples = 0
      for (const { record } of recordsOf(await readSegment(dir, oldest))) {
        if (record.kind === 'batch' && !this.#done.has(record.batch.number)) samples += record.batch.samples
        if (record.kind === 'damaged' && !this.#done.has(record.header.number)) samples += record.header.samples
      }
      await removeSegment(dir, oldest)
      this.#segments.shift()
      bytes -= oldest.bytes
      this.#drop(oldest.first, oldest.last, samples)
    }
  }

  #drop(from: number, to: number, samples: number): void {
    this.#done.add(from, to)
    this.#changed = true
    if (samples === 0) return
    this.#dropped += samples
    this.#options.log('gateways.samplesDropped', { samples, total: this.#dropped })
  }

  #forgetInMemory(number: number): void {
    const batch = this.#memory.get(number)
    if (!batch) return
    this.#memory.delete(number)
    this.#memoryBytes -= batch.items.length
  }

  async #deleteDone(): Promise<void> {
    for (let i = 0; i < this.#segments.length; i++) {
      const segment = this.#segments[i] as Segment
      if (segment === this.#writer?.segment || !this.#done.covers(segment.first, segment.last)) continue
      await removeSegment(this.#options.dir, segment).catch(() => undefined)
      this.#segments.splice(i--, 1)
    }
  }

  async #find(number: number): Promise<StoredBatch | undefined> {
    for (const segment of this.#segments) {
      if (segment.last < number) continue
      const batches = await this.#batchesOf(segment)
      const found = batches.find((batch) => batch.number >= number)
      if (found) return found.number === number ? found : undefined
    }
    return undefined
  }

  async #batchesOf(segment: Segment): Promise<StoredBatch[]> {
    const { first, bytes } = segment
    if (this.#cached?.first === first && this.#cached.bytes === bytes) return this.#cached.batches
    const batches: StoredBatch[] = []
    const content = await readSegment(this.#options.dir, segment).catch(() => Buffer.alloc(0))
    for (const { at, record } of recordsOf(content)) {
      if (record.kind === 'batch') batches.push(record.batch)
      else if (record.kind === 'damaged') this.#damaged(record.header.number, record.header.number, record.header.samples)
      else if (at < content.length || content.length === 0) this.#damaged((batches.at(-1)?.number ?? first - 1) + 1, segment.last, 0)
    }
    this.#cached = { first, bytes, batches }
    return batches
  }

  /** A bit was lost: the batch cannot be sent, the others can. */
  #damaged(from: number, to: number, samples: number): void {
    if (to < from || this.#done.covers(from, to)) return
    this.#options.log('gateways.queueDamaged', { from, to })
    this.#drop(from, to, samples)
  }

  #saveState(sync: boolean): void {
    if (!this.#changed) return
    this.#changed = false
    try {
      this.#state.write({ next: this.#next, dropped: this.#dropped, done: [...this.#done.ranges] as [number, number][] }, sync)
    } catch (error) {
      this.#options.log('gateways.queueNotOnDisk', { error: (error as Error).message })
    }
  }
}

/** The files that are there; the last one, which a kill may have cut, is read to its last whole batch and cut there. */
async function findSegments({ dir, log }: QueueOptions): Promise<Segment[]> {
  const firsts = readdirSync(dir)
    .flatMap((name) => segmentFirst(name) ?? [])
    .sort((a, b) => a - b)
  const segments = firsts.map(
    (first, i): Segment => ({
      first,
      last: (firsts[i + 1] ?? first) - 1,
      bytes: statSync(segmentFile(dir, first)).size,
    }),
  )
  const newest = segments.at(-1)
  if (!newest) return segments
  const whole = { at: 0, last: newest.first - 1 }
  for (const { at, record } of recordsOf(await readSegment(dir, newest))) {
    whole.at = at
    if (record.kind === 'batch') whole.last = record.batch.number
    if (record.kind === 'damaged') whole.last = record.header.number
  }
  if (whole.at < newest.bytes) log('gateways.queueTailCut', { bytes: newest.bytes - whole.at })
  if (whole.at === 0) {
    // Nothing in it can be read. It is kept aside for whoever wants to look.
    renameSync(segmentFile(dir, newest.first), join(dir, 'damaged'))
    return segments.slice(0, -1)
  }
  const file = await open(segmentFile(dir, newest.first), 'r+')
  await file.truncate(whole.at).finally(() => file.close())
  return [...segments.slice(0, -1), { ...newest, last: whole.last, bytes: whole.at }]
}

const ballastFile = (dir: string) => join(dir, 'ballast')

function takeBallast(dir: string): void {
  if (statSync(ballastFile(dir), { throwIfNoEntry: false })?.size === BALLAST_BYTES) return
  try {
    writeFileSync(ballastFile(dir), Buffer.alloc(BALLAST_BYTES, 0x5a), { mode: 0o600 })
  } catch {
    releaseBallast(dir)
  }
}

function releaseBallast(dir: string): void {
  try {
    unlinkSync(ballastFile(dir))
  } catch {
    // There was none.
  }
}
