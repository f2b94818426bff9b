import type { SeriesKind } from '../../contract.ts'
import type { PointType } from './device-directory.ts'

/** As in the column `kind` of ClickHouse. */
export const kindCode: Record<SeriesKind, number> = { instant: 0, counter: 1, interval: 2, state: 3 }

const LARGEST_SHARED_EXPONENT = 6

/** What the ingest remembers of a series between two messages. */
export class SeriesState {
  readonly orgNo: number
  readonly series: number
  readonly kind: number
  /** Newest source time taken in; -1: none since this process started. */
  newestMs = -1
  /** Exponent that the series' decimals share. */
  exponent = 0
  /** Newest durable sample that `latest` does not have yet. */
  readonly latest = { waits: false, ms: -1, mantissaLow: 0, mantissaHigh: 0, exponent: 0, quality: 0, lagMs: 0, seq: -1 }

  constructor(orgNo: number, series: number, kind: number) {
    this.orgNo = orgNo
    this.series = series
    this.kind = kind
  }

  shareExponent(exponent: number): void {
    if (exponent >= 0 && exponent <= LARGEST_SHARED_EXPONENT) this.exponent = exponent
  }
}

/** Where the values of a point went at a time. */
export interface BoundSeries {
  fromMs: number
  untilMs: number
  state: SeriesState
}

export interface IngestPoint {
  name: string
  type: PointType
  kind: SeriesKind
  min: number
  max: number
  bindings: BoundSeries[]
}

export function seriesAt(point: IngestPoint, ms: number): SeriesState | undefined {
  for (let i = point.bindings.length - 1; i >= 0; i--) {
    const binding = point.bindings[i]!
    if (ms >= binding.fromMs && ms < binding.untilMs) return binding.state
  }
  return undefined
}
