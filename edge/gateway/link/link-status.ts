import type { LinkStatus, UnitStatus, WireLink } from '#modules/shopfloor/gateways/contract.ts'
import type { UnitPlan } from './link-plan.ts'

const ADDRESSES_SHOWN = 500

export const linkStatus = (
  { id }: WireLink,
  state: Pick<LinkStatus, 'state' | 'reason' | 'details' | 'sinceMs' | 'cycle'>,
  units: readonly UnitPlan[],
): LinkStatus => ({ id, ...state, units: units.map(unitStatus) })

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
  return { device: code, state: breaker.state, reason, sinceMs, goodPoints, badPoints, badAddresses }
}
