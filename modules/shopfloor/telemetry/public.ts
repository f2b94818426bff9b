import type { BusSubscription } from '#kernel/bus.ts'

/** Numbers as they became durable, column by column; `rows` of each. Texts are not among them. */
export interface StoredValues {
  rows: number
  orgNo: Uint32Array
  series: Uint32Array
  atMs: Float64Array
  receivedMs: Float64Array
  /** NaN: it could not be read. */
  value: Float64Array
  quality: Uint8Array
}

export interface StoredMessage {
  /** The ingest process that tells it, one name for each of its lives. */
  process: string
  /** Counts this process's messages without a gap: a missing one was lost on the way. */
  number: number
  /** Whatever this process received up to then is durable and was told by this message or one before. */
  coveredMs: number
  values: StoredValues
}

export interface TelemetryPublic {
  /**
   * What became durable, as soon as it did, for as long as somebody listens: best effort, each process's in its order, at least one message
   * in two seconds. Numbers tell what was missed; it is read again by `storedBetween`.
   */
  watchStored(take: (message: StoredMessage) => void): BusSubscription
  /** Values of these series received in [fromMs, untilMs) by the order of their receipt; those more than a day late are left out. */
  storedBetween(series: readonly number[], fromMs: number, untilMs: number): Promise<StoredValues>
  /** The newest value of each series among those received before, and the newest that is not bad, as far as they can be told. */
  lastStored(series: readonly number[], beforeMs: number): Promise<{ any: StoredValues; good: StoredValues }>
}
