import type { DocumentKind } from '#kernel/documents.ts'
import { narrow } from '#kernel/postgres.ts'
import type { PartnerId } from '../contract.ts'
import type { ProgrammeTables } from './tables.ts'

/** A partner takes comments of both sides; its own page shows what happened. */
export const partnerDocument: DocumentKind = {
  entity: 'programme.partner',
  read: 'programme.read',
  answer: 'programme.answer',
  path: (id) => `/programme/partners/${id}`,
  describe: async (_, opaqueTx, ids) => {
    const tx = narrow<ProgrammeTables>(opaqueTx)
    if (ids.length === 0) return new Map()
    const rows = await tx.sql
      .selectFrom('programme.partner')
      .select(['id', 'name', 'credit_code', 'buyer_org', 'supplier_org'])
      .where('id', 'in', ids as PartnerId[])
      .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
      .execute()
    return new Map(
      rows.map((row) => [
        row.id as string,
        { number: row.credit_code, name: row.name, parties: [row.buyer_org, ...(row.supplier_org ? [row.supplier_org] : [])] },
      ]),
    )
  },
  events: [],
}
