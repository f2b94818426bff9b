import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { type Decimal, decimal, writeDecimal, ZERO } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import type { LocationId } from '../contract.ts'
import { inventoryErrors } from '../errors.ts'
import type { Sending, SendingDocument, Sent } from '../public.ts'
import { lockItems } from './item-store.ts'
import { systemLocation } from './location-store.ts'
import { postMoves } from './post-moves.ts'
import type { MaterialFacts, Rooms } from './rooms.ts'
import { type Picked, pickToSend, type Shelf } from './send-rules.ts'
import type { InventoryTx } from './tables.ts'
import { holdSetting } from './valuation-store.ts'

interface OwnShelf extends Shelf {
  materialId: MaterialId
  locationId: LocationId
}

/** What one posting takes; a notice of more pieces than this is followed as far. */
const MOST_PARTS = 5_000

/** See public.ts. */
export async function sendGoods(
  rooms: Pick<Rooms, 'materials'>,
  tx: InventoryTx,
  ctx: Context,
  document: SendingDocument,
  lines: readonly Sending[],
): Promise<Sent[]> {
  const setting = await holdSetting(tx, 'share')
  const today = chinaDay(ctx.now)
  const refuse = setting.only_from_stock && !document.gone
  if (setting.closed_until !== null && setting.closed_until >= today && !refuse) return []
  const facts = await rooms.materials.facts(opaque(tx), [...new Set(lines.map((line) => line.materialId))])
  const known = lines.filter((line) => facts.has(line.materialId))
  if (known.length === 0) return []
  await lockItems(tx, [...facts.values()])
  const parts = await partsOf(tx, facts, known, { today, refuse })
  const transit = await systemLocation(tx, 'transit')
  const sent = parts.slice(0, MOST_PARTS).map(
    ({ line, shelf, quantity }, i): Sent => ({
      line,
      materialId: shelf.materialId,
      from: shelf.locationId,
      lot: shelf.lot || null,
      serial: shelf.serial || null,
      quantity,
      source: { entity: document.entity, id: document.id, line: String((document.after ?? 0) + i + 1) },
    }),
  )
  await postMoves(
    rooms,
    tx,
    ctx,
    sent.map(({ line: _, ...part }) => ({
      ...part,
      to: transit,
      owner: tx.orgId,
      expires: null,
      day: today,
      unitCost: null,
      reason: document.reason,
    })),
  )
  return sent
}

async function partsOf(
  tx: InventoryTx,
  facts: ReadonlyMap<MaterialId, MaterialFacts>,
  lines: readonly Sending[],
  { today, refuse }: { today: string; refuse: boolean },
): Promise<(Picked<OwnShelf> & { line: string })[]> {
  const { shelves, free } = await shelvesOf(tx, [...facts.keys()])
  return lines.flatMap((line) => {
    const of = facts.get(line.materialId)
    if (!of) return []
    const { picks, missing } = pickToSend(
      shelves.get(line.materialId) ?? [],
      free.get(line.materialId) ?? new Map(),
      { ...line, control: of.control },
      today,
    )
    if (refuse && missing > ZERO) throw inventoryErrors.notInStock({ material: of.code, missing: writeDecimal(missing) })
    return picks.map((pick) => ({ ...pick, line: line.line }))
  })
}

/** One's own goods in open warehouses and bins, under the items' locks, and what of each warehouse is free. */
async function shelvesOf(tx: InventoryTx, materials: readonly MaterialId[]) {
  const { rows } = await sql<Omit<OwnShelf, 'onHand'> & { onHand: string }>`
    select b.material_id as "materialId", l.id as "locationId", l.code as "locationCode", coalesce(l.warehouse_id, l.id) as warehouse,
      b.lot, b.serial, b.quantity as "onHand", t.expires, coalesce(t.first_day, b.since) as since
    from inventory.balance b
    join inventory.location l on l.org_id = b.org_id and l.id = b.location_id and l.kind in ('warehouse', 'bin') and l.closed_at is null
    -- Lot by lot: how many are left of all that ever were is nothing the planner can know.
    left join lateral (select expires, first_day from inventory.lot where org_id = b.org_id and material_id = b.material_id and lot = b.lot limit 1) t on true
    where b.org_id = ${tx.orgId} and b.material_id = any(${materials}::uuid[]) and b.owner_org = ${tx.orgId} and b.quantity > 0`.execute(
    tx.sql,
  )
  const { rows: left } = await sql<{ materialId: MaterialId; warehouse: string; free: string }>`
    select material_id as "materialId", warehouse_id as warehouse, on_hand - reserved as free from inventory.availability
    where org_id = ${tx.orgId} and material_id = any(${materials}::uuid[])`.execute(tx.sql)
  const free = new Map<MaterialId, Map<string, Decimal>>()
  for (const row of left)
    free.set(row.materialId, (free.get(row.materialId) ?? new Map<string, Decimal>()).set(row.warehouse, decimal(row.free)))
  const shelves = Map.groupBy(
    rows.map((row) => ({ ...row, onHand: decimal(row.onHand) })),
    (row) => row.materialId,
  )
  return { shelves, free }
}

/** See public.ts. */
export async function ownMaterials(
  { materials }: Pick<Rooms, 'materials'>,
  tx: InventoryTx,
  buyer: OrgId,
  theirs: readonly { materialId: MaterialId; supplierCode: string | null }[],
): Promise<Map<MaterialId, MaterialId>> {
  const shared = await tx.sql
    .selectFrom('inventory.stock_share')
    .select(['material_id', 'own_material_id'])
    .where('supplier_org', '=', tx.orgId)
    .where('buyer_org', '=', buyer)
    .where('state', '=', 'shared')
    .where(sql<boolean>`material_id = any(${theirs.map((one) => one.materialId)}::uuid[])`)
    .execute()
  const found = new Map(shared.flatMap((row) => (row.own_material_id ? [[row.material_id, row.own_material_id]] : [])))
  const coded = theirs.flatMap(({ materialId, supplierCode }) =>
    supplierCode && !found.has(materialId) ? [{ materialId, supplierCode }] : [],
  )
  if (coded.length === 0) return found
  const byCode = await materials.byCodes(opaque(tx), [...new Set(coded.map((one) => one.supplierCode))])
  for (const { materialId, supplierCode } of coded) {
    const own = byCode.get(supplierCode.toLowerCase())
    if (own) found.set(materialId, own.id)
  }
  return found
}
