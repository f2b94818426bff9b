import { sql } from 'kysely'
import type { OrgId } from '#values/ids.ts'
import type { MaterialId, PriceId, SourceId } from '../contract.ts'
import type { MaterialsTx } from './tables.ts'

export interface WrittenPrice {
  supplier_org: OrgId
  material_id: MaterialId
  currency: string
  unit: string
  from_quantity: string
  net_price: string
  gross_price: string
  tax_rate: string
  valid_from: string
  valid_until: string | null
}

const asRecords = (
  prices: readonly WrittenPrice[],
) => sql`jsonb_to_recordset(${JSON.stringify(prices)}::jsonb) as p(supplier_org uuid, material_id uuid,
  currency text, unit text, from_quantity numeric, net_price numeric, gross_price numeric, tax_rate numeric, valid_from date, valid_until date)`

const sameKey = sql`o.supplier_org = p.supplier_org and o.material_id = p.material_id and o.currency = p.currency and o.unit = p.unit
  and o.from_quantity = p.from_quantity and o.withdrawn_at is null`

/** What began earlier and has not ended ends on the day before the new price. */
export const endEarlier = (tx: MaterialsTx, prices: readonly WrittenPrice[]) =>
  sql`update materials.price o set valid_until = p.valid_from - 1, version = o.version + 1 from ${asRecords(prices)}
    where o.buyer_org = ${tx.orgId} and ${sameKey} and o.valid_from < p.valid_from and coalesce(o.valid_until, 'infinity') >= p.valid_from`.execute(
    tx.sql,
  )

/** Ids in the order given. Each belongs to a source; without one it is not written. A period that is taken violates `price_overlaps`. */
export async function insertPrices(
  tx: MaterialsTx,
  prices: readonly WrittenPrice[],
  by: { at: Date; name: string | null },
): Promise<PriceId[]> {
  const { rows } = await sql<{ id: PriceId; key: string }>`
    insert into materials.price (buyer_org, supplier_org, source_id, material_id, currency, unit, from_quantity, net_price, gross_price, tax_rate,
      valid_from, valid_until, created_at, created_by)
    select ${tx.orgId}, p.supplier_org, s.id, p.material_id, p.currency, p.unit, p.from_quantity, p.net_price, p.gross_price, p.tax_rate, p.valid_from,
      p.valid_until, ${by.at}, ${by.name}::text
    from ${asRecords(prices)}
    join materials.source s on s.buyer_org = ${tx.orgId} and s.supplier_org = p.supplier_org and s.material_id = p.material_id
    returning id, concat_ws(' ', supplier_org, material_id, currency, unit, trim_scale(from_quantity), valid_from) as key`.execute(tx.sql)
  const byKey = new Map(rows.map((row) => [row.key, row.id]))
  const keyOf = (p: WrittenPrice) => [p.supplier_org, p.material_id, p.currency, p.unit, p.from_quantity, p.valid_from].join(' ')
  return prices.flatMap((price) => byKey.get(keyOf(price)) ?? [])
}

/** As the buyer: everything in force on that day, of each material in all units and breaks. */
export const pricesInForce = (tx: MaterialsTx, supplier: OrgId, ids: readonly MaterialId[], day: string, currency: string) =>
  tx.sql
    .selectFrom('materials.price')
    .select(['id', 'material_id', 'unit', 'from_quantity', 'net_price', 'tax_rate'])
    .where('buyer_org', '=', tx.orgId)
    .where('supplier_org', '=', supplier)
    .where('currency', '=', currency)
    .where('withdrawn_at', 'is', null)
    .where(sql<boolean>`material_id = any(${[...new Set(ids)]}::uuid[])`)
    .where('valid_from', '<=', day)
    .where((eb) => eb.or([eb('valid_until', 'is', null), eb('valid_until', '>=', day)]))
    .execute()

const priceQuery = (tx: MaterialsTx) =>
  tx.sql
    .selectFrom('materials.price as p')
    .select([
      'p.id',
      'p.buyer_org',
      'p.currency',
      'p.unit',
      'p.valid_from',
      'p.valid_until',
      'p.created_at',
      'p.created_by',
      'p.withdrawn_at',
      'p.version',
    ])
    .select(
      (['from_quantity', 'net_price', 'gross_price', 'tax_rate'] as const).map((name) =>
        sql<string>`trim_scale(${sql.ref(`p.${name}`)})::text`.as(name),
      ),
    )
export type PriceRow = Awaited<ReturnType<ReturnType<typeof priceQuery>['executeTakeFirstOrThrow']>>

/** The newest period first, within it by break. */
export const pricesOf = (tx: MaterialsTx, sourceId: SourceId): Promise<PriceRow[]> =>
  priceQuery(tx)
    .where('p.source_id', '=', sourceId)
    .where((eb) => eb.or([eb('p.buyer_org', '=', tx.orgId), eb('p.supplier_org', '=', tx.orgId)]))
    .orderBy('p.valid_from', 'desc')
    .orderBy('p.from_quantity')
    .execute()

export const findPrice = (tx: MaterialsTx, id: PriceId) =>
  priceQuery(tx).where('p.id', '=', id).where('p.buyer_org', '=', tx.orgId).executeTakeFirst()
export const lockPrice = (tx: MaterialsTx, id: PriceId) =>
  priceQuery(tx).where('p.id', '=', id).where('p.buyer_org', '=', tx.orgId).forUpdate().executeTakeFirst()

export const changePrice = (tx: MaterialsTx, id: PriceId, change: { valid_until?: string; withdrawn_at?: Date }) =>
  tx.sql
    .updateTable('materials.price')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .where('buyer_org', '=', tx.orgId)
    .execute()

/** What has not been withdrawn of these materials, for holding new prices against it. */
export const standingPrices = (tx: MaterialsTx, ids: readonly MaterialId[]) =>
  tx.sql
    .selectFrom('materials.price')
    .select(['supplier_org', 'material_id', 'currency', 'unit', 'valid_from'])
    .select(sql<string>`trim_scale(from_quantity)::text`.as('from_quantity'))
    .where('buyer_org', '=', tx.orgId)
    .where('withdrawn_at', 'is', null)
    .where(sql<boolean>`material_id = any(${[...new Set(ids)]}::uuid[])`)
    .execute()
