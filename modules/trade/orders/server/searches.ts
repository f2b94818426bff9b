import { documentSearch, type SearchKind } from '#kernel/searches.ts'

export const orderSearches: readonly SearchKind[] = [
  documentSearch('order', 'orders.read', (id) => `/orders/${id}`, [
    { table: 'orders.order', own: 'buyer_org', time: 'created_at', number: 'number', name: 'supplier_name' },
    {
      table: 'orders.order',
      own: 'supplier_org',
      time: 'created_at',
      number: 'number',
      name: 'buyer_name',
      where: 'proposed_at is not null',
    },
  ]),
]
