import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const Note = z.object({
  from: z.int(),
  to: z.int(),
  samples: z.int(),
  /** A code with words. */
  reason: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number()])),
})
/** Why batches were set aside. */
export type Note = z.infer<typeof Note>

export const unreadableNote = (from: number, to: number, samples: number): Note => ({
  ...{ from, to, samples },
  reason: 'gateways.queueDamaged',
  details: {},
})

interface Entry {
  name: string
  bytes: number
  atMs: number
  reason: string
}

/**
 * Batches that nobody will ever take, or that can be read no more, for whoever wants to look: the bytes as they were and, beside them, why.
 * Bounded: the oldest go first. That it cannot be written stops nothing; the queue counts what is in it.
 */
export class Quarantine {
  readonly #dir: string
  readonly #limitBytes: number
  #entries: Entry[]

  constructor(dir: string, limitBytes: number) {
    this.#dir = dir
    this.#limitBytes = limitBytes
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    this.#entries = readdirSync(dir)
      .filter((name) => name.endsWith('.json'))
      .flatMap((file) => this.#entry(file.slice(0, -'.json'.length)) ?? [])
      .sort((a, b) => a.atMs - b.atMs)
  }

  get bytes(): number {
    return this.#entries.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Of the last one, with the time it was set aside. */
  get last(): { reason: string; atMs: number } | null {
    const entry = this.#entries.at(-1)
    return entry ? { reason: entry.reason, atMs: Math.round(entry.atMs) } : null
  }

  get files(): number {
    return this.#entries.length
  }

  put(note: Note, bytes: Buffer): void {
    this.#add(note, (file) => writeFileSync(file, bytes, { mode: 0o600 }))
  }

  /** A whole file, by its new name: nothing of it need be readable. */
  take(note: Note, file: string): void {
    this.#add(note, (data) => renameSync(file, data))
  }

  #add(note: Note, keep: (file: string) => void): void {
    const name = String(note.from).padStart(15, '0')
    try {
      keep(this.#file(name, 'data'))
      writeFileSync(this.#file(name, 'json'), JSON.stringify(note, null, 2), { mode: 0o600 })
    } catch {
      this.#remove(name)
      return
    }
    const entry = this.#entry(name)
    this.#entries = [...this.#entries.filter((one) => one.name !== name), ...(entry ? [entry] : [])]
    while (this.bytes > this.#limitBytes) {
      const oldest = this.#entries.shift()
      if (!oldest) return
      this.#remove(oldest.name)
    }
  }

  #entry(name: string): Entry | undefined {
    const note = statSync(this.#file(name, 'json'), { throwIfNoEntry: false })
    const data = statSync(this.#file(name, 'data'), { throwIfNoEntry: false })
    if (!note) return undefined
    try {
      const { reason } = Note.parse(JSON.parse(readFileSync(this.#file(name, 'json'), 'utf8')))
      return { name, bytes: note.size + (data?.size ?? 0), atMs: note.mtimeMs, reason }
    } catch {
      return undefined
    }
  }

  #remove(name: string): void {
    for (const kind of ['data', 'json']) rmSync(this.#file(name, kind), { force: true })
  }

  #file(name: string, kind: string): string {
    return join(this.#dir, `${name}.${kind}`)
  }
}
