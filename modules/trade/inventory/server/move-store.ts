import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { MoveId } from '../contract.ts'
import type { NewMove, StockSource } from '../public.ts'
import { sourceText } from './move-rules.ts'
import type { InventoryTables, InventoryTx } from './tables.ts'

type PostedMove = Pick<
  InventoryTables['inventory.move'],
  'material_id' | 'quantity' | 'from_id' | 'to_id' | 'owner_org' | 'lot' | 'serial' | 'source_entity' | 'source_id' | 'source_line'
>

export async function movesOfSources(tx: InventoryTx, sources: readonly StockSource[]): Promise<Map<string, PostedMove>> {
  const { rows } = await sql<PostedMove>`
    select m.material_id, m.quantity, m.from_id, m.to_id, m.owner_org, m.lot, m.serial, m.source_entity, m.source_id, m.source_line
    from jsonb_to_recordset(${JSON.stringify(sources)}::jsonb) as n(entity text, id text, line text)
    join inventory.move m on m.org_id = ${tx.orgId} and m.source_entity = n.entity and m.source_id = n.id and m.source_line = n.line`.execute(
    tx.sql,
  )
  return new Map(rows.map((row) => [sourceText({ entity: row.source_entity, id: row.source_id, line: row.source_line }), row]))
}

export const isSame = (posted: PostedMove, move: NewMove): boolean =>
  posted.material_id === move.materialId &&
  decimal(posted.quantity) === move.quantity &&
  posted.from_id === move.from &&
  posted.to_id === move.to &&
  posted.owner_org === move.owner &&
  posted.lot === (move.lot ?? '') &&
  posted.serial === (move.serial ?? '')

/** In their order. Answers those that were written: one less where somebody has posted the line with another material meanwhile. */
export async function insertMoves(
  tx: InventoryTx,
  ctx: Context,
  moves: readonly NewMove[],
): Promise<Map<string, { id: MoveId; seq: number }>> {
  const rows = moves.map((move, n) => ({
    n,
    material: move.materialId,
    quantity: writeDecimal(move.quantity),
    from: move.from,
    to: move.to,
    owner: move.owner,
    lot: move.lot ?? '',
    serial: move.serial ?? '',
    expires: move.expires,
    day: move.day,
    cost: move.unitCost === null ? null : writeDecimal(move.unitCost),
    reason: move.reason,
    ...move.source,
  }))
  const { rows: written } = await sql<
    StockSource & { move: MoveId; seq: number }
  >`insert into inventory.move (org_id, material_id, quantity, from_id, to_id, owner_org, lot, serial, expires, day, posted_at,
      unit_cost, reason, source_entity, source_id, source_line, actor)
    select ${tx.orgId}, n.material, n.quantity, n."from", n."to", n.owner, n.lot, n.serial, n.expires, n.day, ${ctx.now},
      n.cost, n.reason, n.entity, n.id, n.line, ${JSON.stringify(ctx.actor)}::jsonb
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(n int, material uuid, quantity numeric, "from" uuid, "to" uuid, owner uuid,
      lot text, serial text, expires date, day date, cost numeric, reason text, entity text, id text, line text)
    order by n.n
    on conflict on constraint move_source do nothing
    returning id as move, seq, source_entity as entity, source_id as id, source_line as line`.execute(tx.sql)
  return new Map(written.map((row) => [sourceText(row), { id: row.move, seq: row.seq }]))
}
