import { type QualityName, quality } from '#values/quality.ts'
import type { HistoryPage, Sample, Shown } from '../../drivers/driver.ts'
import { hear } from '../rules/gap-rules.ts'
import { type Sent, type WireValue, worthSending } from '../rules/report-rules.ts'
import { readRow } from '../rules/row-rules.ts'
import { scaled } from '../rules/scaling.ts'
import { stampsOf } from '../rules/stamp-rules.ts'
import type { BatchBuilder } from '../uplink/batch-builder.ts'
import type { PlannedPoint, ScanGroup } from './link-plan.ts'

/** Where samples go. */
export interface Sink {
  batches: BatchBuilder
  /** What comes late and leaves behind all else. */
  history: BatchBuilder
  heartbeatMs: number
  /** Rows between two that were read, by a logger's own count. */
  rowsMissed(device: string, missed: number): void
  read(samples: number): void
}

/** A message's part: the values of one device at one instant. */
class ItemText {
  values = ''
  codes = ''
  samples = 0

  add({ key }: PlannedPoint, value: WireValue, code: number): void {
    const text = typeof value === 'number' ? String(value) : JSON.stringify(value)
    this.values += this.samples === 0 ? key + text : `,${key}${text}`
    if (code !== quality.good) this.codes += this.codes === '' ? key + code : `,${key}${code}`
    this.samples++
  }
}

/** What one scan read, as far as it is worth sending. */
export function reportScan(group: ScanGroup, samples: readonly Sample[], gridMs: number, sink: Sink): void {
  sink.read(group.points.length)
  const byPoint = new Map<number, Sample>()
  for (const sample of samples) byPoint.set(sample.point, sample)
  if (group.row) reportRow(group, samples, byPoint, gridMs, sink)
  else reportPoints(group, byPoint, gridMs, sink)
}

function reportPoints(group: ScanGroup, byPoint: ReadonlyMap<number, Sample>, gridMs: number, sink: Sink): void {
  const items = new Map<number, ItemText>()
  for (const point of group.points) reportPoint(group, point, byPoint.get(point.id), gridMs, items, sink)
  send(group, items, sink)
}

/** What the device sent by itself, or what was read of some points of a group: nothing is said of the others. */
export function reportSamples(group: ScanGroup, samples: readonly Sample[], sink: Sink, gridMs?: number): void {
  sink.read(samples.length)
  const items = new Map<number, ItemText>()
  for (const sample of samples) {
    const point = group.pointOf.get(sample.point)
    if (point) reportPoint(group, point, sample, gridMs ?? sample.receivedMs, items, sink)
  }
  send(group, items, sink)
}

function reportPoint(
  group: ScanGroup,
  point: PlannedPoint,
  sample: Sample | undefined,
  readMs: number,
  items: Map<number, ItemText>,
  sink: Sink,
): void {
  const next = engineering(point, sample, sample?.sourceMs ?? readMs)
  const emit = (value: Sent) => {
    point.sent = value
    put(group, items, point, value, sink)
  }
  if (sample?.sourceMs === undefined) {
    if (worthSending(point.sent, next, point.deadband, sink.heartbeatMs)) emit(next)
    return
  }
  hear(point.heard, sample.sourceMs, sample.quality === 'good' && sample.reason !== undefined)
  for (const tsMs of stampsOf(point, next, readMs, sink.heartbeatMs)) {
    const isChange = tsMs === next.tsMs
    if (isChange && point.deadband > 0 && !worthSending(point.sent, next, point.deadband, sink.heartbeatMs)) continue
    emit({ ...next, tsMs })
  }
  point.sourced = next
}

/** What the device kept while nobody listened, at the times that it stood there; how a point stands now it does not change. */
export function reportHistory(group: ScanGroup, samples: HistoryPage['samples'], sink: Sink): void {
  sink.read(samples.length)
  const items = new Map<number, ItemText>()
  const sent = new Map<number, Sent>()
  for (const sample of samples) {
    const point = group.pointOf.get(sample.point)
    if (!point) continue
    const next = engineering({ ...point }, sample, sample.sourceMs)
    if (point.deadband > 0 && !worthSending(sent.get(point.id), next, point.deadband, sink.heartbeatMs)) continue
    sent.set(point.id, next)
    put(group, items, point, next, { batches: sink.history })
  }
  send(group, items, { batches: sink.history })
}

