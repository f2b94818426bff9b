import { z } from 'zod'
import { DecimalText } from '#values/decimal.ts'
import { endpoint } from '#values/endpoint.ts'
import { OrgId } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { Currency, Money } from '#values/money.ts'
import { InvoiceId, PayableId, PaymentId } from './contract.ts'
import { financeErrors } from './errors.ts'
import { Party, PartySide } from './invoice-contract.ts'

export const DueKind = z.enum(['law', 'agreed', 'default'])
export const Bucket = z.enum(['notDue', 'to30', 'to60', 'to90', 'over90'])
export type Bucket = z.infer<typeof Bucket>

export const Payable = z.object({
  id: PayableId,
  partner: Party,
  invoiceId: InvoiceId,
  invoiceNumber: z.string(),
  invoiceDay: CalendarDate,
  deliveredDay: CalendarDate,
  dueDay: CalendarDate,
  /** The rule that makes it due, and where it stands. */
  due: z.object({ kind: DueKind, days: z.int(), source: z.string() }),
  buyerClass: z.string().nullable(),
  supplierClass: z.string().nullable(),
  gross: Money,
  paid: Money,
  open: Money,
  disputed: Money,
  /** Open less disputed: what must be paid whatever the dispute. */
  undisputed: Money,
  disputeReason: z.string().nullable(),
  settledOn: CalendarDate.nullable(),
  daysLate: z.int(),
  bucket: Bucket,
  version: z.int(),
})
export type Payable = z.infer<typeof Payable>

export const AgeingRow = z.object({
  partner: Party,
  currency: Currency,
  open: Money,
  notDue: Money,
  to30: Money,
  to60: Money,
  to90: Money,
  over90: Money,
  /** Accepted, not invoiced: gross at agreed prices. */
  accrued: Money,
  /** Of it what was accepted more than 60 days ago. */
  accruedOver60: Money,
})
export type AgeingRow = z.infer<typeof AgeingRow>

export const PaymentMethod = z.enum(['bank', 'acceptance', 'offset', 'other'])
export const Payment = z.object({
  id: PaymentId,
  partner: Party,
  number: z.string(),
  day: CalendarDate,
  amount: Money,
  method: PaymentMethod,
  reference: z.string(),
  createdAt: Instant,
  createdBy: z.string().nullable(),
  cancelledAt: Instant.nullable(),
  cancelReason: z.string().nullable(),
  allocations: z.array(z.object({ payableId: PayableId, invoiceId: InvoiceId, invoiceNumber: z.string(), amount: Money })),
  version: z.int(),
})
export type Payment = z.infer<typeof Payment>

export const TermRule = z.object({
  clause: z.string(),
  name: z.string(),
  payerClasses: z.array(z.string()),
  payeeClasses: z.array(z.string()),
  days: z.int(),
  validFrom: CalendarDate,
  validUntil: CalendarDate.nullable(),
  source: z.string(),
  /** Longer terms are not signed on the platform; otherwise whoever signs them is told. */
  blocking: z.boolean(),
})
export type TermRule = z.infer<typeof TermRule>

export const TermBasis = z.enum(['delivery', 'invoice', 'monthEnd'])
export const PartnerTerm = z.object({
  side: PartySide,
  partner: Party,
  days: z.int(),
  basis: TermBasis,
  validFrom: CalendarDate,
  source: z.string(),
})
export type PartnerTerm = z.infer<typeof PartnerTerm>

const Fraction = DecimalText.refine((text) => !text.startsWith('-') && Number(text) < 1, { message: 'rate' })
export const Setting = z.object({
  /** Of a line's amount; the larger of fraction and amount counts. */
  priceFraction: Fraction,
  lineAmount: Money,
  /** Of the whole invoice. */
  taxAmount: Money,
  quantityFraction: Fraction,
  /** After the invoice, where neither law nor agreement says more. */
  defaultDays: z.int().min(0).max(365),
  version: z.int(),
})
export type Setting = z.infer<typeof Setting>

const nothing = { params: z.object({}), query: z.object({}), body: z.undefined() }

