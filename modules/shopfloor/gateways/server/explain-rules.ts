import type { QualityName } from '#values/quality.ts'
import type { GatewayState } from '../configuration-contract.ts'
import { type LinkStatus, type PointFault, type UnitStatus, type WireStatus, wireLimits } from '../contract.ts'
import type { PointCause } from '../explanation-contract.ts'
import type { PointShown } from '../frames-contract.ts'

export interface ReadPoint {
  deviceActive: boolean
  enabled: boolean
  inTable: boolean
  filledIn: boolean
  gateway: { state: GatewayState; lastSeenMs: number | null; revision: number; status: WireStatus | null }
  link: string
  device: string
  point: string
}

export interface Cause {
  cause: PointCause
  reason: string | null
  details?: LinkStatus['details']
  shown?: PointShown
  quality: QualityName | null
  /** By the platform's clock. */
  sinceMs: number | null
}

const because = (cause: PointCause, sinceMs: number | null = null): Cause => ({ cause, reason: null, quality: null, sinceMs })

/** The first thing in a value's way, from the platform to the point. Nothing is guessed: what nobody said is `untold`. */
export function explainPoint({ deviceActive, enabled, inTable, filledIn, gateway, link, device, point }: ReadPoint): Cause {
  const { status } = gateway
  if (!deviceActive) return because('deviceInactive')
  if (!enabled) return because('switchedOff')
  if (!inTable) return because('notInTable')
  if (!filledIn) return because('notFilledIn')
  if (gateway.state === 'never' || !status) return because('gatewayNever')
  if (gateway.state === 'offline') return because('gatewaySilent', gateway.lastSeenMs)
  const reported = status.links.find(({ id }) => id === link)
  const unit = reported?.units.find((one) => one.device === device)
  const ours = (gatewayMs: number) => gatewayMs - (status.clockSkewMs ?? 0)
  const fault = unit?.badAddresses.find(({ name }) => name === point)
  // A place that is wrong stays wrong whatever its unit or link does.
  if (fault && (unit?.state === 'ok' || fault.quality === 'badConfiguration')) return faultCause(fault, ours)
  if (reported && (reported.state === 'failed' || reported.state === 'connecting')) return linkCause(reported, ours)
  if (status.revision !== gateway.revision) return because('notApplied')
  if (!unit) return because('untold')
  if (unit.state !== 'ok') return { ...because('unit', ours(unit.sinceMs)), reason: unit.reason, ...shownBy(unit, ours) }
  return because(tellsAll(status, unit) ? 'read' : 'untold')
}

/** Its moments by the platform's clock. */
const shownBy = ({ shown }: { shown?: PointShown | undefined }, ours: (ms: number) => number): { shown?: PointShown } =>
  shown ? { shown: { ...shown, frames: shown.frames.map((frame) => ({ ...frame, atMs: Math.round(ours(frame.atMs)) })) } } : {}

const faultCause = ({ reason, quality, sinceMs, shown }: PointFault, ours: (ms: number) => number): Cause => ({
  cause: 'point',
  reason,
  quality: quality ?? null,
  sinceMs: sinceMs === undefined ? null : ours(sinceMs),
  ...shownBy({ shown }, ours),
})

const linkCause = ({ reason, details, sinceMs }: LinkStatus, ours: (ms: number) => number): Cause => ({
  ...because('link', ours(sinceMs)),
  reason,
  ...(details && { details }),
})

/** Is a point that is not among the faults read well? A list that is full, or an older gateway's, leaves that open. */
function tellsAll(status: WireStatus, unit: UnitStatus): boolean {
  const { badAddresses, badPoints } = unit
  if (badAddresses.some(({ quality }) => quality === undefined)) return false
  const told = status.links.flatMap(({ units }) => units).reduce((sum, { badAddresses: faults }) => sum + faults.length, 0)
  if (badAddresses.length >= wireLimits.faultsOfUnit || told >= wireLimits.faultsTold) return false
  return badAddresses.filter(({ quality }) => quality?.startsWith('bad')).length >= badPoints
}