function reportRow(group: ScanGroup, samples: readonly Sample[], byPoint: ReadonlyMap<number, Sample>, gridMs: number, sink: Sink): void {
  const whole = samples.length === group.request.points.length ? samples : []
  const row = whole.length === 0 || !group.row ? ({ kind: 'none' } as const) : readRow(group.row, samples, gridMs, group.lastRow)
  if (row.kind === 'same') return
  const items = new Map<number, ItemText>()
  const tsMs = row.kind === 'row' ? row.tsMs : gridMs
  const sequence = row.kind === 'row' ? row.sequence : undefined
  for (const point of group.points) {
    const next = engineering(point, byPoint.get(point.id), tsMs)
    // What can be read of a row that is none would stand at a time that is not its own.
    if (row.kind === 'none' && (next.value !== null || !worthSending(point.sent, next, point.deadband, sink.heartbeatMs))) continue
    point.sent = next
    put(group, items, point, next, sink, sequence)
  }
  if (row.kind === 'row') {
    if (row.missed > 0) sink.rowsMissed(group.unit.code, row.missed)
    group.lastRow = row
  }
  send(group, items, sink, sequence)
}

/** Nothing was asked of these points: their unit rests, their link is gone, or their settings are wrong. */
export function reportSilence(
  code: string,
  points: readonly PlannedPoint[],
  silence: { quality: QualityName; reason: string },
  gridMs: number,
  sink: Sink,
): void {
  let item = new ItemText()
  for (const point of points) {
    judge(point, silence.quality, silence.reason, undefined, gridMs)
    const next = { value: null, code: quality[silence.quality], tsMs: gridMs }
    if (!worthSending(point.sent, next, 0, sink.heartbeatMs)) continue
    point.sent = next
    item.add(point, null, next.code)
    if (item.values.length < ITEM_CHARACTERS) continue
    sink.batches.add(code, gridMs, item, undefined)
    item = new ItemText()
  }
  if (item.samples > 0) sink.batches.add(code, gridMs, item, undefined)
}

/** How the point was read last, what showed it, and since when it is read so. */
function judge(point: PlannedPoint, judged: QualityName, reason: string | undefined, shown: Shown | undefined, atMs: number): void {
  point.shown = shown
  if (point.quality === judged && point.reason === reason) return
  point.quality = judged
  point.reason = reason
  point.sinceMs = atMs
}

/** Scaled, with its quality; the point remembers how it was read. */
function engineering(point: PlannedPoint, sample: Sample | undefined, tsMs: number): Sent {
  const atMs = sample?.receivedMs ?? tsMs
  if (sample === undefined || sample.value === null) {
    const said = sample?.quality ?? 'bad'
    judge(point, said, sample ? sample.reason : 'gateways.notReturned', sample?.shown, atMs)
    const bad = said.startsWith('bad') ? said : 'bad'
    return { value: null, code: quality[bad as QualityName], tsMs }
  }
  const value = point.isBoolean && typeof sample.value === 'number' ? sample.value !== 0 : scaled(sample.value, point.scaling)
  if (typeof value === 'number' && !Number.isFinite(value)) {
    judge(point, 'badSensorFailure', 'gateways.notFinite', sample.shown, atMs)
    return { value: null, code: quality.badSensorFailure, tsMs }
  }
  judge(point, sample.quality, sample.reason, sample.shown, atMs)
  return { value, code: quality[sample.quality], tsMs }
}

/** One item must fit a message, texts of a thousand characters each included. */
const ITEM_CHARACTERS = 60_000

function put(
  group: ScanGroup,
  items: Map<number, ItemText>,
  point: PlannedPoint,
  next: Sent,
  { batches }: Pick<Sink, 'batches'>,
  sequence?: number,
): void {
  const item = items.get(next.tsMs) ?? new ItemText()
  item.add(point, next.value, next.code)
  if (item.values.length < ITEM_CHARACTERS) items.set(next.tsMs, item)
  else {
    batches.add(group.unit.code, next.tsMs, item, sequence)
    items.delete(next.tsMs)
  }
}

function send({ unit }: ScanGroup, items: ReadonlyMap<number, ItemText>, { batches }: Pick<Sink, 'batches'>, sequence?: number): void {
  for (const [tsMs, item] of items) batches.add(unit.code, tsMs, item, sequence)
}
