import type { OrgId } from '#values/ids.ts'
import type { AccrualId } from '../../contract.ts'
import type { FinanceTables, FinanceTx } from '../tables.ts'

type NewAccrual = Omit<FinanceTables['finance.accrual'], 'id'>

/** Undefined where this receipt is accrued already. */
export const insertAccrual = (tx: FinanceTx, accrual: NewAccrual): Promise<{ id: AccrualId } | undefined> =>
  tx.sql
    .insertInto('finance.accrual')
    .values(accrual)
    .onConflict((conflict) => conflict.constraint('accrual_receipt').doNothing())
    .returning('id')
    .executeTakeFirst()

type LineTable = FinanceTables['finance.accrual_line']
export type NewAccrualLine = Omit<
  LineTable,
  'id' | 'net' | 'tax' | 'invoiced_quantity' | 'invoiced_net' | 'invoiced_tax' | keyof { buyer_org: OrgId; supplier_org: OrgId }
> & { buyer_org: OrgId; supplier_org: OrgId; net: bigint; tax: bigint }

const AT_ONCE = 500

export async function insertAccrualLines(tx: FinanceTx, lines: readonly NewAccrualLine[]): Promise<void> {
  for (let at = 0; at < lines.length; at += AT_ONCE)
    await tx.sql
      .insertInto('finance.accrual_line')
      .values(lines.slice(at, at + AT_ONCE))
      .execute()
}
