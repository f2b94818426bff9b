import type { MapFile } from './map-file.ts'
import { type Problem, readRows } from './rows.ts'

const SHOWN_PROBLEMS = 10

export interface PointTotals {
  n: number
  /** Of numbers only. Summed without losing cents over many rows. */
  sum: number | null
  min: number | null
  max: number | null
}

/** What a file holds, read by its map. */
export interface FileTotals {
  rows: number
  fromMs: number
  untilMs: number
  /** Rows whose time is not later than that of the row before. */
  stepsBack: number
  points: Record<string, PointTotals>
  problems: number
  firstProblems: Problem[]
}

export async function checkFile(file: string, map: MapFile): Promise<FileTotals> {
  const totals: FileTotals = { rows: 0, fromMs: 0, untilMs: 0, stepsBack: 0, points: {}, problems: 0, firstProblems: [] }
  const sums = new Map<string, Sum>()
  let lastMs = Number.NEGATIVE_INFINITY
  for await (const read of readRows(file, map)) {
    totals.problems += read.problems.length
    totals.firstProblems.push(...read.problems.slice(0, SHOWN_PROBLEMS - totals.firstProblems.length))
    if (read.kind === 'noTime') continue
    const { ts, values } = read.row
    if (totals.rows++ === 0) totals.fromMs = ts
    totals.untilMs = ts
    if (ts <= lastMs) totals.stepsBack++
    lastMs = ts
    for (const [name, value] of Object.entries(values)) {
      totals.points[name] ??= { n: 0, sum: null, min: null, max: null }
      const point = totals.points[name]
      point.n++
      if (typeof value !== 'number') continue
      point.min = Math.min(point.min ?? value, value)
      point.max = Math.max(point.max ?? value, value)
      const sum = sums.get(name) ?? { sum: 0, lost: 0 }
      sums.set(name, added(sum, value))
    }
  }
  for (const [name, { sum, lost }] of sums) (totals.points[name] as PointTotals).sum = sum + lost
  return totals
}

interface Sum {
  sum: number
  /** What rounding has dropped so far (Neumaier). */
  lost: number
}

function added({ sum, lost }: Sum, value: number): Sum {
  const next = sum + value
  return { sum: next, lost: lost + (Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum) }
}

const reasons: Record<Problem['reason'], string> = {
  time: 'is no time of the given form',
  number: 'is no number',
  integer: 'is no whole number',
  boolean: 'is neither true nor false',
  quality: 'is no quality the map names',
}

export const problemText = ({ line, column, text, reason }: Problem): string =>
  `line ${line}, column “${column}”: “${text.slice(0, 60)}” ${reasons[reason]}`
