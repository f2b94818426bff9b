import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import { opaque } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import type { Page } from '#values/list.ts'
import type { ChainItem, chainApi, Holder } from '../chain-contract.ts'
import type { Rooms } from './rooms.ts'
import { likeParts } from './search-words.ts'
import type { InventoryTx } from './tables.ts'

interface Row {
  material_id: MaterialId
  code: string
  name: string
  specification: string
  unit: string
  own: string
  consigned: string
  at_suppliers: string | null
  as_of: Date | null
}

/** Of materials that a partner holds something of: what is shared, what lies here of suppliers, and one's own beside it. */
function chainQuery(tx: InventoryTx, search: string | undefined) {
  const held = sql<Row>`(
    select h.material_id, min(h.code) as code, min(h.name) as name, min(h.specification) as specification, min(h.unit) as unit,
      coalesce(sum(h.consigned), 0) as consigned, sum(h.shared) as at_suppliers, min(h.as_of) as as_of,
      (select coalesce(sum(a.on_hand), 0) from inventory.availability a where a.org_id = ${tx.orgId} and a.material_id = h.material_id) as own
    from (
      select material_id, code, name, specification, unit, quantity as consigned, null::numeric as shared, null::timestamptz as as_of
      from inventory.consignment where buyer_org = ${tx.orgId} and quantity > 0
      union all
      select material_id, code, name, specification, unit, null, quantity, as_of
      from inventory.stock_share where buyer_org = ${tx.orgId} and state = 'shared'
    ) h group by h.material_id)`
  let query = tx.sql.selectFrom(held.as('c')).selectAll('c')
  for (const part of likeParts(search))
    query = query.where(sql<boolean>`lower(c.code || ' ' || c.name || ' ' || c.specification) like ${part}`)
  return query
}

export const readChain = (rooms: Rooms, ctx: Context, list: z.output<typeof chainApi.chain.query>): Promise<Page<ChainItem>> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const order = { sorts: { code: { by: 'c.code', type: 'text' as const } }, id: 'c.material_id' }
    const page = await readPage(tx, chainQuery(tx, list.search), list, order, (row) => row)
    const holders = await holdersOf(
      rooms,
      tx,
      ctx.now,
      page.items.map((row) => row.material_id),
    )
    const text = (quantity: string) => writeDecimal(decimal(quantity))
    return {
      ...page,
      items: page.items.map((row) => ({
        materialId: row.material_id,
        code: row.code,
        name: row.name,
        specification: row.specification,
        unit: row.unit,
        own: text(row.own),
        consigned: text(row.consigned),
        atSuppliers: row.at_suppliers === null ? null : text(row.at_suppliers),
        asOf: row.as_of?.toISOString() ?? null,
        holders: holders.get(row.material_id) ?? [],
      })),
    }
  })

/** One's own figures are those of this moment; a supplier's is that of his last posting. */
async function holdersOf({ organisations }: Rooms, tx: InventoryTx, now: Date, ids: readonly MaterialId[]) {
  const { rows } = await sql<{
    material_id: MaterialId
    kind: Holder['kind']
    name: string | null
    org: OrgId | null
    quantity: string
    as_of: Date | null
  }>`
    select a.material_id, 'own' as kind, l.code || ' ' || l.name as name, null::uuid as org, a.on_hand as quantity, null::timestamptz as as_of
    from inventory.availability a join inventory.location l on l.org_id = a.org_id and l.id = a.warehouse_id
    where a.org_id = ${tx.orgId} and a.material_id = any(${ids}::uuid[]) and a.on_hand <> 0
    union all
    select material_id, 'consigned', null, supplier_org, quantity, null from inventory.consignment
    where buyer_org = ${tx.orgId} and material_id = any(${ids}::uuid[]) and quantity > 0
    union all
    select material_id, 'supplier', null, supplier_org, quantity, as_of from inventory.stock_share
    where buyer_org = ${tx.orgId} and material_id = any(${ids}::uuid[]) and state = 'shared'`.execute(tx.sql)
  const orgs = [...new Set(rows.flatMap((row) => row.org ?? []))]
  const names = await organisations.labels(opaque(tx), orgs)
  const found = new Map<MaterialId, Holder[]>()
  for (const row of rows) {
    const name = row.name ?? (row.org && names.get(row.org)?.name) ?? ''
    const holder = { kind: row.kind, name, quantity: writeDecimal(decimal(row.quantity)), asOf: (row.as_of ?? now).toISOString() }
    found.set(row.material_id, [...(found.get(row.material_id) ?? []), holder])
  }
  return found
}
