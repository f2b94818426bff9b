import type { Column } from '#kernel/clickhouse-native.ts'
import type { OrgId } from '#values/ids.ts'
import { readDecimal, writeDecimal, writeInt64 } from '../decimal.ts'
import type { SeriesState } from './series-state.ts'

/** Whose values they are, for the counters. */
export interface Source {
  readonly orgId: OrgId
  readonly code: string
}

const FIRST_CAPACITY = 8_192

/** Rows on their way to `sample` and `sample_text`, column by column; no object is made for a number. */
export class SampleBatch {
  rows = 0
  #capacity = 0
  states: SeriesState[] = []
  sources: Source[] = []
  orgNo = new Uint32Array(0)
  series = new Uint32Array(0)
  tsMs = new Float64Array(0)
  ts = new Int32Array(0)
  mantissa = new Int32Array(0)
  exponent = new Int8Array(0)
  quality = new Uint8Array(0)
  lag = new Int32Array(0)
  seq = new Int32Array(0)
  kind = new Uint8Array(0)
  readonly texts: TextRow[] = []
  /** Rows that are no newer than what was seen before: duplicates, or out of order. */
  readonly doubtful: number[] = []
  /** First rows of their series since this process started: perhaps duplicates. */
  readonly unknown: number[] = []
  readonly waiting: ((error?: Error) => void)[] = []
  readonly live: { topic: string; payload: string }[] = []

  get size(): number {
    return this.rows + this.texts.length
  }

  addNumber(state: SeriesState, source: Source, atMs: number, value: number, quality: number, receivedMs: number, seq: number): void {
    const row = this.rows
    if (row === this.#capacity) this.#grow()
    this.states[row] = state
    this.sources[row] = source
    this.orgNo[row] = state.orgNo
    this.series[row] = state.series
    this.tsMs[row] = atMs
    writeInt64(atMs, this.ts, row)
    const exponent = writeDecimal(value, state.exponent, this.mantissa, row)
    state.shareExponent(exponent)
    this.exponent[row] = exponent
    this.quality[row] = quality
    writeInt64(receivedMs - atMs, this.lag, row)
    writeInt64(seq, this.seq, row)
    this.kind[row] = state.kind
    this.rows = row + 1
    if (atMs > state.newestMs) {
      if (state.newestMs < 0) this.unknown.push(row)
      state.newestMs = atMs
    } else this.doubtful.push(row)
  }

  addText(state: SeriesState, atMs: number, text: string, quality: number, receivedMs: number, seq: number): void {
    this.texts.push({ state, atMs, text, quality, lagMs: receivedMs - atMs, seq })
  }

  valueAt(row: number): number {
    return readDecimal(this.mantissa, this.exponent[row]!, row)
  }

  /** Columns of the table `sample`, views of these arrays: the encoder copies them as they are. */
  columns(): Column[] {
    const { rows } = this
    const int64 = (halves: Int32Array) => new BigInt64Array(halves.buffer, 0, rows)
    return [
      { name: 'org_no', type: 'UInt32', values: this.orgNo.subarray(0, rows) },
      { name: 'series', type: 'UInt32', values: this.series.subarray(0, rows) },
      { name: 'ts', type: "DateTime64(3, 'UTC')", values: int64(this.ts) },
      { name: 'mantissa', type: 'Int64', values: int64(this.mantissa) },
      { name: 'exponent', type: 'Int8', values: this.exponent.subarray(0, rows) },
      { name: 'quality', type: 'UInt8', values: this.quality.subarray(0, rows) },
      { name: 'lag_ms', type: 'Int64', values: int64(this.lag) },
      { name: 'seq', type: 'Int64', values: int64(this.seq) },
      { name: 'kind', type: 'UInt8', values: this.kind.subarray(0, rows) },
    ]
  }

  clear(): void {
    this.rows = 0
    this.states.length = 0
    this.sources.length = 0
    this.texts.length = 0
    this.doubtful.length = 0
    this.unknown.length = 0
    this.waiting.length = 0
    this.live.length = 0
  }

  #grow(): void {
    const capacity = Math.max(FIRST_CAPACITY, this.#capacity * 2)
    const grown = <A extends Int32Array | Uint32Array | Float64Array | Int8Array | Uint8Array>(to: A, from: A): A => {
      to.set(from)
      return to
    }
    this.orgNo = grown(new Uint32Array(capacity), this.orgNo)
    this.series = grown(new Uint32Array(capacity), this.series)
    this.tsMs = grown(new Float64Array(capacity), this.tsMs)
    this.ts = grown(new Int32Array(capacity * 2), this.ts)
    this.mantissa = grown(new Int32Array(capacity * 2), this.mantissa)
    this.exponent = grown(new Int8Array(capacity), this.exponent)
    this.quality = grown(new Uint8Array(capacity), this.quality)
    this.lag = grown(new Int32Array(capacity * 2), this.lag)
    this.seq = grown(new Int32Array(capacity * 2), this.seq)
    this.kind = grown(new Uint8Array(capacity), this.kind)
    this.#capacity = capacity
  }
}

export interface TextRow {
  state: SeriesState
  atMs: number
  text: string
  quality: number
  lagMs: number
  seq: number
}

export const textColumns = (rows: readonly TextRow[]): Column[] => [
  { name: 'org_no', type: 'UInt32', values: rows.map((r) => r.state.orgNo) },
  { name: 'series', type: 'UInt32', values: rows.map((r) => r.state.series) },
  { name: 'ts', type: "DateTime64(3, 'UTC')", values: rows.map((r) => r.atMs) },
  { name: 'text', type: 'String', values: rows.map((r) => r.text) },
  { name: 'quality', type: 'UInt8', values: rows.map((r) => r.quality) },
  { name: 'lag_ms', type: 'Int64', values: rows.map((r) => r.lagMs) },
  { name: 'seq', type: 'Int64', values: rows.map((r) => r.seq) },
]
