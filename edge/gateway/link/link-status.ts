import { type LinkStatus, type PointFault, type UnitStatus, type WireLink, wireLimits } from '#modules/shopfloor/gateways/contract.ts'
import type { Shown } from '../../drivers/driver.ts'
import type { Traffic, WireFrame } from '../../wire/traffic.ts'
import type { PlannedPoint, UnitPlan } from './link-plan.ts'

type PointShown = NonNullable<PointFault['shown']>

/** Faults that a report still has room for: a plant that is wrong in every point must not make it too long to be sent. */
export interface FaultRoom {
  left: number
  /** For frames: many points may have failed by the same ones, which are told with each. */
  frames: number
}

export const faultRoom = (faults: number = wireLimits.faultsTold): FaultRoom => ({ left: faults, frames: wireLimits.framesTold })

export const linkStatus = (
  { id }: WireLink,
  state: Pick<LinkStatus, 'state' | 'reason' | 'details' | 'sinceMs' | 'cycle'>,
  traffic: Traffic | undefined,
  units: readonly UnitPlan[],
  room: FaultRoom,
): LinkStatus => ({
  id,
  ...state,
  ...(traffic && { traffic: { requests: traffic.requests, unanswered: traffic.unanswered, roundTrip: traffic.roundTrip() } }),
  units: units.map((unit) => unitStatus(unit, state.state === 'connected', room)),
})

function unitStatus({ code, groups, wrong, breaker, sinceMs, silence }: UnitPlan, isConnected: boolean, room: FaultRoom): UnitStatus {
  let goodPoints = 0
  let badPoints = 0
  const badAddresses: PointFault[] = []
  const points = groups.flatMap((group) => group.points)
  for (const { quality } of [...points, ...wrong]) {
    if (quality?.startsWith('bad')) badPoints++
    else if (quality !== undefined) goodPoints++
  }
  // Of a unit that is not asked, or whose link is away, the state of unit or link says it all.
  const isAsked = isConnected && (breaker.state === 'ok' || breaker.state === 'failing')
  for (const point of isAsked ? [...wrong, ...points] : wrong) {
    const fault = faultOf(point, room)
    if (!fault || badAddresses.length >= wireLimits.faultsOfUnit || room.left === 0) continue
    badAddresses.push(fault)
    room.left--
  }
  const reason = breaker.state === 'ok' ? null : silence.reason
  const reads = groups
    .slice(0, wireLimits.readsShown)
    .flatMap(({ periodMs, points, cost }) =>
      cost ? [{ periodMs, points: points.length, requests: cost.requests, ms: Math.round(cost.ms) }] : [],
    )
  const shown = breaker.state === 'ok' ? {} : toldOf(silence.shown, room)
  return { device: code, state: breaker.state, reason, ...shown, sinceMs, goodPoints, badPoints, badAddresses, reads }
}

function faultOf({ name, quality, reason, shown, sinceMs }: PlannedPoint, room: FaultRoom): PointFault | undefined {
  if (quality === undefined || quality.startsWith('good')) return undefined
  return { name, reason: reason ?? 'gateways.noReason', quality, ...toldOf(shown, room), sinceMs: Math.round(sinceMs) }
}

/** The number always, the frames while the report has room for them. */
function toldOf(shown: Shown | undefined, room: FaultRoom): { shown?: PointShown } {
  if (!shown) return {}
  const frames = shown.frames.length <= room.frames ? shown.frames : []
  room.frames -= frames.length
  return { shown: { ...(shown.code && { code: shown.code }), frames: frames.map(tracedFrame) } }
}

export const tracedFrame = ({ atMs, way, head, size }: WireFrame): PointShown['frames'][number] => ({
  atMs,
  way,
  hex: head.toString('hex'),
  size,
})
