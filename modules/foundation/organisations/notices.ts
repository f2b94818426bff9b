import type { z } from 'zod'
import type { Notice } from '#kernel/notices.ts'
import { organisationsEvents } from './contract.ts'

type Started = z.infer<typeof organisationsEvents.relationStarted.payload>
type Ended = z.infer<typeof organisationsEvents.relationEnded.payload>

const path = ({ relationId }: Started) => `/organisations/relations/${relationId}`
const toManagers = { permission: 'organisations.manage', path, values: () => ({}) }

const proposed: Notice<Started> = {
  ...toManagers,
  event: organisationsEvents.relationProposed.name,
  kind: 'organisations.relationProposed',
  recipient: (payload) => payload.supplierOrg,
  partner: (payload) => payload.buyerOrg,
}
const confirmed: Notice<Started> = {
  ...toManagers,
  event: organisationsEvents.relationStarted.name,
  kind: 'organisations.relationConfirmed',
  recipient: (payload) => payload.buyerOrg,
  partner: (payload) => payload.supplierOrg,
}
const ended = (own: 'buyerOrg' | 'supplierOrg', other: 'buyerOrg' | 'supplierOrg'): Notice<Ended> => ({
  ...toManagers,
  event: organisationsEvents.relationEnded.name,
  kind: 'organisations.relationEnded',
  recipient: (payload) => payload[own],
  partner: (payload) => payload[other],
  values: ({ until }) => ({ until }),
})

/** The other side of a relation hears what was proposed, confirmed and ended; of an end both do. */
export const organisationNotices: readonly Notice[] = [
  proposed,
  confirmed,
  ended('buyerOrg', 'supplierOrg'),
  ended('supplierOrg', 'buyerOrg'),
]
