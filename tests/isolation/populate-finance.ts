import { ledgerApi } from '#modules/trade/finance/ledger-contract.ts'
import type { ApiClient } from '../api-client.ts'

/** The books of an organisation with one voucher in them. */
export async function populateFinance(client: ApiClient, mark: string): Promise<Record<string, string>> {
  const { accounts } = await client.call(ledgerApi.openLedger, { body: {} })
  const [first, second] = accounts.filter((account) => account.leaf)
  if (!first || !second) throw new Error('The chart is empty.')
  const amount = { currency: 'CNY' as const, amount: '12.00' }
  const summary = `${mark} freight`
  const voucher = await client.call(ledgerApi.postVoucher, {
    body: {
      day: '2026-11-02',
      currency: 'CNY',
      lines: [
        { summary, accountId: first.id, partnerId: null, debit: amount, credit: null },
        { summary, accountId: second.id, partnerId: null, debit: null, credit: amount },
      ],
    },
  })
  return { Account: first.id, Voucher: voucher.id }
}
