import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { RawValue, type WriteResult, WriteResult as WriteResultSchema } from '#modules/shopfloor/gateways/contract.ts'
import type { Clock } from '../../clock.ts'
import { endedWhileWriting } from '../rules/write-rules.ts'

/** No result: it was about to be sent. */
const Entry = z.object({ before: RawValue, atMs: z.int(), result: WriteResultSchema.nullable(), told: z.boolean() })
type Entry = z.infer<typeof Entry>

/** Longer than any write may wait: after that nobody hands it out again. */
const KEPT_MS = 24 * 3_600_000
const FILE = /^([0-9a-f-]{36})\.json$/

/**
 * What was written to machines, one small file per command. `about` is on the disk before the machine hears of it; whoever finds an entry
 * without a result after a crash knows that nobody knows, and that it must not be sent again.
 */
export class WriteJournal {
  readonly #dir: string
  readonly #clock: Clock
  readonly #entries = new Map<string, Entry>()
  #wake: () => void = () => undefined

  private constructor(dir: string, clock: Clock) {
    this.#dir = dir
    this.#clock = clock
  }

  /** Errors: those of the file system. What cannot be read counts as about to be sent. */
  static open(dataDir: string, clock: Clock): WriteJournal {
    const dir = join(dataDir, 'writes')
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    const journal = new WriteJournal(dir, clock)
    for (const name of readdirSync(dir)) {
      const id = FILE.exec(name)?.[1]
      if (id !== undefined) journal.#entries.set(id, readEntry(join(dir, name), clock))
    }
    return journal
  }

  has(id: string): boolean {
    return this.#entries.has(id)
  }

  /** On the disk when it returns. Errors: those of the file system; nothing may be sent then. */
  async about(id: string, before: Entry['before']): Promise<void> {
    const entry: Entry = { before, atMs: this.#clock.nowMs(), result: null, told: false }
    this.#entries.set(id, entry)
    try {
      await this.#keep(id, entry)
    } catch (error) {
      this.#entries.delete(id)
      await rm(this.#file(id), { force: true }).catch(() => undefined)
      throw error
    }
  }

  /** What came of it. On a disk that takes it no more it is told all the same, and after a crash it is unknown. */
  async ended(id: string, result: WriteResult): Promise<void> {
    const entry: Entry = { before: result.before, atMs: this.#clock.nowMs(), result, told: false }
    this.#entries.set(id, entry)
    await this.#keep(id, entry).catch(() => undefined)
    this.#wake()
  }

  /** Results that the platform has not heard yet: after a crash those too of which nobody knows. */
  untold(): { id: string; result: WriteResult }[] {
    return [...this.#entries].flatMap(([id, { result, told }]) => (result === null || told ? [] : [{ id, result }]))
  }

  async told(id: string): Promise<void> {
    const entry = this.#entries.get(id)
    if (!entry) return
    entry.told = true
    await this.#keep(id, entry).catch(() => undefined)
    for (const [old, { atMs, told }] of this.#entries) {
      if (!told || this.#clock.nowMs() - atMs < KEPT_MS) continue
      this.#entries.delete(old)
      await rm(this.#file(old), { force: true }).catch(() => undefined)
    }
  }

  /** Until there may be something to tell. */
  next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
      signal.addEventListener('abort', () => resolve(), { once: true })
      if (signal.aborted || this.untold().length > 0) resolve()
    })
  }

  #file(id: string): string {
    return join(this.#dir, `${id}.json`)
  }

  /** Whole or not at all, and there after a power cut: file and folder are synced. */
  async #keep(id: string, entry: Entry): Promise<void> {
    const fresh = `${this.#file(id)}.new`
    const file = await open(fresh, 'w', 0o600)
    try {
      await file.writeFile(JSON.stringify(entry))
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(fresh, this.#file(id))
    const folder = await open(this.#dir, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  }
}

function readEntry(file: string, clock: Clock): Entry {
  let entry: Entry
  try {
    entry = Entry.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    entry = { before: null, atMs: clock.nowMs(), result: null, told: false }
  }
  return entry.result === null ? { ...entry, result: endedWhileWriting(entry.before, entry.atMs) } : entry
}
