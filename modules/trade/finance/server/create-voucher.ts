import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import { financeErrors } from '../errors.ts'
import type { FinanceDatabase } from './tables.ts'
import { insertVoucher } from './voucher-store.ts'

export const createVoucher = (db: FinanceDatabase, ctx: Context, { name }: { name: string }) =>
  db
    .inTenant(ctx, (tx) => insertVoucher(tx, name))
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'voucher_name' ? financeErrors.nameTaken({ name }) : error
    })
