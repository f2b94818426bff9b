import { type RawBuilder, sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { type Decimal, decimal, writeDecimal } from '#values/decimal.ts'
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
  after?: string | undefined
  limit: number
}

/** Counted and summed up to here; beyond it the card says that there are more. */
const MOST_COUNTED = 10_000

interface CardRow {
  id: MoveId
  seq: string
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
 * The moves of a period, the newest first, with the balance after each: from what is there now back, so that a page reads no more than
 * itself, however long the history; the first counts and sums the period as well, up to a limit, and what came behind it. Of all places that
 * can be counted, or of one warehouse with its bins; what only changed its place among them is left out.
 */
export const readCard = (rooms: Parts, ctx: Context, id: MaterialId, asked: Asked) =>
  rooms.db.inTenant(ctx, (tx) => cardIn(rooms, tx, ctx, id, asked))

type Parts = Pick<Rooms, 'db' | 'organisations'>

/** As above, in the caller's transaction. Errors: inventory.materialNotFound. */
export async function cardIn({ organisations }: Parts, tx: InventoryTx, ctx: Context, id: MaterialId, asked: Asked) {
  const unit = await unitOf(tx, id)
  const { currency } = await holdSetting(tx, 'share')
  const card = await cardOf(tx, id, asked)
  const sums = asked.after === undefined ? await sumsOf(tx, card, asked) : null
  const start = sums ? { day: asked.until, seq: null, balance: sums.closing } : startOf(asked.after ?? '')
  const { rows } = await pageQuery(card, asked, start).execute(tx.sql)
  const shown = rows.slice(0, asked.limit)
  const last = shown.at(-1)
  const owners = [...new Set(shown.map((row) => row.owner_org))].filter((owner) => owner !== tx.orgId)
  const names = await organisations.labels(opaque(tx), owners)
  return {
    unit,
    sums: sums && {
      opening: sums.total > MOST_COUNTED ? null : writeDecimal(sums.closing - sums.change),
      closing: writeDecimal(sums.closing),
      total: Math.min(sums.total, MOST_COUNTED),
      totalCapped: sums.total > MOST_COUNTED,
    },
    next: last && rows.length > asked.limit ? nextOf(last) : null,
    items: shown.map((row) => {
      const moved = decimal(row.change)
      return {
        moveId: row.id,
        day: row.day,
        postedAt: row.posted_at.toISOString(),
        from: row.source,
        to: row.target,
        owner: row.owner_org === tx.orgId ? null : { id: row.owner_org, name: names.get(row.owner_org)?.name ?? '' },
        lot: row.lot,
        serial: row.serial,
        in: moved > 0n ? writeDecimal(moved) : null,
        out: moved < 0n ? writeDecimal(-moved) : null,
        balance: writeDecimal(decimal(row.balance)),
        value: row.value === null || !seesValue(ctx) ? null : writeMoney(currency, BigInt(row.value)),
        reason: row.reason,
        document: { entity: row.source_entity, id: row.source_id, number: row.number },
        by: row.actor.name ?? '',
      }
    }),
  }
}

const nextOf = ({ day, seq, balance, change }: CardRow): string => [day, seq, writeDecimal(decimal(balance) - decimal(change))].join('_')

interface Start {
  day: string
  /** Of the last move shown; null: all of the day. */
  seq: string | null
  balance: Decimal
}

/** `next` of the page before: the last move and what was there before it. Errors: request.invalid by the contract's pattern. */
function startOf(after: string): Start {
  const [day = '', seq = '', balance = ''] = after.split('_')
  return { day, seq, balance: decimal(balance) }
}

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

/**
 * The places whose moves are looked up, by index: those of the warehouse, or where all are asked for the few that stand for the world
 * outside, for what changed the whole is what went there or came from there.
 */
interface Card {
  material: MaterialId
  places: readonly LocationId[]
  /** Of what goes into one of them. */
  sign: 1 | -1
  tx: InventoryTx
}

async function cardOf(tx: InventoryTx, material: MaterialId, { locationId }: Asked): Promise<Card> {
  const all = tx.sql.selectFrom('inventory.location').select('id').where('org_id', '=', tx.orgId)
  const rows = await (locationId
    ? all.where('may_be_negative', '=', false).where((eb) => eb.or([eb('id', '=', locationId), eb('warehouse_id', '=', locationId)]))
    : all.where('may_be_negative', '=', true)
  ).execute()
  return { material, places: rows.map((row) => row.id), sign: locationId ? 1 : -1, tx }
}

/** Days and, at the end, the number of a move of that day which is not taken any more. */
interface Span {
  from: RawBuilder<unknown>
  until: RawBuilder<unknown>
  seq?: string | null
  /** Of each place; null: all. */
  limit: number | null
}
const LAST_SEQ = '9223372036854775807'

/**
 * What changed by moves over the edge of the card, of each place the newest. The bounds are compared as rows, place first: so no index but
 * that of the place has the order, whatever the planner thinks of how often a place is named.
 */
function changes({ material, places, sign, tx }: Card, { from, until, seq, limit }: Span): RawBuilder<unknown> {
  const ends = (at: 'to_id' | 'from_id', other: 'to_id' | 'from_id', factor: number) => sql`
    (select m.*, m.quantity * ${factor}::int as change from inventory.move m
     where m.org_id = ${tx.orgId} and m.material_id = ${material} and m.${sql.ref(other)} <> all(${places}::uuid[])
       and (m.${sql.ref(at)}, m.day) >= (p.id, ${from}) and (m.${sql.ref(at)}, m.day, m.seq) < (p.id, ${until}, ${seq ?? LAST_SEQ}::bigint)
     order by m.${sql.ref(at)} desc, m.day desc, m.seq desc limit ${limit}::int)`
  return sql`(select w.* from unnest(${places}::uuid[]) as p(id)
    cross join lateral (${ends('to_id', 'from_id', sign)} union all ${ends('from_id', 'to_id', -sign)}) w)`
}

async function closingOf(tx: InventoryTx, card: Card, { until, locationId }: Asked): Promise<Decimal> {
  const now = tx.sql
    .selectFrom('inventory.balance')
    .select(sql<string>`coalesce(sum(quantity), 0)`.as('quantity'))
    .where('org_id', '=', tx.orgId)
    .where('material_id', '=', card.material)
    .where('quantity', '<>', '0')
    .where('may_be_negative', '=', sql<boolean>`false`)
  const { quantity } = await (locationId ? now.where('location_id', 'in', [...card.places, locationId]) : now).executeTakeFirstOrThrow()
  const { rows } = await sql<{ change: string }>`select coalesce(sum(change), 0) as change
    from ${changes(card, { from: sql`${until}::date + 1`, until: sql`'infinity'::date`, limit: null })} later`.execute(tx.sql)
  return decimal(quantity) - decimal(rows[0]?.change ?? '0')
}

async function sumsOf(tx: InventoryTx, card: Card, asked: Asked): Promise<{ closing: Decimal; total: number; change: Decimal }> {
  const { from, until } = asked
  const counted = changes(card, { from: sql`${from}::date`, until: sql`${until}::date`, limit: MOST_COUNTED + 1 })
  const { rows } = await sql<{ total: number; change: string }>`select count(*)::int as total, coalesce(sum(change), 0) as change
    from (select change from ${counted} c limit ${MOST_COUNTED + 1}) as counted`.execute(tx.sql)
  const [row] = rows
  return { closing: await closingOf(tx, card, asked), total: row?.total ?? 0, change: decimal(row?.change ?? '0') }
}

/** In days and order of posting, back from where the page before ended. */
function pageQuery(card: Card, { from, limit }: Asked, start: Start): RawBuilder<CardRow> {
  const span = { from: sql`${from}::date`, until: sql`${start.day}::date`, seq: start.seq, limit: limit + 1 }
  return sql<CardRow>`with card as materialized (
      select *, ${writeDecimal(start.balance)}::numeric
        - coalesce(sum(change) over (order by day desc, seq desc rows between unbounded preceding and 1 preceding), 0) as balance
      from ${changes(card, span)} ends
      order by day desc, seq desc limit ${limit + 1}
    )
    select c.id, c.seq::text, c.day, c.posted_at, c.owner_org, c.lot, c.serial, c.change, c.balance, c.reason, c.source_entity, c.source_id, c.actor,
      json_build_object('id', f.id, 'kind', f.kind, 'code', f.code, 'name', f.name) as source,
      json_build_object('id', t.id, 'kind', t.kind, 'code', t.code, 'name', t.name) as target,
      k.value, coalesce(d.number, s.number) as number
    from card c
    join inventory.location f on f.org_id = c.org_id and f.id = c.from_id
    join inventory.location t on t.org_id = c.org_id and t.id = c.to_id
    left join inventory.cost k on k.org_id = c.org_id and k.move_id = c.id
    left join inventory.document d on c.source_entity = 'inventory.document' and d.org_id = c.org_id and d.id::text = c.source_id
    left join inventory.stocktake s on c.source_entity = 'inventory.stocktake' and s.org_id = c.org_id and s.id::text = c.source_id
    order by c.day desc, c.seq desc`
}
