import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { OrgId } from '#values/ids.ts'
import { CalendarDate } from '#values/instant.ts'
import { Currency } from '#values/money.ts'
import { AccrualLineId, InvoiceId } from './contract.ts'
import { financeErrors } from './errors.ts'
import { Invoice, InvoiceCode, InvoiceNumber } from './invoice-contract.ts'

const byId = z.object({ id: InvoiceId })
const known = [financeErrors.notFound, financeErrors.changedMeanwhile, financeErrors.notAllowedNow]
const step = <const Name extends string>(name: Name, summary: string, permission: string) =>
  ({
    method: 'POST',
    path: `/finance/invoices/:id/${name}`,
    summary,
    permission,
    params: byId,
    query: z.object({}),
    response: Invoice,
  }) as const

/** Self-billing (自开账单): the buyer writes the bill of consigned goods used, the supplier issues his tax invoice by it. */
export const selfBillApi = {
  createSelfBill: endpoint({
    method: 'POST',
    path: '/finance/self-bills',
    summary: 'As the buyer: a bill of all consigned goods used up to a day that no bill holds yet; what has no price is left out.',
    permission: 'finance.approve',
    params: z.object({}),
    query: z.object({}),
    body: z.object({ partnerId: OrgId, untilDay: CalendarDate, currency: Currency }),
    response: Invoice,
    status: 201,
    errors: [financeErrors.partnerUnknown, financeErrors.nothingToBill],
  }),
  printSelfBill: endpoint({
    method: 'GET',
    path: '/finance/self-bills/:id/pdf',
    summary: 'The bill as PDF (A4), for either side.',
    permission: 'finance.read',
    params: byId,
    query: z.object({}),
    body: z.undefined(),
    response: z.undefined(),
    answer: 'file',
    errors: [financeErrors.notFound],
  }),
  reviseSelfBill: endpoint({
    ...step('revise', 'As the buyer: what came up to the day enters, what is left out goes into the next one.', 'finance.approve'),
    body: z.object({ version: z.int(), untilDay: CalendarDate, leaveOut: z.array(AccrualLineId).max(2_000) }),
    errors: [...known, financeErrors.nothingToBill],
  }),
  confirmSelfBill: endpoint({
    ...step('confirm', 'As the supplier: the bill is right.', 'finance.enterInvoices'),
    body: z.object({ version: z.int() }),
    errors: known,
  }),
  disputeSelfBill: endpoint({
    ...step('dispute', 'As the supplier: the bill is not right, for this reason.', 'finance.enterInvoices'),
    body: z.object({ version: z.int(), reason: z.string().trim().min(1).max(300) }),
    errors: known,
  }),
  issueSelfBill: endpoint({
    ...step(
      'issue',
      'As the supplier: the tax invoice that was issued by a confirmed bill; it is submitted with it.',
      'finance.enterInvoices',
    ),
    body: z.object({ version: z.int(), code: InvoiceCode.nullable(), number: InvoiceNumber, day: CalendarDate }),
    errors: [...known, financeErrors.numberTaken, financeErrors.codeMissing],
  }),
}
