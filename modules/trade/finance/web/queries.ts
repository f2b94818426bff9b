import { queryOptions } from '@tanstack/react-query'
import { call } from '#ui/api.ts'
import type { VoucherId } from '../contract.ts'
import { ledgerApi } from '../ledger-contract.ts'

export const financeQueries = {
  accounts: () => queryOptions({ queryKey: ['finance', 'accounts'], queryFn: ({ signal }) => call(ledgerApi.accounts, { signal }) }),
  voucher: (id: string) =>
    queryOptions({
      queryKey: ['finance', 'voucher', id],
      queryFn: ({ signal }) => call(ledgerApi.voucher, { params: { id: id as VoucherId }, signal }),
    }),
}
