import { sql } from 'kysely'
import type { z } from 'zod'
import { readPage } from '#kernel/page.ts'
import { likePart } from '#kernel/searches.ts'
import type { OrgId } from '#values/ids.ts'
import type { Page } from '#values/list.ts'
import type { Currency } from '#values/money.ts'
import type { SourceId } from '../contract.ts'
import type { Source, supplyApi } from '../supply-contract.ts'
import { searchWords } from './search-text.ts'
import type { MaterialsTx } from './tables.ts'

type List = z.output<typeof supplyApi.sources.query>

/** In force on that day, of the smallest quantity; of several currencies the first. */
const priceNow = (today: string) => sql<Source['price']>`(
  select json_build_object('currency', p.currency, 'unit', p.unit, 'netPrice', trim_scale(p.net_price)::text,
    'grossPrice', trim_scale(p.gross_price)::text, 'taxRate', trim_scale(p.tax_rate)::text)
  from materials.price p
  where p.buyer_org = s.buyer_org and p.material_id = s.material_id and p.supplier_org = s.supplier_org and p.withdrawn_at is null
    and p.valid_from <= ${today}::date and coalesce(p.valid_until, 'infinity') >= ${today}::date
  order by p.currency, p.from_quantity limit 1)`

const ownColumn = { buyer: 's.buyer_org', supplier: 's.supplier_org' } as const
const otherColumn = { buyer: 's.supplier_org', supplier: 's.buyer_org' } as const

const sourceQuery = (tx: MaterialsTx, today: string) =>
  tx.sql.selectFrom('materials.source as s').selectAll('s').select(priceNow(today).as('price'))
type Row = Awaited<ReturnType<ReturnType<typeof sourceQuery>['executeTakeFirstOrThrow']>>

export function sourcePage(tx: MaterialsTx, list: List, today: string): Promise<Page<Source>> {
  const { side, materialId, partnerId, state } = list
  let query = sourceQuery(tx, today).where(ownColumn[side], '=', tx.orgId)
  if (materialId !== undefined) query = query.where('s.material_id', '=', materialId)
  if (partnerId !== undefined) query = query.where(otherColumn[side], '=', partnerId)
  if (state !== undefined) query = query.where('s.state', '=', state)
  const partner = side === 'buyer' ? 's.supplier_name' : 's.buyer_name'
  for (const word of searchWords(list.search))
    query = query.where(
      sql<boolean>`lower(s.material_code || ' ' || s.material_name || ' ' || s.specification || ' ' || coalesce(s.supplier_item_code, '') || ' '
        || coalesce(s.supplier_item_name, '') || ' ' || ${sql.ref(partner)}) like ${likePart(word)}`,
    )
  const order = {
    sorts: {
      code: { by: 's.material_code', type: 'text' },
      partner: { by: `${partner} collate "zh-x-icu"`, type: 'text' },
    },
    id: 's.id',
  } as const
  return readPage(tx, query, list, order, (row) => viewOf(row, tx.orgId))
}

/** Of either side. */
export async function findSource(tx: MaterialsTx, id: SourceId, today: string): Promise<Source | undefined> {
  const row = await sourceQuery(tx, today)
    .where('s.id', '=', id)
    .where((eb) => eb.or([eb('s.buyer_org', '=', tx.orgId), eb('s.supplier_org', '=', tx.orgId)]))
    .executeTakeFirst()
  return row && viewOf(row, tx.orgId)
}

function viewOf(row: Row, reader: OrgId): Source {
  const side = row.buyer_org === reader ? 'buyer' : 'supplier'
  return {
    id: row.id,
    side,
    partnerId: side === 'buyer' ? row.supplier_org : row.buyer_org,
    partnerName: side === 'buyer' ? row.supplier_name : row.buyer_name,
    partnerNameEn: side === 'buyer' ? row.supplier_name_en : row.buyer_name_en,
    materialId: row.material_id,
    materialCode: row.material_code,
    materialName: row.material_name,
    materialNameEn: row.material_name_en,
    specification: row.specification,
    baseUnit: row.base_unit,
    supplierCode: row.supplier_item_code,
    supplierName: row.supplier_item_name,
    leadTimeDays: row.lead_time_days,
    minimum: shortest(row.minimum),
    multiple: shortest(row.multiple),
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    state: row.state,
    price: row.price && { ...row.price, currency: row.price.currency as Currency },
    version: row.version,
  }
}

const shortest = (text: string | null): string | null => text?.replace(/\.?0+$/, '') ?? null
