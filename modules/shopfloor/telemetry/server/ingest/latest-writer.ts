import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { Column } from '#kernel/clickhouse-native.ts'
import { readInt64, writeInt64 } from '../decimal.ts'
import { type SampleBatch, textColumns } from './sample-batch.ts'
import type { SeriesState } from './series-state.ts'

/**
 * Carries the newest durable sample of each series to the table `latest`, once a second whatever the rate. What a crash takes is written
 * again at the next start (recover.ts).
 */
export class LatestWriter {
  readonly #clickhouse: ClickHouse
  #waiting: SeriesState[] = []

  constructor(clickhouse: ClickHouse) {
    this.#clickhouse = clickhouse
  }

  /** Called with what has become durable. */
  take(batch: SampleBatch): void {
    for (let row = 0; row < batch.rows; row++) {
      const state = batch.states[row]!
      const { latest } = state
      const atMs = batch.tsMs[row]!
      if (atMs < latest.ms) continue
      latest.ms = atMs
      latest.mantissaLow = batch.mantissa[row * 2]!
      latest.mantissaHigh = batch.mantissa[row * 2 + 1]!
      latest.exponent = batch.exponent[row]!
      latest.quality = batch.quality[row]!
      latest.lagMs = readInt64(batch.lag, row)
      latest.seq = readInt64(batch.seq, row)
      if (!latest.waits) this.#wait(state)
    }
  }

  #wait(state: SeriesState): void {
    state.latest.waits = true
    this.#waiting.push(state)
  }

  async takeTexts({ texts }: SampleBatch): Promise<void> {
    if (texts.length > 0) await this.#clickhouse.insert('latest_text', textColumns(texts), texts.length)
  }

  async flush(): Promise<void> {
    const states = this.#waiting
    if (states.length === 0) return
    this.#waiting = []
    const columns = latestColumns(states)
    for (const state of states) state.latest.waits = false
    try {
      await this.#clickhouse.insert('latest', columns, states.length)
    } catch (error) {
      for (const state of states) if (!state.latest.waits) this.#wait(state)
      throw error
    }
  }
}

function latestColumns(states: readonly SeriesState[]): Column[] {
  const n = states.length
  const int64 = () => new BigInt64Array(n)
  const [ts, mantissa, lag, seq] = [int64(), int64(), int64(), int64()]
  const halves = (column: BigInt64Array) => new Int32Array(column.buffer)
  const [tsHalves, mantissaHalves, lagHalves, seqHalves] = [halves(ts), halves(mantissa), halves(lag), halves(seq)]
  for (let i = 0; i < n; i++) {
    const { latest } = states[i]!
    writeInt64(latest.ms, tsHalves, i)
    mantissaHalves[i * 2] = latest.mantissaLow
    mantissaHalves[i * 2 + 1] = latest.mantissaHigh
    writeInt64(latest.lagMs, lagHalves, i)
    writeInt64(latest.seq, seqHalves, i)
  }
  return [
    { name: 'org_no', type: 'UInt32', values: Uint32Array.from(states, (s) => s.orgNo) },
    { name: 'series', type: 'UInt32', values: Uint32Array.from(states, (s) => s.series) },
    { name: 'ts', type: "DateTime64(3, 'UTC')", values: ts },
    { name: 'mantissa', type: 'Int64', values: mantissa },
    { name: 'exponent', type: 'Int8', values: Int8Array.from(states, (s) => s.latest.exponent) },
    { name: 'quality', type: 'UInt8', values: Uint8Array.from(states, (s) => s.latest.quality) },
    { name: 'lag_ms', type: 'Int64', values: lag },
    { name: 'seq', type: 'Int64', values: seq },
  ]
}
