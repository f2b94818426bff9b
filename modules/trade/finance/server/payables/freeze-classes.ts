import type { OrgId } from '#values/ids.ts'
import type { Sizes } from '../rooms.ts'
import type { FinanceTx } from '../tables.ts'
import { freezeClasses, frozenClasses } from './term-store.ts'

/** In the buyer's tenant: both parties' size classes on a day, kept with the order for good. What is frozen already stays. */
export async function freezeSizes(tx: FinanceTx, sizes: Sizes, supplier: OrgId, orderIds: readonly string[], day: string): Promise<void> {
  const wanted = [...new Set(orderIds)]
  if (wanted.length === 0) return
  const known = new Set((await frozenClasses(tx, wanted)).map((row) => row.order_id))
  const missing = wanted.filter((id) => !known.has(id))
  if (missing.length === 0) return
  const [own, theirs] = [await sizes(tx.orgId, day), await sizes(supplier, day)]
  await freezeClasses(
    tx,
    missing.map((order_id) => ({
      buyer_org: tx.orgId,
      supplier_org: supplier,
      order_id,
      buyer_class: own ?? null,
      supplier_class: theirs ?? null,
      frozen_on: day,
    })),
  )
}
