import { queryOptions } from '@tanstack/react-query'
import { call } from '#ui/api.ts'
import type { OrgId } from '#values/ids.ts'
import type { Currency } from '#values/money.ts'
import type { InvoiceId, PaymentId, StatementId, VoucherId } from '../contract.ts'
import { invoiceApi, type PartySide } from '../invoice-contract.ts'
import { ledgerApi } from '../ledger-contract.ts'
import { payableApi } from '../payable-contract.ts'
import { statementApi } from '../statement-contract.ts'

const key = (...parts: string[]) => ['finance', ...parts]

export const financeQueries = {
  accounts: () => queryOptions({ queryKey: key('accounts'), queryFn: ({ signal }) => call(ledgerApi.accounts, { signal }) }),
  postings: () => queryOptions({ queryKey: key('postings'), queryFn: ({ signal }) => call(ledgerApi.postings, { signal }) }),
  periods: () => queryOptions({ queryKey: key('periods'), queryFn: ({ signal }) => call(ledgerApi.periods, { signal }) }),
  trialBalance: (period: string) =>
    queryOptions({ queryKey: key('trial', period), queryFn: ({ signal }) => call(ledgerApi.trialBalance, { query: { period }, signal }) }),
  voucher: (id: string) =>
    queryOptions({
      queryKey: key('voucher', id),
      queryFn: ({ signal }) => call(ledgerApi.voucher, { params: { id: id as VoucherId }, signal }),
    }),
  vouchersOf: (sourceId: string) =>
    queryOptions({
      queryKey: key('vouchers-of', sourceId),
      queryFn: ({ signal }) => call(ledgerApi.vouchers, { query: { sourceId, sort: 'number', limit: 200 }, signal }),
    }),
  payment: (id: string) =>
    queryOptions({
      queryKey: key('payment', id),
      queryFn: ({ signal }) => call(payableApi.payment, { params: { id: id as PaymentId }, signal }),
    }),
  invoice: (id: string) =>
    queryOptions({
      queryKey: key('invoice', id),
      queryFn: ({ signal }) => call(invoiceApi.invoice, { params: { id: id as InvoiceId }, signal }),
      // The buyer's comparison follows the submission within seconds.
      refetchInterval: (query) => (query.state.data?.state === 'submitted' ? 3_000 : false),
    }),
  openLines: (side: PartySide, partnerId: OrgId, currency: Currency) =>
    queryOptions({
      queryKey: key('open-lines', side, partnerId, currency),
      queryFn: ({ signal }) => call(invoiceApi.openLines, { query: { side, partnerId, currency, limit: 200 }, signal }),
    }),
  openUsage: (partnerId: OrgId) =>
    queryOptions({
      queryKey: key('open-usage', partnerId),
      queryFn: ({ signal }) =>
        call(invoiceApi.openLines, {
          query: { side: 'buyer', partnerId, currency: 'CNY', kind: 'usage', free: 'true', limit: 200 },
          signal,
        }),
    }),
  ageing: (side: PartySide) =>
    queryOptions({ queryKey: key('ageing', side), queryFn: ({ signal }) => call(payableApi.ageing, { query: { side }, signal }) }),
  statement: (id: string) =>
    queryOptions({
      queryKey: key('statement', id),
      queryFn: ({ signal }) => call(statementApi.statement, { params: { id: id as StatementId }, signal }),
    }),
  terms: () => queryOptions({ queryKey: key('terms'), queryFn: ({ signal }) => call(payableApi.terms, { signal }) }),
  setting: () => queryOptions({ queryKey: key('setting'), queryFn: ({ signal }) => call(payableApi.setting, { signal }) }),
}
