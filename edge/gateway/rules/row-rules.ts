import type { Sample } from '../../drivers/driver.ts'

/** How a data logger's own stamp and number are read within a scan group. */
export interface RowPlace {
  /** Point number of the stamp; undefined where rows take the scan grid's. */
  time: { point: number; unitMs: 1 | 1_000 } | undefined
  sequence: number | undefined
}

export interface LastRow {
  tsMs: number
  sequence: number | undefined
}

/** A row as its source stamps it; `missed`: rows between it and the last one. `same`: it was sent already. `none`: it cannot be trusted as one. */
export type Row = { kind: 'row'; tsMs: number; sequence: number | undefined; missed: number } | { kind: 'same' } | { kind: 'none' }

export function readRow(place: RowPlace, samples: readonly Sample[], gridMs: number, last: LastRow | undefined): Row {
  if (samples.some(({ quality }) => !quality.startsWith('good'))) return { kind: 'none' }
  const { time, sequence: sequencePoint } = place
  const stamp = time === undefined ? undefined : wholeOf(samples, time.point)
  const sequence = sequencePoint === undefined ? undefined : wholeOf(samples, sequencePoint)
  if ((time && stamp === undefined) || (sequencePoint !== undefined && sequence === undefined)) return { kind: 'none' }
  const tsMs = time && stamp !== undefined ? stamp * time.unitMs : gridMs
  if (last && (sequence === undefined ? tsMs === last.tsMs : sequence === last.sequence)) return { kind: 'same' }
  // A number that went back is a logger that began anew: nothing is known to be missing.
  const missed = last?.sequence === undefined || sequence === undefined ? 0 : Math.max(0, sequence - last.sequence - 1)
  return { kind: 'row', tsMs, sequence, missed }
}

function wholeOf(samples: readonly Sample[], point: number): number | undefined {
  const value = samples.find((sample) => sample.point === point)?.value
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined
  const number = Number(value)
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined
}
