import type { DocumentKind } from '#kernel/documents.ts'
import { narrow } from '#kernel/postgres.ts'
import { financeEvents } from '../contract.ts'
import { numberOf } from './invoices/invoice-store.ts'
import { ours, partnerOf } from './parties.ts'
import type { FinanceTables } from './tables.ts'

/** An invoice takes comments and attachments of both sides once it is submitted. */
export const invoiceDocument: DocumentKind = {
  entity: 'finance.invoice',
  read: 'finance.read',
  answer: 'finance.enterInvoices',
  path: (id) => `/finance/invoices/${id}`,
  describe: async (_, opaqueTx, ids) => {
    const tx = narrow<FinanceTables>(opaqueTx)
    if (ids.length === 0) return new Map()
    const rows = await tx.sql
      .selectFrom('finance.invoice')
      .select(['id', 'number', 'bill_number', 'buyer_org', 'supplier_org', 'supplier_name'])
      .where('id', 'in', ids as never)
      .where('state', '<>', 'draft')
      .execute()
    return new Map(
      rows
        .filter((row) => ours(tx, row))
        .map((row) => [row.id, { number: numberOf(row), name: row.supplier_name, parties: [row.buyer_org, row.supplier_org] }]),
    )
  },
  events: (
    [
      'selfBillProposed',
      'selfBillDisputed',
      'selfBillConfirmed',
      'invoiceSubmitted',
      'invoiceMatched',
      'invoiceBlocked',
      'invoiceReleased',
      'invoiceApproved',
      'invoiceRejected',
      'invoiceWithdrawn',
    ] as const
  ).map((name) => ({ event: financeEvents[name].name, id: ({ invoiceId }: { invoiceId: string }) => invoiceId })),
}

/** A payment takes comments and attachments (回单) of both sides. */
export const paymentDocument: DocumentKind = {
  entity: 'finance.payment',
  read: 'finance.read',
  answer: 'finance.approve',
  path: (id) => `/finance/payments/${id}`,
  describe: async (_, opaqueTx, ids) => {
    const tx = narrow<FinanceTables>(opaqueTx)
    if (ids.length === 0) return new Map()
    const rows = await tx.sql
      .selectFrom('finance.payment')
      .select(['id', 'number', 'buyer_org', 'supplier_org', 'buyer_name', 'supplier_name'])
      .where('id', 'in', ids as never)
      .execute()
    return new Map(
      rows
        .filter((row) => ours(tx, row))
        .map((row) => [row.id, { number: row.number, name: partnerOf(tx, row).name, parties: [row.buyer_org, row.supplier_org] }]),
    )
  },
  events: [financeEvents.paid, financeEvents.paymentCancelled].map(({ name }) => ({
    event: name,
    id: ({ paymentId }: { paymentId: string }) => paymentId,
  })),
}

/** A voucher takes comments and attachments (原始凭证) of its own organisation: the books are nobody else's. */
export const voucherDocument: DocumentKind = {
  entity: 'finance.voucher',
  read: 'finance.readLedger',
  answer: 'finance.manage',
  path: (id) => `/finance/vouchers/${id}`,
  describe: async (_, opaqueTx, ids) => {
    const tx = narrow<FinanceTables>(opaqueTx)
    if (ids.length === 0) return new Map()
    const rows = await tx.sql
      .selectFrom('finance.voucher')
      .select(['id', 'number', 'summary'])
      .where('org_id', '=', tx.orgId)
      .where('id', 'in', ids as never)
      .execute()
    return new Map(rows.map(({ id, number, summary }) => [id, { number, name: summary, parties: [tx.orgId] }]))
  },
  events: [{ event: financeEvents.voucherPosted.name, id: ({ voucherId }: { voucherId: string }) => voucherId }],
}

/** A statement takes comments of both sides from its proposal on. */
export const statementDocument: DocumentKind = {
  entity: 'finance.statement',
  read: 'finance.read',
  answer: 'finance.sign',
  path: (id) => `/finance/statements/${id}`,
  describe: async (_, opaqueTx, ids) => {
    const tx = narrow<FinanceTables>(opaqueTx)
    if (ids.length === 0) return new Map()
    const rows = await tx.sql
      .selectFrom('finance.statement')
      .select(['id', 'number', 'buyer_org', 'supplier_org', 'supplier_name'])
      .where('id', 'in', ids as never)
      .execute()
    return new Map(
      rows
        .filter((row) => ours(tx, row))
        .map((row) => [row.id, { number: row.number, name: row.supplier_name, parties: [row.buyer_org, row.supplier_org] }]),
    )
  },
  events: (['statementProposed', 'statementDisputed', 'statementSigned', 'statementWithdrawn'] as const).map((name) => ({
    event: financeEvents[name].name,
    id: ({ statementId }: { statementId: string }) => statementId,
  })),
}
