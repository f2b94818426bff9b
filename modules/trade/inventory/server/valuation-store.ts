import { sql } from 'kysely'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { decimal, writeDecimal, ZERO } from '#values/decimal.ts'
import type { Currency } from '#values/money.ts'
import type { MoveId, ValuationMethod } from '../contract.ts'
import type { InventoryTx } from './tables.ts'
import {
  type Derived,
  type Direction,
  type DirectionNo,
  directionNo,
  directionOf,
  type Layer,
  type Standing,
  type ValuedMove,
} from './valuation-rules.ts'

export interface Setting {
  method: ValuationMethod
  currency: Currency
  closed_until: string | null
  /** A shipping notice needs goods that the books hold. */
  only_from_stock: boolean
  version: number
}

/** Held until the transaction ends: the method does not change under a posting. */
export async function holdSetting(tx: InventoryTx, strength: 'share' | 'update'): Promise<Setting> {
  const read = sql<Setting>`select method, currency, closed_until, only_from_stock, version from inventory.setting where org_id = ${tx.orgId}
    ${sql.raw(strength === 'share' ? 'for share' : 'for update')}`
  const { rows } = await read.execute(tx.sql)
  if (rows[0]) return rows[0]
  await sql`insert into inventory.setting (org_id) values (${tx.orgId}) on conflict do nothing`.execute(tx.sql)
  const { rows: made } = await read.execute(tx.sql)
  if (!made[0]) throw new Error('The setting was made and is not there.')
  return made[0]
}

export const isValued = async (tx: InventoryTx): Promise<boolean> =>
  (await tx.sql.selectFrom('inventory.cost').select('move_id').where('org_id', '=', tx.orgId).limit(1).executeTakeFirst()) !== undefined

export const writeSetting = (tx: InventoryTx, change: Pick<Setting, 'method' | 'closed_until' | 'only_from_stock'>) =>
  tx.sql
    .updateTable('inventory.setting')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .execute()

/** From where on the moves of a material are valued anew. */
export interface From {
  materialId: MaterialId
  day: string
  direction: Direction
  seq: number
}
export type OfMaterial<Item> = Item & { materialId: MaterialId }

const positions = (from: readonly From[]) =>
  JSON.stringify(from.map(({ materialId, day, direction, seq }) => ({ materialId, day, direction: directionNo({ direction }), seq })))
const AS_POSITIONS = sql`as p("materialId" uuid, day date, direction smallint, seq bigint)`

export type Before = OfMaterial<ValuedMove> & { value: bigint }

/** Takes the values from there on off, with what they took from layers; answers their moves with the values. */
export async function takeOff(tx: InventoryTx, method: ValuationMethod, from: readonly From[]): Promise<Before[]> {
  interface Gone {
    id: MoveId
    materialId: MaterialId
    day: string
    direction: DirectionNo
    seq: number
    quantity: string
    value: number
    unitCost: string | null
    revalues: MoveId | null
    amount: number | null
  }
  const earliest = from.map((one) => one.day).sort()[0] ?? null
  const { rows } = await sql<Gone>`
    with gone as (
      delete from inventory.cost c using jsonb_to_recordset(${positions(from)}::jsonb) ${AS_POSITIONS}
      where c.org_id = ${tx.orgId} and c.material_id = p."materialId" and (c.day, c.direction, c.seq) >= (p.day, p.direction, p.seq)
        -- Known to the planner, who would else guess that a third of all lies behind.
        and c.day >= ${earliest}::date and c.material_id = any(${from.map((one) => one.materialId)}::uuid[])
      returning c.move_id, c.material_id, c.day, c.direction, c.seq, c.quantity, c.value
    )
    select g.move_id as id, g.material_id as "materialId", g.day, g.direction, g.seq, g.quantity, g.value, m.unit_cost as "unitCost",
      r.move_id as revalues, r.amount
    from gone g
    left join lateral (select unit_cost from inventory.move where org_id = ${tx.orgId} and id = g.move_id limit 1) m on g.direction < 2
    left join lateral (select move_id, amount from inventory.revaluation where org_id = ${tx.orgId} and id = g.move_id limit 1) r
      on g.direction = 2`.execute(tx.sql)
  if (method === 'fifo' && rows.length > 0) {
    const raised = rows.flatMap(({ revalues: moveId, value }) => (moveId === null ? [] : [{ moveId, value }]))
    const ids = (direction: DirectionNo) => rows.filter((row) => row.direction === direction).map((row) => row.id)
    await sql`with undone as (
        delete from inventory.layer_use where org_id = ${tx.orgId} and move_id = any(${ids(1)}::uuid[]) returning layer_id, quantity, value
      ), raised as (
        select n."moveId" as layer_id, n.value from jsonb_to_recordset(${JSON.stringify(raised)}::jsonb) as n("moveId" uuid, value bigint)
      ), sums as (
        select layer_id, sum(quantity) as quantity, sum(used)::bigint as used, sum(raised)::bigint as raised from (
          select layer_id, quantity, value as used, 0 as raised from undone union all select layer_id, 0, 0, value from raised
        ) as parts group by layer_id
      )
      update inventory.layer l set left_quantity = l.left_quantity + s.quantity, left_value = l.left_value + s.used - s.raised,
        value = l.value - s.raised
      from sums s where l.org_id = ${tx.orgId} and l.move_id = s.layer_id`.execute(tx.sql)
    await sql`delete from inventory.layer where org_id = ${tx.orgId} and move_id = any(${ids(0)}::uuid[])`.execute(tx.sql)
  }
  return rows.map(({ id, materialId, day, seq, revalues, amount, ...row }) => ({
    id,
    materialId,
    day,
    seq,
    direction: directionOf(row.direction),
    quantity: decimal(row.quantity),
    value: BigInt(row.value),
    unitCost: row.unitCost === null ? null : decimal(row.unitCost),
    ...(revalues === null ? {} : { revalues: { moveId: revalues, amount: BigInt(amount ?? 0) } }),
  }))
}

