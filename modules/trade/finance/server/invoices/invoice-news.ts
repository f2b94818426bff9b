import { type InvoiceRow, numberOf } from './invoice-store.ts'

/** What every event of an invoice says. */
export const newsOf = (row: InvoiceRow) => ({
  invoiceId: row.id,
  number: numberOf(row),
  gross: String(row.gross),
  buyerId: row.buyer_org,
  supplierId: row.supplier_org,
  enteredBy: row.drafter_org,
})
