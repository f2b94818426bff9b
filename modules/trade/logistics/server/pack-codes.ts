import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import { logisticsErrors } from '../errors.ts'
import type { PackCodes } from '../label-contract.ts'
import { prefixOf, ssccOf } from '../labels/sscc.ts'
import type { LogisticsDatabase, LogisticsTx } from './tables.ts'

type Row = { gs1_prefix: string | null; last_serial: number; version: number }
const view = (row: Row): PackCodes => ({ gs1Prefix: row.gs1_prefix, used: row.last_serial, version: row.version })

const rowOf = (tx: LogisticsTx) => tx.sql.selectFrom('logistics.pack_codes').selectAll().where('org_id', '=', tx.orgId)

export const readPackCodes = (db: LogisticsDatabase, ctx: Context): Promise<PackCodes> =>
  db.inTenant(ctx, async (tx) => view((await rowOf(tx).executeTakeFirst()) ?? { gs1_prefix: null, last_serial: 0, version: 0 }))

/** Errors: logistics.changedMeanwhile, logistics.prefixInUse. */
export const setPackCodes = (
  db: LogisticsDatabase,
  ctx: Context,
  { gs1Prefix, version }: { gs1Prefix: string | null; version: number },
): Promise<PackCodes> =>
  db
    .inTenant(ctx, async (tx) => {
      const row = await rowOf(tx).forUpdate().executeTakeFirst()
      if ((row?.version ?? 0) !== version) throw logisticsErrors.changedMeanwhile({ version: row?.version ?? 0 })
      const written = await tx.sql
        .insertInto('logistics.pack_codes')
        .values({ org_id: tx.orgId, gs1_prefix: gs1Prefix })
        .onConflict((conflict) =>
          conflict.column('org_id').doUpdateSet((eb) => ({ gs1_prefix: gs1Prefix, version: eb('logistics.pack_codes.version', '+', 1) })),
        )
        .returningAll()
        .executeTakeFirstOrThrow()
      return view(written)
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'pack_codes_prefix' ? logisticsErrors.prefixInUse({ gs1Prefix }) : error
    })

/** The next `count` codes of the acting organisation; its row stays locked until the transaction ends. Errors: logistics.packCodesUsedUp. */
export async function takeSerials(tx: LogisticsTx, ctx: Context, count: number): Promise<string[]> {
  if (count === 0) return []
  const row = await tx.sql
    .insertInto('logistics.pack_codes')
    .values({ org_id: tx.orgId, gs1_prefix: null, last_serial: count })
    .onConflict((conflict) =>
      conflict.column('org_id').doUpdateSet((eb) => ({ last_serial: eb('logistics.pack_codes.last_serial', '+', count) })),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
  const prefix = prefixOf(row.gs1_prefix, ctx.orgNo)
  return Array.from({ length: count }, (_, i) => {
    const code = ssccOf(prefix, row.last_serial - count + 1 + i)
    if (code === undefined) throw logisticsErrors.packCodesUsedUp({ prefix })
    return code
  })
}
