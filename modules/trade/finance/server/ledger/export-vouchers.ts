import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { FileAnswer } from '#kernel/file-answer.ts'
import { exportList, numberCell } from '#kernel/list-export.ts'
import type { Translate } from '#kernel/words.ts'
import { type Currency, writeMoney } from '#values/money.ts'
import type { ledgerApi, VoucherHead } from '../../ledger-contract.ts'
import type { FinanceDatabase } from '../tables.ts'
import { linesOfVouchers, voucherPage } from './voucher-store.ts'

type Line = Awaited<ReturnType<typeof linesOfVouchers>>[number] & { head: VoucherHead }

// A voucher has some lines: as many as this are at hand at once.
const VOUCHERS = 200

/** Vouchers by line, as accountants hand them to another system. */
export function exportVouchers(
  db: FinanceDatabase,
  ctx: Context,
  asked: z.output<typeof ledgerApi.exportVouchers.query>,
  translate: Translate,
): Promise<FileAnswer> {
  const word = (key: string) => translate(ctx.locale, `finance.${key}`) ?? key
  const amount = (currency: Currency, minor: number) => (minor === 0 ? null : numberCell(writeMoney(currency, BigInt(minor)).amount))
  return exportList(db, ctx, translate, {
    entity: 'finance.voucher',
    asked,
    sheet: word('vouchers.title'),
    page: ({ cursor }) =>
      db.inTenant(ctx, async (tx) => {
        const { items, nextCursor } = await voucherPage(tx, { ...asked, cursor, limit: VOUCHERS })
        const lines = Map.groupBy(
          await linesOfVouchers(
            tx,
            items.map(({ id }) => id),
          ),
          (line) => line.voucher_id,
        )
        return { nextCursor, items: items.flatMap((head) => (lines.get(head.id) ?? []).map((line): Line => ({ ...line, head }))) }
      }),
    columns: [
      { title: word('vouchers.number'), width: 18, cell: ({ head }) => head.number },
      { title: word('vouchers.day'), width: 12, cell: ({ head }) => head.day },
      { title: word('vouchers.kind'), width: 14, cell: ({ head }) => word(`kinds.${head.kind}`) },
      { title: word('vouchers.summary'), width: 40, cell: (line) => line.summary },
      { title: word('accounts.code'), width: 14, cell: (line) => line.account_code },
      { title: word('vouchers.account'), width: 20, cell: (line) => line.account_name },
      { title: word('vouchers.debit'), width: 16, cell: (line) => amount(line.head.total.currency, line.debit) },
      { title: word('vouchers.credit'), width: 16, cell: (line) => amount(line.head.total.currency, line.credit) },
      { title: word('vouchers.currency'), width: 8, cell: ({ head }) => head.total.currency },
      { title: word('vouchers.partner'), width: 24, cell: (line) => line.partner_name },
      { title: word('vouchers.source'), width: 20, cell: ({ head }) => head.sourceNumber },
    ],
  })
}
