import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { OrgId } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { listQuery, pageOf, wholeList } from '#values/list.ts'
import { Currency, Money } from '#values/money.ts'
import { AccountId, VoucherId } from './contract.ts'
import { financeErrors } from './errors.ts'

export const AccountKind = z.enum(['asset', 'liability', 'common', 'equity', 'cost', 'profit'])
export type AccountKind = z.infer<typeof AccountKind>
export const Side = z.enum(['debit', 'credit'])
export type Side = z.infer<typeof Side>
/** What a business step posts to. */
export const PostingRole = z.enum([
  'stock',
  'accrued',
  'payable',
  'inputTax',
  'difference',
  'bank',
  'receivable',
  'revenue',
  'outputTax',
  'outputTaxPending',
  'production',
  'scrap',
  'countDifference',
  'costOfSales',
  'priceDifference',
])
export type PostingRole = z.infer<typeof PostingRole>
export const VoucherKind = z.enum([
  'accrual',
  'accrualReversal',
  'invoice',
  'payment',
  'manual',
  'reversal',
  'sale',
  'saleInvoice',
  /** Issues, scrap, counts, what was sold, price differences. */
  'stock',
])
export type VoucherKind = z.infer<typeof VoucherKind>

/** 2221, 2221.01, 2221.01.01 */
export const AccountCode = z.string().regex(/^[0-9]{4}(\.[0-9]{2,4}){0,4}$/, { message: 'accountCode' })
/** A month, 2026-11. */
export const Period = z.string().regex(/^20[0-9]{2}-(0[1-9]|1[0-2])$/, { message: 'period' })

export const Account = z.object({
  id: AccountId,
  code: AccountCode,
  name: z.string(),
  nameEn: z.string().nullable(),
  kind: AccountKind,
  side: Side,
  validFrom: CalendarDate,
  validUntil: CalendarDate.nullable(),
  source: z.string(),
  /** Has no account below it: it can be posted to. */
  leaf: z.boolean(),
  version: z.int(),
})
export type Account = z.infer<typeof Account>

export const Posting = z.object({
  role: PostingRole,
  validFrom: CalendarDate,
  accountId: AccountId,
  accountCode: z.string(),
  accountName: z.string(),
})
export type Posting = z.infer<typeof Posting>

export const PeriodState = z.object({
  period: z.string(),
  closedAt: Instant.nullable(),
  closedBy: z.string().nullable(),
  vouchers: z.int(),
  version: z.int(),
})
export type PeriodState = z.infer<typeof PeriodState>

const Summary = z.string().trim().min(1).max(200)

export const VoucherLine = z.object({
  lineNo: z.int(),
  summary: z.string(),
  accountId: AccountId,
  accountCode: z.string(),
  accountName: z.string(),
  partner: z.string().nullable(),
  debit: Money.nullable(),
  credit: Money.nullable(),
})
export const VoucherHead = z.object({
  id: VoucherId,
  number: z.string(),
  day: CalendarDate,
  period: z.string(),
  summary: z.string(),
  kind: VoucherKind,
  total: Money,
  sourceNumber: z.string().nullable(),
  sourceDay: CalendarDate.nullable(),
  postedAt: Instant,
  postedBy: z.string().nullable(),
  reversed: z.boolean(),
})
export type VoucherHead = z.infer<typeof VoucherHead>
export const Voucher = VoucherHead.extend({
  source: z.object({ entity: z.string(), id: z.uuid() }).nullable(),
  lines: z.array(VoucherLine),
  reverses: z.object({ id: VoucherId, number: z.string() }).nullable(),
  reversedBy: z.object({ id: VoucherId, number: z.string() }).nullable(),
})
export type Voucher = z.infer<typeof Voucher>

export const TrialLine = z.object({
  accountId: AccountId,
  code: z.string(),
  name: z.string(),
  side: Side,
  /** Debit less credit. */
  opening: Money,
  debit: Money,
  credit: Money,
  closing: Money,
})
export type TrialLine = z.infer<typeof TrialLine>

const nothing = { params: z.object({}), query: z.object({}), body: z.undefined() }
const byId = <Id extends z.ZodType>(id: Id) => z.object({ id })

const VouchersQuery = listQuery(['number', 'day']).extend({
  period: Period.optional(),
  kind: VoucherKind.optional(),
  sourceId: z.uuid().optional().describe('Those of one document.'),
})

