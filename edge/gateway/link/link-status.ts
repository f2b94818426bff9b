import { type LinkStatus, type UnitStatus, type WireLink, wireLimits } from '#modules/shopfloor/gateways/contract.ts'
import type { Traffic } from '../../wire/traffic.ts'
import type { UnitPlan } from './link-plan.ts'

const ADDRESSES_SHOWN = 500

export const linkStatus = (
  { id }: WireLink,
  state: Pick<LinkStatus, 'state' | 'reason' | 'details' | 'sinceMs' | 'cycle'>,
  traffic: Traffic | undefined,
  units: readonly UnitPlan[],
): LinkStatus => ({
  id,
  ...state,
  ...(traffic && { traffic: { requests: traffic.requests, unanswered: traffic.unanswered, roundTrip: traffic.roundTrip() } }),
  units: units.map(unitStatus),
})

function unitStatus({ code, groups, wrong, breaker, sinceMs, silence }: UnitPlan): UnitStatus {
  let goodPoints = 0
  let badPoints = 0
  const badAddresses: UnitStatus['badAddresses'] = []
  for (const point of [...groups.flatMap(({ points }) => points), ...wrong]) {
    if (point.quality === undefined) continue
    if (!point.quality.startsWith('bad')) {
      goodPoints++
      continue
    }
    badPoints++
    const its = point.quality === 'badIllegalAddress' || point.quality === 'badConfiguration'
    if (its && badAddresses.length < ADDRESSES_SHOWN)
      badAddresses.push({ name: point.name, reason: point.reason ?? 'gateways.settingsWrong' })
  }
  const reason = breaker.state === 'ok' ? null : silence.reason
  const reads = groups
    .slice(0, wireLimits.readsShown)
    .flatMap(({ periodMs, points, cost }) =>
      cost ? [{ periodMs, points: points.length, requests: cost.requests, ms: Math.round(cost.ms) }] : [],
    )
  return { device: code, state: breaker.state, reason, sinceMs, goodPoints, badPoints, badAddresses, reads }
}
