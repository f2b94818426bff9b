import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import type { VoucherId } from '../contract.ts'
import { financeErrors } from '../errors.ts'
import type { FinanceDatabase } from './tables.ts'
import { lockVoucher, setVoucherName } from './voucher-store.ts'

export const renameVoucher = (db: FinanceDatabase, ctx: Context, id: VoucherId, { version, name }: { version: number; name: string }) =>
  db
    .inTenant(ctx, async (tx) => {
      const voucher = await lockVoucher(tx, id)
      if (!voucher) throw financeErrors.notFound({ id })
      if (voucher.version !== version) throw financeErrors.changedMeanwhile({ id, version: voucher.version })
      return setVoucherName(tx, id, name)
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'voucher_name' ? financeErrors.nameTaken({ name }) : error
    })
