import type { ReferenceKind } from '#kernel/references.ts'
import type { OrgId } from '#values/ids.ts'
import type { OrganisationsPublic } from '../public.ts'

/** The own organisation and partners: a supplier's number in the purchasing system, a buyer's in the sales system. */
export const organisationReferences = (rooms: Pick<OrganisationsPublic, 'labels'>): ReferenceKind[] => [
  {
    entity: 'organisations.organisation',
    read: 'organisations.read',
    manage: 'organisations.manage',
    describe: (_ctx, tx, ids) => rooms.labels(tx, ids as OrgId[]),
  },
]
