import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { releaseBallast, takeBallast } from './ballast.ts'
import { findSegments } from './find-segments.ts'
import { NumberRanges } from './number-ranges.ts'
import { piecesOf } from './pieces.ts'
import { Quarantine, unreadableNote } from './quarantine.ts'
import type { StoredBatch } from './record.ts'
import { partFile, readSegment, removeSegment, type Segment, SegmentWriter, segmentFile, syncFolder, writePacked } from './segments.ts'
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
/** Of the limit, for a segment; and once more for the packed form that stands beside one until that is deleted. */
const SEGMENT_SHARE = 1 / 8
/** Of the limit, for what was set aside. */
const QUARANTINE_SHARE = 1 / 16
const QUARANTINE_BYTES = 64 * 1024 * 1024
/** Packing takes at most so much of the time. */
const PACKING_SHARE = 1 / 5
const PACK_AGAIN_MS = 60_000
/** The process has no handle or memory left now: the file is as good as it was. */
const PASSING = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'])
const STATE_MS = 1_000
/** Of what waits in memory, written to a disk that takes it again. */
const AT_ONCE_BYTES = 512 * 1024

/**
 * Store and forward: batches of growing number, on the disk before they leave, deleted by whole segments when all of it is acknowledged.
 * Segments that wait longer are packed to about a twentieth. What cannot be read or will never be taken is set aside; nothing waits behind it.
 * A full or broken disk stops nothing: batches are then kept in memory, bounded, and what could not be kept is counted.
 */
export class DiskQueue {
  readonly #options: QueueOptions
  readonly #segmentBytes: number
  readonly #state: StateFile
  readonly #done: NumberRanges
  readonly #segments: Segment[]
  readonly #quarantine: Quarantine
  readonly #aside: { batches: number; samples: number }
  readonly #memory = new Map<number, StoredBatch>()
  #memoryBytes = 0
  #next: number
  #committed: number
  #dropped: number
  #writer: SegmentWriter | undefined
  #pendingBytes = 0
  #pending: { batch: StoredBatch; committed: () => void }[] = []
  #writing: Promise<void> | undefined
  #packing: { segment: Segment; done: Promise<void> } | undefined
  #packFromMs = 0
  #cached: { first: number; bytes: number; batches: StoredBatch[] } | undefined
  #onDisk = true
  #oldest: { number: number; ms: number | null } = { number: 0, ms: null }
  #changed = true
  readonly #timer: NodeJS.Timeout

