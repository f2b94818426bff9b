import type { z } from 'zod'
import type { WireDevice, WireLink, WirePoint } from '#modules/shopfloor/gateways/contract.ts'
import type { QualityName } from '#values/quality.ts'
import type { Point, ReadRequest, Shown } from '../../drivers/driver.ts'
import type { Protocol } from '../../drivers/protocol.ts'
import type { Breaker } from '../rules/breaker-rules.ts'
import { type Heard, unheard } from '../rules/gap-rules.ts'
import type { Sent } from '../rules/report-rules.ts'
import type { LastRow, RowPlace } from '../rules/row-rules.ts'
import { makeScaling, type Scaling } from '../rules/scaling.ts'

export interface PlannedPoint {
  id: number
  name: string
  /** `"name":`, as it stands in a message. */
  key: string
  isBoolean: boolean
  /** Its value holds until it changes; not so of an interval. */
  holds: boolean
  scaling: Scaling
  deadband: number
  sent: Sent | undefined
  /** The last one with a stamp of its source. */
  sourced: Sent | undefined
  heard: Heard
  /** Of the last read; undefined before it. */
  quality: QualityName | undefined
  reason: string | undefined
  /** Of the newest reading that was not good. */
  shown: Shown | undefined
  /** Since when quality and reason are as they are. */
  sinceMs: number
}

/** Points of one unit that are read together. The request stays the same object: drivers keep their plan by it. */
export interface ScanGroup {
  unit: UnitPlan
  periodMs: number
  phaseMs: number
  request: ReadRequest
  points: PlannedPoint[]
  pointOf: ReadonlyMap<number, PlannedPoint>
  row: RowPlace | undefined
  lastRow: LastRow | undefined
  lastIndex: number | undefined
  lastStartMs: number
  /** Of the last scan that was read, for cycle times. */
  lastReadMs: number | undefined
  busy: boolean
  /** Of the last whole read. */
  cost: { requests: number | null; ms: number } | undefined
  /** Of the points that the device sends by itself, those that it does not and that are read; undefined: all are read. */
  reads: ReadRequest | undefined
  /** A subscribed group is read whole so that what holds is confirmed. */
  confirmedMs: number
  /** Why the device gave no history, as far as it was told. */
  historyRefused: Set<string>
}

export interface UnitPlan {
  code: string
  groups: ScanGroup[]
  /** One point of the fastest group: the cheapest question. */
  probe: ReadRequest
  /** Places that the protocol does not take. */
  wrong: PlannedPoint[]
  breaker: Breaker
  sinceMs: number
  /** Why it does not answer. */
  silence: { quality: QualityName; reason: string; shown?: Shown }
}

export interface LinkPlan {
  connection: Record<string, unknown>
  units: UnitPlan[]
}

/** A zod issue's message of a protocol is a code with words. */
const codeIn = (error: z.ZodError): string =>
  error.issues.map(({ message }) => message).find((m) => /^[a-z0-9]+\.\w+$/.test(m)) ?? 'gateways.settingsWrong'

/** Grid points read last, by device and period. A link that begins anew in the same interval does not read it twice: one stamp, one value. */
export type LastScans = Map<string, number>
const scanKey = (device: string, periodMs: number, phaseMs: number) => `${device} ${periodMs} ${phaseMs}`

export function rememberScans(scans: LastScans, { units }: LinkPlan): void {
  for (const { code, groups } of units) {
    for (const { periodMs, phaseMs, lastIndex } of groups)
      if (lastIndex !== undefined) scans.set(scanKey(code, periodMs, phaseMs), lastIndex)
  }
}

export function resumeScans(scans: LastScans, { units }: LinkPlan): void {
  for (const { code, groups } of units)
    for (const group of groups) group.lastIndex = scans.get(scanKey(code, group.periodMs, group.phaseMs))
}

export type Planned = { kind: 'plan'; plan: LinkPlan } | { kind: 'wrong'; reason: string }

