import { type DocumentSide, documentSearch, type SearchKind } from '#kernel/searches.ts'

/** Of what both sides see; it has its page, or opens its notice's. */
const ofBoth = (table: string, time: string, also: string, page: string): DocumentSide[] =>
  (['buyer', 'supplier'] as const).map((side) => ({
    table,
    own: `${side}_org`,
    time,
    number: 'number',
    name: side === 'buyer' ? 'supplier_name' : 'buyer_name',
    also,
    page,
  }))

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
  documentSearch(
    'receipt',
    'logistics.read',
    (id) => `/logistics/${id}`,
    ofBoth('logistics.receipt', 'created_at', 'shipment_number', 'shipment_id'),
  ),
  documentSearch(
    'claim',
    'logistics.read',
    (id) => `/logistics/claims?claim=${id}`,
    ofBoth('logistics.claim', 'opened_at', 'order_number', 'id'),
  ),
  documentSearch(
    'return',
    'logistics.read',
    (id) => `/logistics/${id}`,
    ['buyer_org', 'supplier_org'].map((own) => ({
      table: 'logistics.goods_return',
      own,
      time: 'created_at',
      number: 'number',
      name: 'reason',
      page: 'shipment_id',
    })),
  ),
]
