import { z } from 'zod'
import { DecimalText } from '#values/decimal.ts'
import { endpoint } from '#values/endpoint.ts'
import { OrgId } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { Currency, Money } from '#values/money.ts'
import { AccrualLineId, InvoiceId } from './contract.ts'
import { financeErrors } from './errors.ts'

export const PartySide = z.enum(['buyer', 'supplier'])
export type PartySide = z.infer<typeof PartySide>
export const Party = z.object({ orgId: OrgId, name: z.string() })

export const InvoiceState = z.enum([
  'draft',
  'proposed',
  'disputed',
  'confirmed',
  'submitted',
  'matched',
  'blocked',
  'approved',
  'paid',
  'rejected',
  'withdrawn',
])
export type InvoiceState = z.infer<typeof InvoiceState>

/** 8 digits with a code of 10 or 12, or the 20 digits of a fully digital invoice (数电票), which has no code. */
export const InvoiceNumber = z
  .string()
  .trim()
  .regex(/^([0-9]{8}|[0-9]{20})$/, { message: 'invoiceNumber' })
  .meta({ examples: ['25500000000000000001'] })
export const InvoiceCode = z
  .string()
  .trim()
  .regex(/^[0-9]{10}([0-9]{2})?$/, { message: 'invoiceCode' })
  .meta({ examples: ['5000221130'] })
const Rate = DecimalText.refine((text) => !text.startsWith('-') && Number(text) < 1, { message: 'rate' })

export const MatchReason = z.object({
  lineNo: z.int().nullable(),
  kind: z.enum(['nothingLinked', 'quantity', 'price', 'taxRate', 'net', 'tax']),
  expected: z.string(),
  actual: z.string(),
})
export type MatchReason = z.infer<typeof MatchReason>

/** `usage`: consigned goods taken. */
export const AccrualKind = z.enum(['receipt', 'return', 'usage'])
export type AccrualKind = z.infer<typeof AccrualKind>

/** What was accepted and is not wholly invoiced yet. */
export const OpenLine = z.object({
  id: AccrualLineId,
  partner: Party,
  receiptNumber: z.string(),
  kind: AccrualKind,
  day: CalendarDate,
  orderNumber: z.string(),
  materialCode: z.string(),
  materialName: z.string(),
  unit: z.string(),
  quantity: DecimalText,
  open: DecimalText,
  netPrice: DecimalText,
  taxRate: DecimalText,
  openNet: Money,
  openTax: Money,
})
export type OpenLine = z.infer<typeof OpenLine>

export const InvoiceHead = z.object({
  id: InvoiceId,
  side: PartySide,
  partner: Party,
  /** Entered by the own side. */
  own: z.boolean(),
  state: InvoiceState,
  code: z.string().nullable(),
  number: z.string().describe('Of a self-bill its own number until the tax invoice is issued.'),
  billNumber: z.string().nullable().describe('Of a self-bill (结算单).'),
  billDay: CalendarDate.nullable().describe('The last day that the self-bill bills.'),
  day: CalendarDate,
  net: Money,
  tax: Money,
  gross: Money,
  version: z.int(),
})
export type InvoiceHead = z.infer<typeof InvoiceHead>

export const InvoiceLine = OpenLine.omit({ partner: true, openNet: true, openTax: true }).extend({
  lineNo: z.int(),
  invoiced: DecimalText,
  invoiceTaxRate: DecimalText,
  net: Money,
  tax: Money,
  /** Agreed price × invoiced quantity. */
  expectedNet: Money,
})
export type InvoiceLine = z.infer<typeof InvoiceLine>

export const InvoiceAction = z.enum([
  'change',
  'submit',
  'match',
  'block',
  'release',
  'approve',
  'reject',
  'withdraw',
  'revise',
  'dispute',
  'confirm',
  'issue',
])
export type InvoiceAction = z.infer<typeof InvoiceAction>

const Step = z.object({ at: Instant.nullable(), by: z.string().nullable(), reason: z.string().nullable() })
export const Invoice = InvoiceHead.extend({
  note: z.string(),
  lines: z.array(InvoiceLine),
  /** Null before the first match. */
  reasons: z.array(MatchReason).nullable(),
  submitted: Step,
  blocked: Step.nullable(),
  released: Step.nullable(),
  approved: Step.nullable(),
  confirmed: Step.nullable(),
  disputeReason: z.string().nullable(),
  endReason: z.string().nullable(),
  /** What the own side may do now, as far as the state goes. */
  actions: z.array(InvoiceAction),
})
export type Invoice = z.infer<typeof Invoice>

