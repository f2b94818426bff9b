import { documentSearch, type SearchKind } from '#kernel/searches.ts'

export const financeSearches: readonly SearchKind[] = [
  documentSearch('invoice', 'finance.read', (id) => `/finance/invoices/${id}`, [
    { table: 'finance.invoice', own: 'buyer_org', time: 'day', number: 'number', orNumber: 'bill_number', name: 'supplier_name' },
    { table: 'finance.invoice', own: 'supplier_org', time: 'day', number: 'number', orNumber: 'bill_number', name: 'buyer_name' },
  ]),
  documentSearch('statement', 'finance.read', (id) => `/finance/statements/${id}`, [
    { table: 'finance.statement', own: 'buyer_org', time: 'until_day', number: 'number', name: 'supplier_name' },
    { table: 'finance.statement', own: 'supplier_org', time: 'until_day', number: 'number', name: 'buyer_name' },
  ]),
  documentSearch('voucher', 'finance.readLedger', (id) => `/finance/vouchers/${id}`, [
    { table: 'finance.voucher', own: 'org_id', time: 'day', number: 'number', name: 'summary', also: 'source_number' },
  ]),
  documentSearch('payment', 'finance.read', (id) => `/finance/payments/${id}`, [
    { table: 'finance.payment', own: 'buyer_org', time: 'day', number: 'number', name: 'supplier_name', also: 'reference' },
    { table: 'finance.payment', own: 'supplier_org', time: 'day', number: 'number', name: 'buyer_name', also: 'reference' },
  ]),
]