/** From the configuration to what is read; `turn` (0…1) says when in the second this link begins its scans. */
export function planLink(link: WireLink, protocol: Protocol, phaseOf: (periodMs: number) => number, nowMs: number): Planned {
  const connection = protocol.connection.safeParse(link.connection)
  if (!connection.success) return { kind: 'wrong', reason: codeIn(connection.error) }
  let nextId = 0
  const units = link.devices
    .filter(({ enabled, points }) => enabled && points.length > 0)
    .map((device) => planUnit(device, protocol, phaseOf, nowMs, () => nextId++))
  return { kind: 'plan', plan: { connection: connection.data, units } }
}

function planUnit(
  device: WireDevice,
  protocol: Protocol,
  phaseOf: (periodMs: number) => number,
  nowMs: number,
  newId: () => number,
): UnitPlan {
  const unit = protocol.unit.safeParse(device.unit)
  const planned: UnitPlan = {
    code: device.code,
    groups: [],
    probe: { unit: unit.data, points: [] },
    wrong: [],
    breaker: { state: 'ok' },
    sinceMs: nowMs,
    silence: { quality: 'badNoCommunication', reason: 'gateways.unitOpen' },
  }
  const periods = Map.groupBy(device.points, ({ periodMs }) => periodMs)
  for (const [periodMs, points] of [...periods].sort(([a], [b]) => a - b)) {
    const places: Point[] = []
    const good: PlannedPoint[] = []
    for (const point of points) {
      const place = protocol.place.safeParse(point.place)
      const made = planPoint(point, newId())
      if (place.success && unit.success) {
        places.push({ id: made.id, place: place.data })
        good.push(made)
      } else planned.wrong.push(wrong(made, codeIn((unit.success ? place.error : unit.error) as z.ZodError), nowMs))
    }
    if (good.length === 0) continue
    const row = planRow(device, protocol, places, newId)
    const pointOf = new Map(good.map((point) => [point.id, point]))
    const shared = {
      unit: planned,
      pointOf,
      periodMs,
      phaseMs: phaseOf(periodMs),
      request: { unit: unit.data, points: places },
      points: good,
    }
    planned.groups.push({
      ...shared,
      row,
      lastRow: undefined,
      lastIndex: undefined,
      lastStartMs: 0,
      lastReadMs: undefined,
      busy: false,
      cost: undefined,
      reads: undefined,
      confirmedMs: 0,
      historyRefused: new Set(),
    })
  }
  planned.probe.points = planned.groups[0]?.request.points.slice(0, 1) ?? []
  return planned
}

function planRow({ sourceTime, sequence }: WireDevice, protocol: Protocol, places: Point[], newId: () => number): RowPlace | undefined {
  if (!sourceTime && !sequence) return undefined
  const add = (settings: unknown): number => {
    const place = protocol.place.safeParse(settings)
    const id = newId()
    if (place.success) places.push({ id, place: place.data })
    return id
  }
  return {
    time: sourceTime ? { point: add(sourceTime.place), unitMs: sourceTime.format === 'epochS' ? 1_000 : 1 } : undefined,
    sequence: sequence ? add(sequence.place) : undefined,
  }
}

const planPoint = ({ name, valueType, kind, scale, offset, deadband }: WirePoint, id: number): PlannedPoint => ({
  id,
  name,
  key: `${JSON.stringify(name)}:`,
  isBoolean: valueType === 'boolean',
  holds: kind !== 'interval',
  scaling: makeScaling(scale, offset),
  deadband,
  sent: undefined,
  sourced: undefined,
  heard: unheard(),
  quality: undefined,
  reason: undefined,
  shown: undefined,
  sinceMs: 0,
})

const wrong = (point: PlannedPoint, reason: string, sinceMs: number): PlannedPoint => ({
  ...point,
  quality: 'badConfiguration',
  reason,
  sinceMs,
})
