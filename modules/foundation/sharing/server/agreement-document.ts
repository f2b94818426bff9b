import type { DocumentKind } from '#kernel/documents.ts'
import { narrow } from '#kernel/postgres.ts'
import { type AgreementId, sharingEvents } from '../contract.ts'
import { agreementsById } from './agreement-store.ts'
import type { SharingTables } from './tables.ts'

const idOf = (payload: { agreementId: AgreementId }): string => payload.agreementId

/** An agreement has no number: it is called by its purpose. */
export const agreementDocument: DocumentKind = {
  entity: 'sharing.agreement',
  read: 'sharing.read',
  answer: 'sharing.manage',
  path: (id) => `/sharing/${id}`,
  describe: async (_ctx, tx, ids) => {
    const rows = await agreementsById(narrow<SharingTables>(tx), ids as AgreementId[])
    return new Map(rows.map((row) => [row.id, { number: '', name: row.purpose, parties: [row.grantor_org, row.grantee_org] }]))
  },
  events: [
    { event: sharingEvents.granted.name, id: idOf },
    { event: sharingEvents.revoked.name, id: idOf },
  ],
}
