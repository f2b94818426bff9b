import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { inventoryEvents, type MoveId } from '../contract.ts'
import type { ValueChange } from '../public.ts'
import type { InventoryTx } from './tables.ts'

/** Notes what a posting changed in the value of its own and of later moves, by their documents; nothing where nothing did. */
export async function tellChanges(tx: InventoryTx, ctx: Context, changes: readonly { id: MoveId; change: bigint }[]): Promise<void> {
  const rows = changes.filter(({ change }) => change !== 0n).map(({ id, change }) => ({ id, change: change.toString() }))
  if (rows.length === 0) return
  const batchId = uuidv7()
  const { numAffectedRows } = await sql`
    insert into inventory.value_change (org_id, batch_id, source_entity, source_id, counter, day, reason, value)
    select ${tx.orgId}, ${batchId}, s.entity, s.source, s.counter, max(s.day), min(s.reason), sum(n.change)
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(id uuid, change bigint)
    cross join lateral (
      select m.source_entity as entity, m.source_id as source, case when f.may_be_negative then f.kind else t.kind end as counter, m.day, m.reason
      from inventory.move m
      join inventory.location f on f.org_id = m.org_id and f.id = m.from_id
      join inventory.location t on t.org_id = m.org_id and t.id = m.to_id
      where m.org_id = ${tx.orgId} and m.id = n.id
      union all
      select source_entity, source_id, 'revaluation', day, reason from inventory.revaluation where org_id = ${tx.orgId} and id = n.id
    ) s
    group by 3, 4, 5 having sum(n.change) <> 0`.execute(tx.sql)
  if (numAffectedRows) await publish(tx, ctx, inventoryEvents.valueChanged, batchId, { batchId })
}

export const changedSources = async (tx: InventoryTx, batchId: string): Promise<string[]> =>
  (
    await tx.sql
      .selectFrom('inventory.value_change')
      .select('source_id')
      .distinct()
      .where('org_id', '=', tx.orgId)
      .where('batch_id', '=', batchId)
      .orderBy('source_id')
      .execute()
  ).map((row) => row.source_id)

export async function valueChanges(tx: InventoryTx, sourceId: string): Promise<ValueChange[]> {
  const { rows } = await sql<Omit<ValueChange, 'value'> & { value: number }>`
    select c.batch_id as "batchId", c.source_entity as entity, c.counter, c.day, c.value, coalesce(d.number, t.number, c.reason) as number
    from inventory.value_change c
    left join inventory.document d on c.source_entity = 'inventory.document' and d.org_id = c.org_id and d.id::text = c.source_id
    left join inventory.stocktake t on c.source_entity = 'inventory.stocktake' and t.org_id = c.org_id and t.id::text = c.source_id
    where c.org_id = ${tx.orgId} and c.source_id = ${sourceId} order by c.batch_id, c.counter`.execute(tx.sql)
  return rows.map((row) => ({ ...row, value: BigInt(row.value) }))
}
