import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { financeErrors } from '../../errors.ts'
import type { PartnerTerm, payableApi } from '../../payable-contract.ts'
import type { Rooms } from '../rooms.ts'
import type { TermRule } from './term-rules.ts'
import { putAgreed, putRule, readAgreed, readRules } from './term-store.ts'

/** Errors: finance.partnerUnknown. */
export const setTerm = ({ db, names }: Rooms, ctx: Context, given: z.output<typeof payableApi.setTerm.body>): Promise<PartnerTerm[]> =>
  db.inTenant(ctx, async (tx) => {
    const nameOf = await names(opaque(tx), [tx.orgId, given.partnerId])
    if (given.partnerId === tx.orgId) throw financeErrors.partnerUnknown()
    await putAgreed(tx, {
      buyer_org: tx.orgId,
      supplier_org: given.partnerId,
      buyer_name: nameOf(tx.orgId),
      supplier_name: nameOf(given.partnerId),
      days: given.days,
      basis: given.basis,
      valid_from: given.validFrom,
      source: given.source,
    })
    return readAgreed(tx)
  })

/** Errors: finance.operatorOnly. */
export async function readTermRules({ db, isOperator }: Rooms, ctx: Context): Promise<TermRule[]> {
  if (!(await isOperator(ctx.orgId))) throw financeErrors.operatorOnly()
  return db.inTenant(ctx, (tx) => readRules(tx.sql))
}

/** Errors: finance.operatorOnly. */
export async function setTermRule({ system, isOperator }: Rooms, ctx: Context, rule: TermRule): Promise<TermRule[]> {
  if (!(await isOperator(ctx.orgId))) throw financeErrors.operatorOnly()
  return system.inSystem(async (sqlOf) => {
    await putRule(sqlOf, rule)
    return readRules(sqlOf)
  }, ctx)
}