/** How each material stands before that place; those of whom nothing is known are left out. */
export async function standingBefore(tx: InventoryTx, method: ValuationMethod, from: readonly From[]): Promise<Map<MaterialId, Standing>> {
  interface Row {
    materialId: MaterialId
    quantity: string
    value: number
    inQuantity: string | null
    inValue: number | null
  }
  const { rows } = await sql<Row>`
    select p."materialId", c.quantity_after as quantity, c.value_after as value, i.quantity as "inQuantity", i.value as "inValue"
    from jsonb_to_recordset(${positions(from)}::jsonb) ${AS_POSITIONS}
    join lateral (
      select quantity_after, value_after from inventory.cost where org_id = ${tx.orgId} and material_id = p."materialId"
        and (day, direction, seq) < (p.day, p.direction, p.seq) order by day desc, direction desc, seq desc limit 1
    ) c on true
    left join lateral (
      select quantity, value from inventory.cost where org_id = ${tx.orgId} and material_id = p."materialId"
        and (day, direction, seq) < (p.day, p.direction, p.seq) and direction = 0 order by day desc, direction desc, seq desc limit 1
    ) i on true`.execute(tx.sql)
  const layers =
    method === 'fifo'
      ? await openLayers(
          tx,
          rows.map((row) => row.materialId),
        )
      : []
  return new Map(
    rows.map((row) => [
      row.materialId,
      {
        quantity: decimal(row.quantity),
        value: BigInt(row.value),
        lastIn: row.inQuantity === null ? undefined : { quantity: decimal(row.inQuantity), value: BigInt(row.inValue ?? 0) },
        layers: layers.filter((layer) => layer.materialId === row.materialId),
      },
    ]),
  )
}

async function openLayers(tx: InventoryTx, materials: readonly MaterialId[]): Promise<OfMaterial<Layer>[]> {
  const rows = await tx.sql
    .selectFrom('inventory.layer')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where(sql<boolean>`material_id = any(${materials}::uuid[])`)
    .where('left_quantity', '>', '0')
    .orderBy('day')
    .orderBy('seq')
    .execute()
  return rows.map((row) => ({
    id: row.move_id,
    materialId: row.material_id,
    day: row.day,
    seq: row.seq,
    quantity: decimal(row.quantity),
    value: BigInt(row.value),
    leftQuantity: decimal(row.left_quantity),
    leftValue: BigInt(row.left_value),
  }))
}

export const nothing: Standing = { quantity: ZERO, value: 0n, lastIn: undefined, layers: [] }

export async function writeDerived(tx: InventoryTx, derived: readonly OfMaterial<Derived>[]): Promise<void> {
  const costs = derived.flatMap(({ materialId, entries }) =>
    entries.map(({ move, quantity, value, unpriced, quantityAfter, valueAfter }) => ({
      id: move.id,
      materialId,
      day: move.day,
      direction: directionNo(move),
      seq: move.seq,
      quantity: writeDecimal(quantity),
      value: value.toString(),
      unpriced,
      quantityAfter: writeDecimal(quantityAfter),
      valueAfter: valueAfter.toString(),
    })),
  )
  await sql`insert into inventory.cost (org_id, move_id, material_id, day, direction, seq, quantity, value, unpriced, quantity_after, value_after)
    select ${tx.orgId}, n.id, n."materialId", n.day, n.direction, n.seq, n.quantity, n.value, n.unpriced, n."quantityAfter", n."valueAfter"
    from jsonb_to_recordset(${JSON.stringify(costs)}::jsonb) as n(id uuid, "materialId" uuid, day date, direction smallint, seq bigint,
      quantity numeric, value bigint, unpriced boolean, "quantityAfter" numeric, "valueAfter" bigint)`.execute(tx.sql)
  const layers = derived.flatMap(({ materialId, layers }) =>
    layers.map(({ id, day, seq, quantity, value, leftQuantity, leftValue }) => ({
      id,
      materialId,
      day,
      seq,
      quantity: writeDecimal(quantity),
      value: value.toString(),
      leftQuantity: writeDecimal(leftQuantity),
      leftValue: leftValue.toString(),
    })),
  )
  if (layers.length === 0) return
  await sql`insert into inventory.layer (org_id, move_id, material_id, day, seq, quantity, value, left_quantity, left_value)
    select ${tx.orgId}, n.id, n."materialId", n.day, n.seq, n.quantity, n.value, n."leftQuantity", n."leftValue"
    from jsonb_to_recordset(${JSON.stringify(layers)}::jsonb) as n(id uuid, "materialId" uuid, day date, seq bigint, quantity numeric,
      value bigint, "leftQuantity" numeric, "leftValue" bigint)
    on conflict (org_id, move_id) do update set value = excluded.value, left_quantity = excluded.left_quantity,
      left_value = excluded.left_value`.execute(tx.sql)
  const uses = derived.flatMap(({ uses }) =>
    uses.map(({ moveId, layerId, quantity, value }) => ({ moveId, layerId, quantity: writeDecimal(quantity), value: value.toString() })),
  )
  await sql`insert into inventory.layer_use (org_id, move_id, layer_id, quantity, value)
    select ${tx.orgId}, n."moveId", n."layerId", n.quantity, n.value
    from jsonb_to_recordset(${JSON.stringify(uses)}::jsonb) as n("moveId" uuid, "layerId" uuid, quantity numeric, value bigint)`.execute(
    tx.sql,
  )
}
