import { invoiceApi } from '#modules/trade/finance/invoice-contract.ts'
import { ledgerApi } from '#modules/trade/finance/ledger-contract.ts'
import { statementApi } from '#modules/trade/finance/statement-contract.ts'
import type { ApiClient } from '../api-client.ts'

/** The books of an organisation with one voucher in them, and an invoice of a partner's. */
export async function populateFinance(client: ApiClient, partnerId: string, mark: string): Promise<Record<string, string>> {
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
  const invoice = await client.call(invoiceApi.createInvoice, {
    body: {
      side: 'buyer',
      partnerId: partnerId as never,
      code: null,
      // One issuer gives a number once, whoever the buyer is.
      number: `255${BigInt(`0x${Buffer.from(mark).toString('hex')}`)
        .toString()
        .slice(-17)
        .padStart(17, '0')}`,
      day: '2026-11-02',
      net: amount,
      tax: { currency: 'CNY', amount: '0.00' },
      gross: amount,
      note: `${mark} note`,
      lines: [],
    },
  })
  const statement = await client.call(statementApi.proposeStatement, {
    body: { side: 'buyer', partnerId: partnerId as never, untilDay: '2026-11-02', currency: 'CNY' },
  })
  // Without a receipt there is no line, payable or payment yet: their endpoints are asked with the id of another document of the victim's.
  return {
    Account: first.id,
    Voucher: voucher.id,
    Invoice: invoice.id,
    AccrualLine: invoice.id,
    Payable: invoice.id,
    Payment: invoice.id,
    Statement: statement.id,
    StatementLine: invoice.id,
  }
}