  private constructor(options: QueueOptions, state: StateFile, segments: Segment[], quarantine: Quarantine) {
    this.#options = options
    this.#segmentBytes = Math.min(SEGMENT_BYTES, options.limitBytes * SEGMENT_SHARE)
    this.#state = state
    this.#segments = segments
    this.#quarantine = quarantine
    this.#aside = { ...(state.kept?.aside ?? { batches: 0, samples: 0 }) }
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
    const quarantine = new Quarantine(join(options.dir, 'quarantine'), Math.min(QUARANTINE_BYTES, options.limitBytes * QUARANTINE_SHARE))
    const { segments, cutBytes, unreadable } = await findSegments(options.dir, quarantine)
    const queue = new DiskQueue(options, state, segments, quarantine)
    if (cutBytes > 0) options.log('gateways.queueTailCut', { bytes: cutBytes })
    if (unreadable) queue.#countAside(unreadable.first, unreadable.first, 0)
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

  /** The platform will never take it: it is kept beside the queue with the reason. */
  setAside({ number, samples, items }: StoredBatch, reason: string, details: Record<string, string | number>): void {
    this.#quarantine.put({ from: number, to: number, samples, reason, details }, items)
    this.#aside.batches++
    this.#aside.samples += samples
    this.#options.log(reason, { ...details, batch: number, samples })
    this.acknowledge(number)
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
    return {
      batches: this.#done.absentIn(0, this.#committed),
      bytes: this.#segmentsAndAside() + this.#memoryBytes,
      limitBytes: this.#options.limitBytes,
      droppedSamples: this.#dropped,
      onDisk: this.#onDisk,
      quarantine: { ...this.#aside, files: this.#quarantine.files, last: this.#quarantine.last },
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
    this.#packFromMs = Number.POSITIVE_INFINITY
    await this.#packing?.done
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
      this.#packOne()
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
    if (!this.#writer || this.#writer.segment.bytes >= this.#segmentBytes) {
      const opened = await SegmentWriter.open(this.#options.dir, batches[0]?.number ?? this.#next)
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

  #segmentsAndAside(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, this.#quarantine.bytes)
  }

  async #dropBeyondLimit(): Promise<void> {
    const { dir, limitBytes } = this.#options
    let bytes = this.#segmentsAndAside()
    while (bytes > limitBytes - this.#segmentBytes && this.#segments.length > 1) {
      const oldest = this.#segments[0] as Segment
      // Its packed form would come to the disk after it left.
      if (this.#packing?.segment === oldest) await this.#packing.done
      let samples = 0
      const content = await readSegment(dir, oldest).catch(() => Buffer.alloc(0))
      for (const { headers } of piecesOf(content, oldest.packed).pieces) {
        for (const header of headers) if (!this.#done.has(header.number)) samples += header.samples
      }
      await removeSegment(dir, oldest)
      this.#segments.shift()
      bytes = this.#segmentsAndAside()
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
      // First from the list: what packs it just now looks there before its packed form comes to the disk.
      this.#segments.splice(i--, 1)
      await removeSegment(this.#options.dir, segment).catch(() => undefined)
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
    const batches = await this.#read(segment)
    this.#cached = { first, bytes, batches }
    return batches
  }

  /** Of a segment what can be read; the rest is set aside. Errors: the process can read no file now. */
  async #read(segment: Segment): Promise<StoredBatch[]> {
    const { packed, last } = segment
    let content: Buffer
    try {
      content = await readSegment(this.#options.dir, segment)
    } catch (error) {
      if (PASSING.has((error as NodeJS.ErrnoException).code ?? '')) throw error
      // It was packed while we looked.
      if (segment.packed !== packed) return this.#read(segment)
      if (this.#segments.includes(segment)) this.#unreadable(segment.first, last, 0, undefined, segment)
      return []
    }
    const { pieces, rest } = piecesOf(content, packed)
    const batches: StoredBatch[] = []
    for (const { headers, bytes, open } of pieces) {
      const opened = await open?.().catch(() => undefined)
      if (opened) batches.push(...opened)
      else
        this.#unreadable(
          headers[0]?.number ?? 0,
          headers.at(-1)?.number ?? -1,
          headers.reduce((sum, h) => sum + h.samples, 0),
          bytes,
        )
    }
    if (rest.length > 0) this.#unreadable((pieces.at(-1)?.headers.at(-1)?.number ?? segment.first - 1) + 1, last, 0, rest)
    return batches
  }

  /** A bit was lost, or a whole file: these batches cannot be sent, the others can. */
  #unreadable(from: number, to: number, samples: number, bytes: Buffer | undefined, file?: Segment): void {
    if (to < from || this.#done.covers(from, to)) return
    const note = unreadableNote(from, to, samples)
    if (bytes) this.#quarantine.put(note, bytes)
    else if (file && file !== this.#writer?.segment) this.#quarantine.take(note, segmentFile(this.#options.dir, file))
    this.#countAside(from, to, samples)
    this.#done.add(from, to)
  }

  #countAside(from: number, to: number, samples: number): void {
    this.#aside.batches += to - from + 1
    this.#aside.samples += samples
    this.#changed = true
    this.#options.log('gateways.queueDamaged', { from, to, samples })
  }

  /** The oldest that still waits though another was begun since: the platform is away for longer. */
  #packOne(): void {
    const writing = this.#writer?.segment
    if (this.#packing || !writing || performance.now() < this.#packFromMs) return
    const segment = this.#segments.find((one) => !one.packed && one !== writing)
    if (!segment || writing.bytes < this.#segmentBytes / 8) return
    const beganMs = performance.now()
    const done = this.#pack(segment)
      .then(
        () => (performance.now() - beganMs) / PACKING_SHARE,
        // No room for both, or no handle left: it stays as it is for now.
        () => PACK_AGAIN_MS,
      )
      .then((restMs) => {
        this.#packFromMs = Math.max(this.#packFromMs, performance.now() + restMs)
        this.#packing = undefined
      })
    this.#packing = { segment, done }
  }

  async #pack(segment: Segment): Promise<void> {
    const { dir } = this.#options
    const { first } = segment
    const batches = await this.#read(segment)
    if (batches.length === 0 || !this.#segments.includes(segment)) return
    const bytes = await writePacked(dir, first, batches)
    if (!this.#segments.includes(segment)) return void rmSync(partFile(dir, first), { force: true })
    // In one breath, so that whoever reads finds the one or the other.
    renameSync(partFile(dir, first), segmentFile(dir, { first, packed: true }))
    Object.assign(segment, { packed: true, bytes })
    await syncFolder(dir)
    await removeSegment(dir, { first, packed: false })
  }

  #saveState(sync: boolean): void {
    if (!this.#changed) return
    this.#changed = false
    try {
      this.#state.write(
        { next: this.#next, dropped: this.#dropped, aside: this.#aside, done: [...this.#done.ranges] as [number, number][] },
        sync,
      )
    } catch (error) {
      this.#options.log('gateways.queueNotOnDisk', { error: (error as Error).message })
    }
  }
}