export const payableApi = {
  payables: endpoint({
    method: 'GET',
    path: '/finance/payables',
    summary: 'What the organisation owes (as buyer) or is owed (as supplier), by due day.',
    permission: 'finance.read',
    params: z.object({}),
    query: listQuery(['dueDay']).extend({
      side: PartySide,
      partnerId: OrgId.optional(),
      status: z.enum(['open', 'overdue', 'settled']).optional(),
    }),
    body: z.undefined(),
    response: pageOf(Payable),
    errors: [],
  }),
  ageing: endpoint({
    method: 'GET',
    path: '/finance/ageing',
    summary: 'Open amounts by partner and how long they are overdue.',
    permission: 'finance.read',
    params: z.object({}),
    query: z.object({ side: PartySide }),
    body: z.undefined(),
    response: z.object({ today: CalendarDate, rows: z.array(AgeingRow) }),
    errors: [],
  }),
  dispute: endpoint({
    method: 'POST',
    path: '/finance/payables/:id/dispute',
    summary: 'The buyer says which part is in dispute and why; the rest stays due. Zero ends the dispute.',
    permission: 'finance.approve',
    params: z.object({ id: PayableId }),
    query: z.object({}),
    body: z.object({ version: z.int(), disputed: Money, reason: z.string().trim().max(300) }),
    response: Payable,
    errors: [financeErrors.notFound, financeErrors.changedMeanwhile, financeErrors.tooMuch],
  }),
  payments: endpoint({
    method: 'GET',
    path: '/finance/payments',
    summary: 'Payments made or got, newest first.',
    permission: 'finance.read',
    params: z.object({}),
    query: listQuery(['day']).extend({ side: PartySide, partnerId: OrgId.optional() }),
    body: z.undefined(),
    response: pageOf(Payment),
    errors: [],
  }),
  payment: endpoint({
    method: 'GET',
    path: '/finance/payments/:id',
    summary: 'A payment and the invoices that it pays, as either side sees it.',
    permission: 'finance.read',
    params: z.object({ id: PaymentId }),
    query: z.object({}),
    body: z.undefined(),
    response: Payment.extend({ side: PartySide }),
    errors: [financeErrors.notFound],
  }),
  pay: endpoint({
    method: 'POST',
    path: '/finance/payments',
    summary: 'Records a payment and what it pays; an offset sets red invoices against others and moves no money.',
    permission: 'finance.approve',
    params: z.object({}),
    query: z.object({}),
    body: z.object({
      partnerId: OrgId,
      day: CalendarDate,
      method: PaymentMethod,
      reference: z.string().trim().max(100),
      allocations: z
        .array(z.object({ payableId: PayableId, amount: Money }))
        .min(1)
        .max(200),
    }),
    response: Payment,
    status: 201,
    errors: [financeErrors.notFound, financeErrors.tooMuch, financeErrors.paysNothing, financeErrors.periodClosed],
  }),
  cancelPayment: endpoint({
    method: 'POST',
    path: '/finance/payments/:id/cancel',
    summary: 'Takes a payment back that was recorded wrongly; its voucher is reversed in red.',
    permission: 'finance.approve',
    params: z.object({ id: PaymentId }),
    query: z.object({}),
    body: z.object({ version: z.int(), reason: z.string().trim().min(1).max(300) }),
    response: Payment,
    errors: [financeErrors.notFound, financeErrors.changedMeanwhile, financeErrors.notAllowedNow],
  }),
  terms: endpoint({
    method: 'GET',
    path: '/finance/terms',
    summary: 'Rules of law and what was agreed with partners.',
    permission: 'finance.read',
    ...nothing,
    response: z.object({ rules: z.array(TermRule), agreed: z.array(PartnerTerm) }),
    errors: [],
  }),
  setTerm: endpoint({
    method: 'POST',
    path: '/finance/terms',
    summary: 'The buyer records the terms agreed with a supplier from a day on.',
    permission: 'finance.manage',
    params: z.object({}),
    query: z.object({}),
    body: z.object({
      partnerId: OrgId,
      days: z.int().min(0).max(365),
      basis: TermBasis,
      validFrom: CalendarDate,
      source: z.string().trim().min(1).max(200),
    }),
    response: z.object({ agreed: z.array(PartnerTerm) }),
    errors: [financeErrors.partnerUnknown],
  }),
  termRules: endpoint({
    method: 'GET',
    path: '/finance/term-rules',
    summary: 'As the operator of the platform: all versions of the rules of law on terms.',
    permission: 'finance.operate',
    ...nothing,
    response: z.object({ rules: z.array(TermRule) }),
    errors: [financeErrors.operatorOnly],
  }),
  setTermRule: endpoint({
    method: 'POST',
    path: '/finance/term-rules',
    summary: 'The operator of the platform sets a rule of law from a day on; earlier ones stay for earlier days.',
    permission: 'finance.operate',
    params: z.object({}),
    query: z.object({}),
    body: TermRule.extend({
      clause: z.string().regex(/^[a-z][A-Za-z0-9]{1,39}$/, { message: 'clause' }),
      name: z.string().trim().min(1).max(80),
      days: z.int().min(1).max(365),
      source: z.string().trim().min(1).max(300),
      payerClasses: z.array(z.enum(['large', 'medium', 'small', 'micro'])).min(1),
      payeeClasses: z.array(z.enum(['large', 'medium', 'small', 'micro'])).min(1),
      blocking: z.boolean().default(false),
    }),
    response: z.object({ rules: z.array(TermRule) }),
    errors: [financeErrors.operatorOnly],
  }),
  setting: endpoint({
    method: 'GET',
    path: '/finance/settings',
    summary: 'How far an invoice may differ, and the default term.',
    permission: 'finance.readLedger',
    ...nothing,
    response: Setting,
    errors: [],
  }),
  setSetting: endpoint({
    method: 'PUT',
    path: '/finance/settings',
    summary: 'Changes the tolerances and the default term.',
    permission: 'finance.manage',
    params: z.object({}),
    query: z.object({}),
    body: Setting,
    response: Setting,
    errors: [financeErrors.changedMeanwhile],
  }),
}
