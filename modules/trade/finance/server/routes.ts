import type { Routes } from '#kernel/http.ts'
import { financeApi } from '../contract.ts'
import { createVoucher } from './create-voucher.ts'
import { renameVoucher } from './rename-voucher.ts'
import type { FinanceDatabase } from './tables.ts'
import { listFinance } from './voucher-store.ts'

export const financeRoutes =
  (db: FinanceDatabase): Routes =>
  (on) => {
    on.serve(financeApi.list, ({ ctx, query }) => db.inTenant(ctx, (tx) => listFinance(tx, query)))
    on.serve(financeApi.create, ({ ctx, body }) => createVoucher(db, ctx, body))
    on.serve(financeApi.rename, ({ ctx, params, body }) => renameVoucher(db, ctx, params.id, body))
  }
