import type { Routes } from '#kernel/http.ts'
import type { Printing } from '#kernel/printer.ts'
import { invoiceApi } from '../../invoice-contract.ts'
import { selfBillApi } from '../../self-bill-contract.ts'
import { openLinePage } from '../accruals/open-lines.ts'
import type { Rooms } from '../rooms.ts'
import { approveInvoice } from './approve-invoice.ts'
import { changeInvoice, createInvoice } from './enter-invoice.ts'
import { blockInvoice, matchAgain, rejectInvoice, releaseInvoice, submitInvoice, withdrawInvoice } from './invoice-steps.ts'
import { invoicePage } from './invoice-store.ts'
import { wholeInvoice } from './invoice-view.ts'
import { printSelfBill } from './print-self-bill.ts'
import { confirmSelfBill, createSelfBill, disputeSelfBill, issueSelfBill, reviseSelfBill } from './self-bill.ts'

export const invoiceRoutes =
  (rooms: Rooms, printing: Printing): Routes =>
  (on) => {
    const { db } = rooms
    on.serve(invoiceApi.openLines, ({ ctx, query }) => db.inTenant(ctx, (tx) => openLinePage(tx, query)))
    on.serve(invoiceApi.invoices, ({ ctx, query }) => db.inTenant(ctx, (tx) => invoicePage(tx, query)))
    on.serve(invoiceApi.invoice, ({ ctx, params }) => db.inTenant(ctx, (tx) => wholeInvoice(tx, params.id)))
    on.serve(invoiceApi.createInvoice, ({ ctx, body }) => createInvoice(rooms, ctx, body))
    on.serve(invoiceApi.changeInvoice, ({ ctx, params, body }) => changeInvoice(rooms, ctx, params.id, body))
    on.serve(invoiceApi.submitInvoice, ({ ctx, params, body }) => submitInvoice(rooms, ctx, params.id, body))
    on.serve(invoiceApi.withdrawInvoice, ({ ctx, params, body }) => withdrawInvoice(rooms, ctx, params.id, body))
    on.serve(invoiceApi.matchInvoice, ({ ctx, params, body }) => matchAgain(rooms, ctx, params.id, body))
    on.serve(invoiceApi.blockInvoice, ({ ctx, params, body }) => blockInvoice(rooms, ctx, params.id, body))
    on.serve(invoiceApi.releaseInvoice, ({ ctx, params, body }) => releaseInvoice(rooms, ctx, params.id, body))
    on.serve(invoiceApi.approveInvoice, ({ ctx, params, body }) => approveInvoice(rooms, ctx, params.id, body))
    on.serve(invoiceApi.rejectInvoice, ({ ctx, params, body }) => rejectInvoice(rooms, ctx, params.id, body))
    on.serve(selfBillApi.createSelfBill, ({ ctx, body }) => createSelfBill(rooms, ctx, body))
    on.serveFile(selfBillApi.printSelfBill, ({ ctx, params }) => printSelfBill(rooms, printing, ctx, params.id))
    on.serve(selfBillApi.reviseSelfBill, ({ ctx, params, body }) => reviseSelfBill(rooms, ctx, params.id, body))
    on.serve(selfBillApi.confirmSelfBill, ({ ctx, params, body }) => confirmSelfBill(rooms, ctx, params.id, body))
    on.serve(selfBillApi.disputeSelfBill, ({ ctx, params, body }) => disputeSelfBill(rooms, ctx, params.id, body))
    on.serve(selfBillApi.issueSelfBill, ({ ctx, params, body }) => issueSelfBill(rooms, ctx, params.id, body))
  }
