import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import { opaque } from '#kernel/postgres.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay, nextDate } from '#values/instant.ts'
import type { Page } from '#values/list.ts'
import { EXPIRY_WARNING_DAYS, type StockRow, type stockApi } from '../stock-contract.ts'
import type { Rooms } from './rooms.ts'
import { likeParts } from './search-words.ts'
import type { InventoryTx } from './tables.ts'

type List = z.output<typeof stockApi.stock.query>

function lastWarningDay(today: string): string {
  let day = today
  for (let i = 0; i < EXPIRY_WARNING_DAYS; i++) day = nextDate(day)
  return day
}

/** What lies in places that can be counted, of whomever. */
export function stockQuery(tx: InventoryTx, list: List, today: string) {
  let query = tx.sql
    .selectFrom('inventory.item as i')
    .innerJoin('inventory.balance as b', (join) => join.onRef('b.org_id', '=', 'i.org_id').onRef('b.material_id', '=', 'i.material_id'))
    .innerJoin('inventory.location as l', (join) => join.onRef('l.org_id', '=', 'b.org_id').onRef('l.id', '=', 'b.location_id'))
    .leftJoin('inventory.location as w', (join) => join.onRef('w.org_id', '=', 'l.org_id').onRef('w.id', '=', 'l.warehouse_id'))
    .leftJoin('inventory.lot as t', (join) =>
      join.onRef('t.org_id', '=', 'b.org_id').onRef('t.material_id', '=', 'b.material_id').onRef('t.lot', '=', 'b.lot'),
    )
    .where('i.org_id', '=', tx.orgId)
    .where('b.org_id', '=', tx.orgId)
    .where('b.may_be_negative', '=', false)
    .where('b.quantity', '<>', '0')
    .select([
      'b.id',
      'b.material_id',
      'i.code',
      'i.name',
      'i.specification',
      'i.unit',
      'l.id as location_id',
      'l.kind',
      'l.code as location_code',
      'l.name as location_name',
      'w.code as warehouse_code',
      'w.name as warehouse_name',
      'b.owner_org',
      'b.lot',
      'b.serial',
      'b.quantity',
      'b.since',
      't.expires',
    ])
  for (const part of likeParts(list.search))
    query = query.where((eb) =>
      eb.or([eb('i.search_text', 'like', part), eb(sql`lower(b.lot)`, 'like', part), eb(sql`lower(b.serial)`, 'like', part)]),
    )
  if (list.materialId !== undefined) query = query.where('i.material_id', '=', list.materialId)
  const { locationId } = list
  if (locationId !== undefined) query = query.where((eb) => eb.or([eb('l.id', '=', locationId), eb('l.warehouse_id', '=', locationId)]))
  if (list.owner !== undefined) query = query.where('b.owner_org', list.owner === 'own' ? '=' : '<>', tx.orgId)
  if (list.expiry === 'expired') query = query.where('t.expires', '<', today)
  if (list.expiry === 'soon') query = query.where('t.expires', '>=', today).where('t.expires', '<=', lastWarningDay(today))
  return query
}

export const stockOrder = {
  sorts: {
    code: { by: 'i.code', type: 'text' },
    expires: { by: `coalesce(t.expires, '9999-12-31'::date)`, type: 'date' },
    since: { by: 'b.since', type: 'date' },
  },
  id: 'b.id',
} as const

export const listStock = ({ db, organisations }: Rooms, ctx: Context, list: List): Promise<Page<StockRow>> =>
  db.inTenant(ctx, async (tx) => {
    const today = chinaDay(ctx.now)
    const page = await readPage(tx, stockQuery(tx, list, today), list, stockOrder, (row) => row)
    const owners = [...new Set(page.items.map((row) => row.owner_org))].filter((id) => id !== tx.orgId)
    const names = await organisations.labels(opaque(tx), owners)
    const ownerOf = (id: OrgId) => (id === tx.orgId ? null : { id, name: names.get(id)?.name ?? '' })
    const warnUntil = lastWarningDay(today)
    return {
      ...page,
      items: page.items.map((row) => ({
        id: row.id,
        materialId: row.material_id,
        code: row.code,
        name: row.name,
        specification: row.specification,
        unit: row.unit,
        location: { id: row.location_id, kind: row.kind, code: row.location_code, name: row.location_name },
        warehouse: row.warehouse_code === null ? null : { code: row.warehouse_code, name: row.warehouse_name ?? '' },
        owner: ownerOf(row.owner_org),
        lot: row.lot,
        serial: row.serial,
        quantity: writeDecimal(decimal(row.quantity)),
        expires: row.expires,
        expiry: row.expires === null || row.expires > warnUntil ? null : row.expires < today ? 'expired' : 'soon',
        since: row.since,
      })),
    }
  })