const Content = z.object({
  code: InvoiceCode.nullable(),
  number: InvoiceNumber,
  day: CalendarDate,
  net: Money,
  tax: Money,
  gross: Money,
  note: z.string().trim().max(500),
  lines: z
    .array(z.object({ accrualLineId: AccrualLineId, quantity: DecimalText, taxRate: Rate, net: Money, tax: Money }))
    .max(500)
    .describe('Receipt lines, and returns below zero.'),
})
export type InvoiceContent = z.output<typeof Content>

const byId = z.object({ id: InvoiceId })
const Reason = z.string().trim().min(1).max(300)
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
const versionOnly = z.object({ version: z.int() })
const withReason = z.object({ version: z.int(), reason: Reason })
const contentErrors = [financeErrors.numberTaken, financeErrors.notSum, financeErrors.lineUnknown, financeErrors.codeMissing]

export const invoiceApi = {
  openLines: endpoint({
    method: 'GET',
    path: '/finance/open-lines',
    summary: 'What was accepted and is not invoiced yet, oldest first.',
    permission: 'finance.read',
    params: z.object({}),
    query: listQuery(['day']).extend({
      side: PartySide,
      partnerId: OrgId.optional(),
      currency: Currency.optional(),
      kind: AccrualKind.optional(),
      /** Without what an invoice on its way takes already. */
      free: z.stringbool().optional(),
    }),
    body: z.undefined(),
    response: pageOf(OpenLine),
    errors: [],
  }),
  invoices: endpoint({
    method: 'GET',
    path: '/finance/invoices',
    summary: 'Invoices that the organisation got (as buyer) or issued (as supplier).',
    permission: 'finance.read',
    params: z.object({}),
    query: listQuery(['day']).extend({ side: PartySide, state: InvoiceState.optional(), partnerId: OrgId.optional() }),
    body: z.undefined(),
    response: pageOf(InvoiceHead),
    errors: [],
  }),
  invoice: endpoint({
    method: 'GET',
    path: '/finance/invoices/:id',
    summary: 'An invoice beside what was ordered and accepted, with what differs.',
    permission: 'finance.read',
    params: byId,
    query: z.object({}),
    body: z.undefined(),
    response: Invoice,
    errors: [financeErrors.notFound],
  }),
  createInvoice: endpoint({
    method: 'POST',
    path: '/finance/invoices',
    summary: 'A draft that the other party does not see; either side may enter an invoice.',
    permission: 'finance.enterInvoices',
    params: z.object({}),
    query: z.object({}),
    body: Content.extend({ side: PartySide, partnerId: OrgId }),
    response: Invoice,
    status: 201,
    errors: [...contentErrors, financeErrors.partnerUnknown],
  }),
  changeInvoice: endpoint({
    method: 'PUT',
    path: '/finance/invoices/:id',
    summary: 'Changes a draft.',
    permission: 'finance.enterInvoices',
    params: byId,
    query: z.object({}),
    body: Content.extend({ version: z.int() }),
    response: Invoice,
    errors: [...known, ...contentErrors],
  }),
  submitInvoice: endpoint({
    ...step('submit', 'Hands the draft to the buyer, who compares it with order and receipt.', 'finance.enterInvoices'),
    body: versionOnly,
    errors: known,
  }),
  withdrawInvoice: endpoint({
    ...step('withdraw', 'Whoever entered it takes it back before it is approved.', 'finance.enterInvoices'),
    body: withReason,
    errors: known,
  }),
  matchInvoice: endpoint({
    ...step('match', 'Compares it again, as after a late receipt.', 'finance.approve'),
    body: versionOnly,
    errors: known,
  }),
  blockInvoice: endpoint({
    ...step('block', 'Blocks an invoice that fits, for a reason of one’s own.', 'finance.approve'),
    body: withReason,
    errors: known,
  }),
  releaseInvoice: endpoint({
    ...step('release', 'Releases a blocked invoice; not by whoever entered or blocked it.', 'finance.approve'),
    body: withReason,
    errors: [...known, financeErrors.secondPerson],
  }),
  approveInvoice: endpoint({
    ...step('approve', 'The accrual is reversed and the payable posted, in one; not by whoever released it.', 'finance.approve'),
    body: versionOnly,
    errors: [...known, financeErrors.secondPerson, financeErrors.takenMeanwhile, financeErrors.accountNotPostable],
  }),
  rejectInvoice: endpoint({
    ...step('reject', 'Sends the invoice back; its number is free again.', 'finance.approve'),
    body: withReason,
    errors: known,
  }),
}
