import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { divide, divideRounded, writeDecimal } from '#values/decimal.ts'
import { requestErrors } from '#values/errors.ts'
import { writeMoney } from '#values/money.ts'
import type { InventoryDatabase, InventoryTx } from './tables.ts'
import { holdSetting } from './valuation-store.ts'

const DAY_MS = 86_400_000

/** What the stock was worth at the end of the day before. */
async function valueBefore(tx: InventoryTx, day: string): Promise<bigint> {
  const { rows } = await sql<{ value: string | null }>`select sum(value_after)::text as value from (
      select distinct on (material_id) value_after from inventory.cost where org_id = ${tx.orgId} and day < ${day}::date
      order by material_id, day desc, direction desc, seq desc
    ) ends`.execute(tx.sql)
  return BigInt(rows[0]?.value ?? 0)
}

const rounded = (value: bigint, places: number) => {
  const step = 10n ** BigInt(6 - places)
  return writeDecimal(divideRounded(value, step) * step)
}

/** Turns = value that went out (without losses) ÷ mean of opening and closing value; days of stock = days of the period ÷ turns. */
export const readTurnover = (db: InventoryDatabase, ctx: Context, { from, until }: { from: string; until: string }) =>
  db.inTenant(ctx, async (tx) => {
    if (from > until) throw requestErrors.invalid({ from })
    const { currency } = await holdSetting(tx, 'share')
    const opening = await valueBefore(tx, from)
    const after = new Date(Date.parse(until) + DAY_MS).toISOString().slice(0, 10)
    const closing = await valueBefore(tx, after)
    const { rows } = await sql<{ value: string | null }>`select sum(c.value)::text as value from inventory.cost c
      join inventory.move m on m.org_id = c.org_id and m.id = c.move_id
      join inventory.location t on t.org_id = m.org_id and t.id = m.to_id
      where c.org_id = ${tx.orgId} and c.direction = 1 and c.day between ${from}::date and ${until}::date and t.kind <> 'loss'`.execute(
      tx.sql,
    )
    const issued = BigInt(rows[0]?.value ?? 0)
    const average = divideRounded(opening + closing, 2n)
    const turns = opening + closing === 0n ? null : divide(issued * 2n, opening + closing)
    const days = Math.round((Date.parse(until) - Date.parse(from)) / DAY_MS) + 1
    return {
      opening: writeMoney(currency, opening),
      closing: writeMoney(currency, closing),
      issued: writeMoney(currency, issued),
      average: writeMoney(currency, average),
      turns: turns === null ? null : rounded(turns, 2),
      days,
      daysOfStock: turns === null || turns === 0n ? null : rounded(divide(BigInt(days) * 1_000_000n, turns), 1),
    }
  })

const buckets = ['to30', 'to90', 'to180', 'to365', 'older'] as const

/**
 * What came last is taken to be what is still there. Each material's value falls to its receipts by quantity; rounded once per bucket, the
 * last one takes the rest, so that the buckets add up to the total.
 */
export const readAgeing = (db: InventoryDatabase, ctx: Context, today: string) =>
  db.inTenant(ctx, async (tx) => {
    const { currency } = await holdSetting(tx, 'share')
    const { rows } = await sql<{ bucket: (typeof buckets)[number]; value: string; materials: number }>`
      with ends as (
        select distinct on (material_id) material_id, quantity_after as held, value_after as worth from inventory.cost where org_id = ${tx.orgId}
        order by material_id, day desc, direction desc, seq desc
      ), came as (
        select c.material_id, c.day, e.held, e.worth, c.quantity,
          sum(c.quantity) over (partition by c.material_id order by c.day desc, c.seq desc) - c.quantity as newer
        from inventory.cost c join ends e using (material_id) where c.org_id = ${tx.orgId} and c.direction = 0 and e.held > 0
      ), still as (
        select material_id, ${today}::date - day as age, worth * least(quantity, held - newer) / held as part from came where newer < held
      )
      select case when age <= 30 then 'to30' when age <= 90 then 'to90' when age <= 180 then 'to180' when age <= 365 then 'to365' else 'older' end as bucket,
        round(sum(part))::text as value, count(distinct material_id)::int as materials
      from still group by 1`.execute(tx.sql)
    const total = await valueBefore(tx, '9999-12-31')
    const found = new Map(rows.map((row) => [row.bucket, row]))
    const last = buckets.findLast((bucket) => found.has(bucket))
    let rest = total
    return {
      total: writeMoney(currency, total),
      buckets: buckets.map((bucket) => {
        const value = bucket === last ? rest : BigInt(found.get(bucket)?.value ?? 0)
        rest -= value
        return { bucket, value: writeMoney(currency, value), materials: found.get(bucket)?.materials ?? 0 }
      }),
    }
  })