export const ledgerApi = {
  accounts: endpoint({
    method: 'GET',
    path: '/finance/accounts',
    summary: 'The chart of accounts, by code.',
    permission: 'finance.readLedger',
    ...nothing,
    response: z.object({ accounts: z.array(Account) }),
    errors: [],
  }),
  openLedger: endpoint({
    method: 'POST',
    path: '/finance/accounts/open',
    summary: 'Makes the chart of accounts and the posting rules from the template (企业会计准则).',
    permission: 'finance.manage',
    ...nothing,
    body: z.object({}),
    response: z.object({ accounts: z.array(Account) }),
    status: 201,
    errors: [financeErrors.ledgerOpen],
  }),
  createAccount: endpoint({
    method: 'POST',
    path: '/finance/accounts',
    summary: 'Adds an account below an existing one, or a new one of the first level.',
    permission: 'finance.manage',
    params: z.object({}),
    query: z.object({}),
    body: z.object({
      code: AccountCode,
      name: z.string().trim().min(1).max(80),
      nameEn: z.string().trim().max(80).nullable(),
      /** Of the first level only; below it they are those of the account above. */
      kind: AccountKind,
      side: Side,
      validFrom: CalendarDate,
    }),
    response: Account,
    status: 201,
    errors: [financeErrors.codeTaken, financeErrors.parentMissing, financeErrors.parentUsed],
  }),
  changeAccount: endpoint({
    method: 'PATCH',
    path: '/finance/accounts/:id',
    summary: 'Renames an account or ends it on a day; what is posted keeps the name it was posted under.',
    permission: 'finance.manage',
    params: byId(AccountId),
    query: z.object({}),
    body: z.object({
      version: z.int(),
      name: z.string().trim().min(1).max(80),
      nameEn: z.string().trim().max(80).nullable(),
      validUntil: CalendarDate.nullable(),
    }),
    response: Account,
    errors: [financeErrors.notFound, financeErrors.changedMeanwhile, financeErrors.accountUsed],
  }),
  postings: endpoint({
    method: 'GET',
    path: '/finance/postings',
    summary: 'Which account each business step posts to, newest first.',
    permission: 'finance.readLedger',
    ...nothing,
    response: z.object({ postings: z.array(Posting) }),
    errors: [],
  }),
  setPosting: endpoint({
    method: 'POST',
    path: '/finance/postings',
    summary: 'Sets the account of a business step from a day on.',
    permission: 'finance.manage',
    params: z.object({}),
    query: z.object({}),
    body: z.object({ role: PostingRole, validFrom: CalendarDate, accountId: AccountId }),
    response: z.object({ postings: z.array(Posting) }),
    errors: [financeErrors.notFound, financeErrors.accountNotPostable],
  }),
  periods: endpoint({
    method: 'GET',
    path: '/finance/periods',
    summary: 'The months that have vouchers or are closed, newest first.',
    permission: 'finance.readLedger',
    ...nothing,
    response: z.object({ periods: z.array(PeriodState) }),
    errors: [],
  }),
  closePeriod: endpoint({
    method: 'POST',
    path: '/finance/periods/close',
    summary: 'Closes a month that is over; nothing can be posted into it afterwards.',
    permission: 'finance.manage',
    params: z.object({}),
    query: z.object({}),
    body: z.object({ period: Period }),
    response: PeriodState,
    errors: [financeErrors.periodClosed, financeErrors.earlierPeriodOpen, financeErrors.periodNotOver],
  }),
  reopenPeriod: endpoint({
    method: 'POST',
    path: '/finance/periods/reopen',
    summary: 'Opens the last closed month again.',
    permission: 'finance.manage',
    params: z.object({}),
    query: z.object({}),
    body: z.object({ period: Period, reason: z.string().trim().min(1).max(200) }),
    response: PeriodState,
    errors: [financeErrors.periodNotClosed, financeErrors.laterPeriodClosed],
  }),
  vouchers: endpoint({
    method: 'GET',
    path: '/finance/vouchers',
    summary: 'The vouchers of the organisation.',
    permission: 'finance.readLedger',
    params: z.object({}),
    query: VouchersQuery,
    body: z.undefined(),
    response: pageOf(VoucherHead),
    errors: [],
  }),
  exportVouchers: endpoint({
    method: 'GET',
    path: '/finance/vouchers/export',
    summary: 'The vouchers by line as a workbook, as filtered and sorted, up to 200,000 rows; a last row says where there are more.',
    permission: 'finance.readLedger',
    params: z.object({}),
    query: VouchersQuery.omit(wholeList),
    body: z.undefined(),
    response: z.undefined(),
    answer: 'xlsx',
    errors: [],
  }),
  voucher: endpoint({
    method: 'GET',
    path: '/finance/vouchers/:id',
    summary: 'A voucher with its lines.',
    permission: 'finance.readLedger',
    params: byId(VoucherId),
    query: z.object({}),
    body: z.undefined(),
    response: Voucher,
    errors: [financeErrors.notFound],
  }),
  printVoucher: endpoint({
    method: 'GET',
    path: '/finance/vouchers/:id/pdf',
    summary: 'The voucher as PDF (A4), for the binder.',
    permission: 'finance.readLedger',
    params: byId(VoucherId),
    query: z.object({}),
    body: z.undefined(),
    response: z.undefined(),
    answer: 'file',
    errors: [financeErrors.notFound],
  }),
  postVoucher: endpoint({
    method: 'POST',
    path: '/finance/vouchers',
    summary: 'Posts a voucher by hand.',
    permission: 'finance.manage',
    params: z.object({}),
    query: z.object({}),
    body: z.object({
      day: CalendarDate,
      currency: Currency,
      lines: z
        .array(
          z.object({
            summary: Summary,
            accountId: AccountId,
            partnerId: OrgId.nullable(),
            debit: Money.nullable(),
            credit: Money.nullable(),
          }),
        )
        .min(2)
        .max(200),
    }),
    response: Voucher,
    status: 201,
    errors: [financeErrors.notBalanced, financeErrors.accountNotPostable, financeErrors.periodClosed, financeErrors.partnerUnknown],
  }),
  reverseVoucher: endpoint({
    method: 'POST',
    path: '/finance/vouchers/:id/reverse',
    summary: 'Reverses a voucher posted by hand: the same lines in red (红字冲销).',
    permission: 'finance.manage',
    params: byId(VoucherId),
    query: z.object({}),
    body: z.object({ day: CalendarDate, reason: Summary }),
    response: Voucher,
    status: 201,
    errors: [financeErrors.notFound, financeErrors.alreadyReversed, financeErrors.sourcedVoucher, financeErrors.periodClosed],
  }),
  trialBalance: endpoint({
    method: 'GET',
    path: '/finance/trial-balance',
    summary: 'Opening balance, movement and closing balance of each account in a month (科目余额表).',
    permission: 'finance.readLedger',
    params: z.object({}),
    query: z.object({ period: Period, currency: Currency.default('CNY') }),
    body: z.undefined(),
    response: z.object({ lines: z.array(TrialLine) }),
    errors: [],
  }),
}
