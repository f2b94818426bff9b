import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import { logisticsErrors } from '../errors.ts'
import type { Rooms } from './rooms.ts'
import type { LogisticsTx, Parties } from './tables.ts'

/** The acting organisation as the buyer of a supplier it has a relation with today. Errors: logistics.noRelation. */
export async function buyerOf(rooms: Rooms, tx: LogisticsTx, ctx: Context, supplier: OrgId): Promise<Parties> {
  const relation = await rooms.organisations.relationWith(opaque(tx), supplier, chinaDay(ctx.now))
  if (relation?.side !== 'buyer') throw logisticsErrors.noRelation({ orgId: supplier })
  return partiesOf(rooms, tx, ctx.orgId, supplier)
}

/** Errors: logistics.noRelation. */
export async function partiesOf(rooms: Rooms, tx: LogisticsTx, buyer: OrgId, supplier: OrgId): Promise<Parties> {
  const labels = await rooms.organisations.labels(opaque(tx), [buyer, supplier])
  const [ours, theirs] = [labels.get(buyer), labels.get(supplier)]
  if (!ours || !theirs) throw logisticsErrors.noRelation({ orgId: supplier })
  return {
    buyer_org: buyer,
    supplier_org: supplier,
    buyer_name: ours.name,
    buyer_name_en: ours.nameEn,
    supplier_name: theirs.name,
    supplier_name_en: theirs.nameEn,
  }
}

type Named = Pick<Parties, 'supplier_org' | 'supplier_name' | 'supplier_name_en'>
export const supplierView = (row: Named) => ({ orgId: row.supplier_org, name: row.supplier_name, nameEn: row.supplier_name_en })
export const buyerView = (row: Parties) => ({ orgId: row.buyer_org, name: row.buyer_name, nameEn: row.buyer_name_en })
