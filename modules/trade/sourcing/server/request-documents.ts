import type { z } from 'zod'
import type { DocumentFacts, DocumentKind } from '#kernel/documents.ts'
import { narrow } from '#kernel/postgres.ts'
import { type InvitationId, type RequestId, requestEvents, sourcingEvents } from '../contract.ts'
import type { SourcingTables } from './tables.ts'

type RequestNews = z.infer<typeof requestEvents.published.payload>
type News = z.infer<typeof sourcingEvents.invited.payload>

const REQUEST = 'sourcing.request'
const INVITATION = 'sourcing.invitation'
const requestPath = (id: string) => `/sourcing/requests/${id}`
const invitationPath = (id: string) => `/sourcing/invitations/${id}`

/** The buyer's own; what is written on it for all stands on each invitation. */
export const requestDocument: DocumentKind = {
  entity: REQUEST,
  read: 'sourcing.read',
  answer: 'sourcing.manage',
  path: requestPath,
  describe: async (_, opaqueTx, ids) => {
    if (ids.length === 0) return new Map()
    const tx = narrow<SourcingTables>(opaqueTx)
    const rows = await tx.sql
      .selectFrom(REQUEST)
      .select(['id', 'number', 'title'])
      .where('org_id', '=', tx.orgId)
      .where('id', 'in', ids as readonly RequestId[])
      .execute()
    return new Map(rows.map((row) => [row.id as string, { number: row.number, name: row.title, parties: [tx.orgId] }]))
  },
  events: Object.values(requestEvents).map(({ name }) => ({ event: name, id: (news: RequestNews) => news.requestId })),
  copies: async (_, opaqueTx, id) => {
    const tx = narrow<SourcingTables>(opaqueTx)
    // Against publishing at the same moment, which locks the request to change it.
    await tx.sql
      .selectFrom(REQUEST)
      .select('id')
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id as RequestId)
      .forShare()
      .execute()
    const rows = await tx.sql
      .selectFrom(INVITATION)
      .select(['id', 'supplier_org'])
      .where('buyer_org', '=', tx.orgId)
      .where('request_id', '=', id as RequestId)
      .execute()
    return rows.map((row) => ({ entity: INVITATION, id: row.id, holder: row.supplier_org }))
  },
}

/** Of the buyer and the one supplier who was invited. */
export const invitationDocument: DocumentKind = {
  entity: INVITATION,
  read: 'sourcing.read',
  answer: 'sourcing.bid',
  path: invitationPath,
  describe: async (_, opaqueTx, ids) => {
    if (ids.length === 0) return new Map()
    const tx = narrow<SourcingTables>(opaqueTx)
    const rows = await tx.sql
      .selectFrom(INVITATION)
      .select(['id', 'request_id', 'number', 'title', 'buyer_org', 'supplier_org', 'supplier_name'])
      .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
      .where('id', 'in', ids as readonly InvitationId[])
      .execute()
    return new Map(
      rows.map((row): [string, DocumentFacts] => {
        const parties = [row.buyer_org, row.supplier_org]
        if (row.buyer_org !== tx.orgId) return [row.id, { number: row.number, name: row.title, parties }]
        const path = `${requestPath(row.request_id)}?talk=${row.id}`
        return [row.id, { number: row.number, name: `${row.title} · ${row.supplier_name}`, parties, path, answer: 'sourcing.manage' }]
      }),
    )
  },
  events: Object.values(sourcingEvents).map(({ name }) => ({ event: name, id: (news: News) => news.invitationId })),
  copyOf: { event: sourcingEvents.invited.name, entity: REQUEST, id: (news: News) => news.requestId },
}
