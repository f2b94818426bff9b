import type { OrganisationKind, RelationKind, RelationState } from '../contract.ts'

/** Who may stand on the serving side; anybody may deliver. */
const servantKinds: Record<RelationKind, OrganisationKind | 'any'> = {
  supply: 'any',
  finance: 'funder',
  platform: 'operator',
  assessment: 'assessor',
}

export const mayServe = (kind: RelationKind, servant: OrganisationKind): boolean =>
  servantKinds[kind] === 'any' || servantKinds[kind] === servant

interface Period {
  since: string
  /** The last day. */
  until: string | null
}

/** What a relation is on a date; an unconfirmed one with an end was declined or withdrawn. */
export function relationState({ since, until, confirmed }: Period & { confirmed: boolean }, today: string): RelationState {
  if (!confirmed) return until === null ? 'proposed' : 'declined'
  if (until !== null && until < today) return 'ended'
  return since > today ? 'upcoming' : 'active'
}

export const overlaps = (a: Period, b: Period): boolean =>
  (b.until === null || a.since <= b.until) && (a.until === null || b.since <= a.until)
