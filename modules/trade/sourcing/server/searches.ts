import { documentSearch, type SearchKind } from '#kernel/searches.ts'

export const sourcingSearches: readonly SearchKind[] = [
  documentSearch('request', 'sourcing.read', (id) => `/sourcing/requests/${id}`, [
    { table: 'sourcing.request', own: 'org_id', time: 'created_at', number: 'number', name: 'title' },
  ]),
  documentSearch('invitation', 'sourcing.read', (id) => `/sourcing/invitations/${id}`, [
    { table: 'sourcing.invitation', own: 'supplier_org', time: 'created_at', number: 'number', name: 'title', also: 'buyer_name' },
  ]),
  documentSearch('agreement', 'sourcing.read', (id) => `/sourcing/agreements/${id}`, [
    { table: 'sourcing.agreement', own: 'buyer_org', time: 'created_at', number: 'number', name: 'title', also: 'supplier_name' },
    { table: 'sourcing.agreement', own: 'supplier_org', time: 'created_at', number: 'number', name: 'title', also: 'buyer_name' },
  ]),
]
