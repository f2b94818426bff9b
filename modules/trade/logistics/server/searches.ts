import { documentSearch, type SearchKind } from '#kernel/searches.ts'

export const logisticsSearches: readonly SearchKind[] = [
  documentSearch('shipment', 'logistics.read', (id) => `/logistics/${id}`, [
    {
      table: 'logistics.shipment',
      own: 'buyer_org',
      time: 'created_at',
      number: 'number',
      name: 'supplier_name',
      where: 'issued_at is not null',
    },
    { table: 'logistics.shipment', own: 'supplier_org', time: 'created_at', number: 'number', name: 'buyer_name' },
  ]),
]
