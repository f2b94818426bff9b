import type { Routes } from '#kernel/http.ts'
import type { Printing } from '#kernel/printer.ts'
import { ledgerApi } from '../../ledger-contract.ts'
import type { Rooms } from '../rooms.ts'
import { allAccounts, allPostings, toAccount, toPosting } from './account-store.ts'
import { changeAccount, createAccount, setPosting } from './change-accounts.ts'
import { closePeriod, reopenPeriod } from './close-period.ts'
import { exportVouchers } from './export-vouchers.ts'
import { openLedger } from './open-ledger.ts'
import { listPeriods } from './period-store.ts'
import { printVoucher } from './print-voucher.ts'
import { trialBalance, voucherPage, wholeVoucher } from './voucher-store.ts'
import { postByHand, reverseByHand } from './vouchers-by-hand.ts'

export const ledgerRoutes =
  (rooms: Rooms, printing: Printing): Routes =>
  (on) => {
    const { db, names } = rooms
    on.serve(ledgerApi.accounts, async ({ ctx }) => ({ accounts: (await db.inTenant(ctx, allAccounts)).map(toAccount) }))
    on.serve(ledgerApi.openLedger, async ({ ctx }) => ({ accounts: (await openLedger(db, ctx)).map(toAccount) }))
    on.serve(ledgerApi.createAccount, ({ ctx, body }) => createAccount(db, ctx, body))
    on.serve(ledgerApi.changeAccount, ({ ctx, params, body }) => changeAccount(db, ctx, params.id, body))
    on.serve(ledgerApi.postings, async ({ ctx }) => ({ postings: (await db.inTenant(ctx, allPostings)).map(toPosting) }))
    on.serve(ledgerApi.setPosting, async ({ ctx, body }) => ({ postings: await setPosting(db, ctx, body) }))
    on.serve(ledgerApi.periods, async ({ ctx }) => ({ periods: await db.inTenant(ctx, listPeriods) }))
    on.serve(ledgerApi.closePeriod, ({ ctx, body }) => closePeriod(db, ctx, body.period))
    on.serve(ledgerApi.reopenPeriod, ({ ctx, body }) => reopenPeriod(db, ctx, body))
    on.serve(ledgerApi.vouchers, ({ ctx, query }) => db.inTenant(ctx, (tx) => voucherPage(tx, query)))
    on.serveFile(ledgerApi.exportVouchers, ({ ctx, query }) => exportVouchers(db, ctx, query, printing.translate))
    on.serve(ledgerApi.voucher, ({ ctx, params }) => db.inTenant(ctx, (tx) => wholeVoucher(tx, params.id)))
    on.serveFile(ledgerApi.printVoucher, ({ ctx, params }) => printVoucher(rooms, printing, ctx, params.id))
    on.serve(ledgerApi.postVoucher, ({ ctx, body }) => postByHand(db, names, ctx, body))
    on.serve(ledgerApi.reverseVoucher, ({ ctx, params, body }) => reverseByHand(db, ctx, params.id, body))
    on.serve(ledgerApi.trialBalance, async ({ ctx, query }) => ({
      lines: await db.inTenant(ctx, (tx) => trialBalance(tx, query.period, query.currency)),
    }))
  }
