import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import type { Page } from '#values/list.ts'
import { type Currency, writeMoney } from '#values/money.ts'
import { inventoryErrors } from '../errors.ts'
import type { StockItem, stockApi } from '../stock-contract.ts'
import { likeParts } from './search-words.ts'
import type { InventoryDatabase, InventoryTx } from './tables.ts'
import { holdSetting } from './valuation-store.ts'

type List = z.output<typeof stockApi.items.query>

const idleSince = sql<string | null>`coalesce(i.last_out_day, i.last_in_day)`

export function itemQuery(tx: InventoryTx, list: Partial<List> & { id?: MaterialId }, today: string) {
  const held = sql<string>`(select coalesce(sum(b.quantity) filter (where b.owner_org = i.org_id), 0) from inventory.balance b
    where b.org_id = i.org_id and b.material_id = i.material_id and not b.may_be_negative)`
  let query = tx.sql
    .selectFrom('inventory.item as i')
    .where('i.org_id', '=', tx.orgId)
    .select([
      'i.material_id',
      'i.code',
      'i.name',
      'i.specification',
      'i.unit',
      'i.control',
      'i.last_in_day',
      'i.last_out_day',
      held.as('on_hand'),
      sql<string>`(select coalesce(sum(b.quantity) filter (where b.owner_org <> i.org_id), 0) from inventory.balance b
        where b.org_id = i.org_id and b.material_id = i.material_id and not b.may_be_negative)`.as('consigned'),
      sql<string>`(select coalesce(sum(a.reserved), 0) from inventory.availability a where a.org_id = i.org_id and a.material_id = i.material_id)`.as(
        'reserved',
      ),
      sql<string>`(select coalesce(sum(a.on_hand), 0) from inventory.availability a where a.org_id = i.org_id and a.material_id = i.material_id)`.as(
        'in_warehouses',
      ),
      sql<number | null>`(select c.value_after from inventory.cost c where c.org_id = i.org_id and c.material_id = i.material_id
        order by c.day desc, c.direction desc, c.seq desc limit 1)`.as('value'),
    ])
  for (const part of likeParts(list.search)) query = query.where('i.search_text', 'like', part)
  if (list.id !== undefined) query = query.where('i.material_id', '=', list.id)
  if (list.present === 'true')
    query = query.where(
      sql<boolean>`exists (select from inventory.balance b where b.org_id = i.org_id and b.material_id = i.material_id
        and not b.may_be_negative and b.quantity <> 0)`,
    )
  if (list.idleDays !== undefined) query = query.where(sql<boolean>`${idleSince} <= ${today}::date - ${list.idleDays}::int`)
  return query
}
type ItemRow = Awaited<ReturnType<ReturnType<typeof itemQuery>['executeTakeFirstOrThrow']>>

const order = {
  sorts: {
    code: { by: 'i.code', type: 'text' },
    name: { by: 'i.name', type: 'text' },
    lastOut: { by: `coalesce(i.last_out_day, '0001-01-01'::date)`, type: 'date' },
  },
  id: 'i.material_id',
} as const

const DAY_MS = 86_400_000
const daysBetween = (from: string, until: string) => Math.round((Date.parse(until) - Date.parse(from)) / DAY_MS)

function view(row: ItemRow, today: string, currency: Currency, seesValue: boolean): StockItem {
  const idle = row.last_out_day ?? row.last_in_day
  return {
    materialId: row.material_id,
    code: row.code,
    name: row.name,
    specification: row.specification,
    unit: row.unit,
    control: row.control,
    onHand: writeDecimal(decimal(row.on_hand)),
    reserved: writeDecimal(decimal(row.reserved)),
    available: writeDecimal(decimal(row.in_warehouses) - decimal(row.reserved)),
    consigned: writeDecimal(decimal(row.consigned)),
    value: seesValue ? writeMoney(currency, BigInt(row.value ?? 0)) : null,
    lastIn: row.last_in_day,
    lastOut: row.last_out_day,
    idleDays: idle === null ? null : daysBetween(idle, today),
  }
}

export const seesValue = (ctx: Context): boolean => ctx.scopes.permissions.has('inventory.readValue')

export const listItems = (db: InventoryDatabase, ctx: Context, list: List): Promise<Page<StockItem>> =>
  db.inTenant(ctx, async (tx) => {
    const { currency } = await holdSetting(tx, 'share')
    const today = chinaDay(ctx.now)
    return readPage(tx, itemQuery(tx, list, today), list, order, (row) => view(row, today, currency, seesValue(ctx)))
  })

export const readItem = (db: InventoryDatabase, ctx: Context, id: MaterialId): Promise<StockItem> =>
  db.inTenant(ctx, async (tx) => {
    const { currency } = await holdSetting(tx, 'share')
    const today = chinaDay(ctx.now)
    const row = await itemQuery(tx, { id }, today).executeTakeFirst()
    if (!row) throw inventoryErrors.materialNotFound({ id })
    return view(row, today, currency, seesValue(ctx))
  })
