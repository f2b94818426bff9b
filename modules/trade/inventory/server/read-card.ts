import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { writeMoney } from '#values/money.ts'
import type { LocationId, LocationLabel, MoveId } from '../contract.ts'
import { inventoryErrors } from '../errors.ts'
import { seesValue } from './list-items.ts'
import type { Rooms } from './rooms.ts'
import type { InventoryTx } from './tables.ts'
import { holdSetting } from './valuation-store.ts'

interface Asked {
  from: string
  until: string
  locationId?: LocationId | undefined
  after: number
  limit: number
}

interface CardRow {
  id: MoveId
  n: number
  day: string
  posted_at: Date
  source: LocationLabel
  target: LocationLabel
  owner_org: OrgId
  lot: string
  serial: string
  change: string
  balance: string
  value: number | null
  reason: string
  source_entity: string
  source_id: string
  number: string | null
  actor: { name?: string }
}

/**
 * The moves of a period with the balance after each, reckoned in the query: what stood before the period and the changes since. Of all
 * places that can be counted, or of one warehouse with its bins; what only changed its place among them is left out.
 */
export const readCard = ({ db, organisations }: Rooms, ctx: Context, id: MaterialId, asked: Asked) =>
  db.inTenant(ctx, async (tx) => {
    const unit = await unitOf(tx, id)
    const { currency } = await holdSetting(tx, 'share')
    const { opening, closing, total, rows } = await readRows(tx, id, asked)
    const shown = rows.slice(0, asked.limit)
    const owners = [...new Set(shown.map((row) => row.owner_org))].filter((owner) => owner !== tx.orgId)
    const names = await organisations.labels(opaque(tx), owners)
    return {
      opening: writeDecimal(decimal(opening)),
      closing: writeDecimal(decimal(closing)),
      unit,
      total,
      next: rows.length > asked.limit ? (shown.at(-1)?.n ?? null) : null,
      items: shown.map((row) => {
        const change = decimal(row.change)
        return {
          moveId: row.id,
          day: row.day,
          postedAt: row.posted_at.toISOString(),
          from: row.source,
          to: row.target,
          owner: row.owner_org === tx.orgId ? null : { id: row.owner_org, name: names.get(row.owner_org)?.name ?? '' },
          lot: row.lot,
          serial: row.serial,
          in: change > 0n ? writeDecimal(change) : null,
          out: change < 0n ? writeDecimal(-change) : null,
          balance: writeDecimal(decimal(row.balance)),
          value: row.value === null || !seesValue(ctx) ? null : writeMoney(currency, BigInt(row.value)),
          reason: row.reason,
          document: { entity: row.source_entity, id: row.source_id, number: row.number },
          by: row.actor.name ?? '',
        }
      }),
    }
  })

async function unitOf(tx: InventoryTx, id: MaterialId): Promise<string> {
  const item = await tx.sql
    .selectFrom('inventory.item')
    .select('unit')
    .where('org_id', '=', tx.orgId)
    .where('material_id', '=', id)
    .executeTakeFirst()
  if (!item) throw inventoryErrors.materialNotFound({ id })
  return item.unit
}

async function readRows(tx: InventoryTx, id: MaterialId, { from, until, locationId = undefined, after, limit }: Asked) {
  const scope = sql`scope as materialized (
      select id from inventory.location where org_id = ${tx.orgId} and not may_be_negative
        and (${locationId ?? null}::uuid is null or ${locationId ?? null}::uuid in (id, warehouse_id))
    ), flow as (
      select m.*, case when t.id is null then -m.quantity else m.quantity end as change
      from inventory.move m
      left join scope f on f.id = m.from_id
      left join scope t on t.id = m.to_id
      where m.org_id = ${tx.orgId} and m.material_id = ${id} and m.day <= ${until}::date and (f.id is null) <> (t.id is null)
    )`
  const { rows: sums } = await sql<{ opening: string; closing: string; total: number }>`with ${scope}
    select coalesce(sum(change) filter (where day < ${from}::date), 0) as opening, coalesce(sum(change), 0) as closing,
      count(*) filter (where day >= ${from}::date)::int as total from flow`.execute(tx.sql)
  const { opening = '0', closing = '0', total = 0 } = sums[0] ?? {}
  const { rows } = await sql<CardRow>`with ${scope}, card as (
      select *, row_number() over w::int as n, ${opening}::numeric + sum(change) over w as balance
      from flow where day >= ${from}::date window w as (order by day, seq)
    )
    select c.id, c.n, c.day, c.posted_at, c.owner_org, c.lot, c.serial, c.change, c.balance, c.reason, c.source_entity, c.source_id, c.actor,
      json_build_object('id', f.id, 'kind', f.kind, 'code', f.code, 'name', f.name) as source,
      json_build_object('id', t.id, 'kind', t.kind, 'code', t.code, 'name', t.name) as target,
      k.value, coalesce(d.number, s.number) as number
    from card c
    join inventory.location f on f.org_id = c.org_id and f.id = c.from_id
    join inventory.location t on t.org_id = c.org_id and t.id = c.to_id
    left join inventory.cost k on k.org_id = c.org_id and k.move_id = c.id
    left join inventory.document d on c.source_entity = 'inventory.document' and d.org_id = c.org_id and d.id::text = c.source_id
    left join inventory.stocktake s on c.source_entity = 'inventory.stocktake' and s.org_id = c.org_id and s.id::text = c.source_id
    where c.n > ${after} order by c.n limit ${limit + 1}`.execute(tx.sql)
  return { opening, closing, total, rows }
}
