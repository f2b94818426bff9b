import type { StoredMessage } from '#modules/shopfloor/telemetry/public.ts'

/** A process that has told nothing for so long is gone; it tells something every second. */
const SILENT_MS = 8_000

interface Source {
  next: number
  coveredMs: number
  heardMs: number
}

/**
 * What the evaluation knows of the processes that take values in: what of each it has heard without a gap. It never takes for heard what it
 * may have missed: a lost message, a process that died between storing and telling.
 */
export class Sources {
  readonly #sources = new Map<string, Source>()
  #coveredMs: number | null

  constructor(coveredMs: number | null) {
    this.#coveredMs = coveredMs
  }

  /** Whether something was missed before this message. */
  heard({ process, number, coveredMs }: StoredMessage, nowMs: number): 'inOrder' | 'missed' {
    const known = this.#sources.get(process)
    if (!known) {
      // What it, or the one before it, had stored until now was not heard: the store tells.
      this.#sources.set(process, { next: number + 1, coveredMs: this.#coveredMs ?? 0, heardMs: nowMs })
      return 'missed'
    }
    const inOrder = number === known.next
    known.next = number + 1
    known.heardMs = nowMs
    if (inOrder && coveredMs > known.coveredMs) known.coveredMs = coveredMs
    return inOrder ? 'inOrder' : 'missed'
  }

  /** Whether a process has gone without another telling what it stored last. */
  lost(nowMs: number): boolean {
    return [...this.#sources.values()].some((source) => nowMs - source.heardMs > SILENT_MS)
  }

  /** Whether anybody takes values in, so that silence is the device's. */
  get hears(): boolean {
    return this.#sources.size > 0
  }

  /** All received by then is evaluated; null: nobody can say. */
  get coveredMs(): number | null {
    const covered = [...this.#sources.values()].map((source) => source.coveredMs)
    return covered.length === 0 ? this.#coveredMs : Math.max(this.#coveredMs ?? 0, Math.min(...covered)) || null
  }

  /** What was durable has been read from the store: whoever is silent has told all that it ever stored. */
  caughtUp(nowMs: number): void {
    this.#coveredMs = this.coveredMs
    for (const [process, source] of this.#sources) if (nowMs - source.heardMs > SILENT_MS) this.#sources.delete(process)
  }
}
