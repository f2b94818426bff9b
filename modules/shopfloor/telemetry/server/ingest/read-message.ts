import { isQualityCode, type QualityName, quality as qualityCodes, qualityStatus } from '#values/quality.ts'
import { type RefusalReason, telemetryLimits } from '../../contract.ts'
import { type IngestPoint, type SeriesState, seriesAt } from './series-state.ts'

/** Where the pieces of a message go. */
export interface PieceSink {
  number(state: SeriesState, atMs: number, value: number, quality: number, seq: number): void
  text(state: SeriesState, atMs: number, text: string, quality: number, seq: number): void
  /** `pieces` values were not stored; `message` is the position in the array. */
  refuse(reason: RefusalReason, pieces: number, message: number, point: string | null, piece: unknown): void
  outOfRange(): void
}

/** Decision 15: stamps before 2000 or more than five minutes ahead are refused. */
export const EARLIEST_MS = Date.UTC(2000, 0, 1)
export const AHEAD_MS = 5 * 60_000
const TEXT_LENGTH = 1_000
const DECIMAL = /^-?\d{1,39}$/
const INT32 = 0x8000_0000
const NO_SEQ = -1
const bad: QualityName = 'bad'

/**
 * A device's message as of decision 17: `{ ts, values, q?, seq? }` or an array of them. Each piece is judged by itself: a refused one never
 * stops the others. Unknown members are left alone, so that the format can grow. Samples before `goneMs` are refused: those of that time
 * are deleted.
 */
export function readMessage(
  payload: Buffer,
  points: ReadonlyMap<string, IngestPoint>,
  nowMs: number,
  sink: PieceSink,
  goneMs = EARLIEST_MS,
): void {
  const tooLarge = payload.length > telemetryLimits.messageBytes
  const text = payload.toString('utf8', 0, tooLarge ? TEXT_LENGTH : payload.length)
  let message: unknown
  try {
    message = tooLarge ? undefined : JSON.parse(text)
  } catch {
    message = undefined
  }
  if (message === undefined) sink.refuse(tooLarge ? 'tooLarge' : 'malformed', 1, 0, null, text)
  else readParsed(message, points, nowMs, sink, goneMs)
}

function readParsed(message: unknown, points: ReadonlyMap<string, IngestPoint>, nowMs: number, sink: PieceSink, goneMs: number): void {
  const limits = { goneMs, aheadMs: nowMs + AHEAD_MS }
  if (Array.isArray(message)) for (let i = 0; i < message.length; i++) readItem(message[i], i, points, limits, sink)
  else readItem(message, 0, points, limits, sink)
}

export interface Limits {
  goneMs: number
  aheadMs: number
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

interface Item {
  ts: number
  values: Record<string, unknown>
  q?: Record<string, unknown>
  seq?: number
}

const isItem = (item: unknown): item is Item =>
  isRecord(item) &&
  isRecord(item.values) &&
  Number.isSafeInteger(item.ts) &&
  (item.q === undefined || isRecord(item.q)) &&
  (item.seq === undefined || isSeq(item.seq))

export function readItem(item: unknown, index: number, points: ReadonlyMap<string, IngestPoint>, limits: Limits, sink: PieceSink): void {
  if (!isItem(item)) {
    sink.refuse('malformed', 1, index, null, item)
    return
  }
  const { ts: atMs, values, q, seq = NO_SEQ } = item
  if (atMs < EARLIEST_MS || atMs < limits.goneMs || atMs > limits.aheadMs) {
    const reason = atMs < EARLIEST_MS ? 'ancient' : atMs < limits.goneMs ? 'beyondRetention' : 'future'
    sink.refuse(reason, Math.max(1, Object.keys(values).length), index, null, item)
    return
  }
  for (const name in values) {
    const point = points.get(name)
    if (!point) {
      sink.refuse('unknownPoint', 1, index, name, values[name])
      continue
    }
    // An interval's value belongs to the time before its stamp.
    if (atMs === limits.goneMs && point.kind === 'interval') {
      sink.refuse('beyondRetention', 1, index, name, values[name])
      continue
    }
    const code = q === undefined || !Object.hasOwn(q, name) ? 0 : q[name]
    const refusal = isQualityCode(code) ? readValue(point, atMs, values[name], code, seq, sink) : 'badQuality'
    if (refusal) sink.refuse(refusal, 1, index, name, refusal === 'badQuality' ? { [name]: values[name], q: code } : values[name])
  }
}

const isSeq = (seq: unknown) => Number.isSafeInteger(seq) && (seq as number) >= 0

/** Stores the value, or names why it was not. */
function readValue(
  point: IngestPoint,
  atMs: number,
  value: unknown,
  code: number,
  seq: number,
  sink: PieceSink,
): RefusalReason | undefined {
  const state = seriesAt(point, atMs)
  if (!state) return 'noBinding'
  // A source that could not read the point says so: no value, bad quality.
  if (value === null && qualityStatus(code) === bad) {
    if (point.type === 'string') sink.text(state, atMs, '', code, seq)
    else sink.number(state, atMs, Number.NaN, code, seq)
    return undefined
  }
  if (point.type === 'string') {
    if (typeof value !== 'string') return 'wrongType'
    if (value.length > TEXT_LENGTH) return 'tooLarge'
    sink.text(state, atMs, value, code, seq)
    return undefined
  }
  if (
    point.type === 'integer' &&
    typeof value === 'string' &&
    DECIMAL.test(value) &&
    point.kind !== 'state' &&
    !Number.isSafeInteger(Number(value))
  ) {
    // Beyond 2^53 a double would change it: it is kept as the text it came in.
    sink.text(state, atMs, value, code, seq)
    return undefined
  }
  const number = numberOf(point, value)
  if (typeof number === 'string') return number
  let stored = code
  if (number < point.min || number > point.max) {
    sink.outOfRange()
    if (qualityStatus(code) === 'good') stored = qualityCodes.uncertainOutOfRange
  }
  sink.number(state, atMs, number, stored, seq)
  return undefined
}

function numberOf(point: IngestPoint, value: unknown): number | RefusalReason {
  if (point.type === 'boolean') return value === true || value === 1 ? 1 : value === false || value === 0 ? 0 : 'wrongType'
  const number = point.type === 'integer' && typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value
  if (typeof number !== 'number') return 'wrongType'
  // JSON has no infinity, but 1e999 reads as one.
  if (!Number.isFinite(number)) return 'notFinite'
  if (point.type === 'integer' || point.kind === 'state') {
    if (!Number.isInteger(number)) return 'wrongType'
    if (!Number.isSafeInteger(number)) return 'imprecise'
    if (point.kind === 'state' && (number < -INT32 || number >= INT32)) return 'wrongType'
  }
  return number
}
