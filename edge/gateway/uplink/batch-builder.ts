/** The values of one device at one instant, as they stand in the message. */
interface ItemPart {
  values: string
  codes: string
  samples: number
}

export interface BuiltBatch {
  items: Buffer
  samples: number
  oldestMs: number
}

/** Of the 256 kB of a message; the rest is room for the envelope. */
const FULL_BYTES = 240 * 1024
const OLDEST_AGE_MS = 250

/** Gathers items into batches: handed over when they are large, or a quarter of a second old. */
export class BatchBuilder {
  readonly #take: (batch: BuiltBatch) => void
  #text = ''
  #bytes = 0
  #samples = 0
  #oldestMs = Number.POSITIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  constructor(take: (batch: BuiltBatch) => void) {
    this.#take = take
  }

  add(device: string, tsMs: number, { values, codes, samples }: ItemPart, sequence: number | undefined): void {
    const q = codes === '' ? '' : `,"q":{${codes}}`
    const seq = sequence === undefined ? '' : `,"seq":${sequence}`
    const item = `{"device":${JSON.stringify(device)},"ts":${tsMs},"values":{${values}}${q}${seq}}`
    const bytes = Buffer.byteLength(item) + 1
    if (this.#bytes + bytes > FULL_BYTES) this.flush()
    this.#bytes += bytes
    this.#text += this.#text === '' ? item : `,${item}`
    this.#samples += samples
    this.#oldestMs = Math.min(this.#oldestMs, tsMs)
    this.#timer ??= setTimeout(() => this.flush(), OLDEST_AGE_MS)
  }

  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#text === '') return
    const batch = { items: Buffer.from(this.#text), samples: this.#samples, oldestMs: this.#oldestMs }
    this.#text = ''
    this.#bytes = 0
    this.#samples = 0
    this.#oldestMs = Number.POSITIVE_INFINITY
    this.#take(batch)
  }
}
