import { sql, type Transaction } from 'kysely'
import { readPage } from '#kernel/page.ts'
import type { OrgId } from '#values/ids.ts'
import type { ListQuery, Page } from '#values/list.ts'
import type { Industry, OrganisationKind, Relation, RelationId, RelationKind } from '../contract.ts'
import { type OrganisationRow, searchWords } from './organisation-store.ts'
import { relationState } from './relation-rules.ts'
import type { OrganisationsTables, OrganisationsTx } from './tables.ts'

type Side = 'buyer' | 'supplier'

/** A relation as one side sees it. */
interface SidedRow {
  id: RelationId
  side: Side
  kind: RelationKind
  tier: number
  since: string
  until: string | null
  confirmed: boolean
  partner_id: OrgId
  partner_name: string
  partner_name_en: string | null
  partner_code: string
  partner_kind: OrganisationKind
  partner_industry: Industry | null
  partner_city: string | null
  demo: boolean
  version: number
}

// One index per side: `or` over both columns reads the whole table once it is large, two halves never do.
const half = (side: Side, orgId: OrgId) => {
  const [own, other] = side === 'buyer' ? ['buyer', 'supplier'] : ['supplier', 'buyer']
  const partner = ['name', 'name_en', 'code', 'kind', 'industry', 'city'].map((c) => `${other}_${c} as partner_${c}`).join(', ')
  return sql`select id, ${sql.lit(side)} as side, kind, tier, since, until, confirmed_at is not null as confirmed, demo, version,
    ${sql.raw(`${other}_org as partner_id, ${partner}`)} from organisations.relation where ${sql.raw(`${own}_org`)} = ${orgId}`
}

function sided(tx: OrganisationsTx, side?: Side) {
  const halves = side ? half(side, tx.orgId) : sql`${half('buyer', tx.orgId)} union all ${half('supplier', tx.orgId)}`
  return tx.sql.selectFrom(sql<SidedRow>`(${halves})`.as('r'))
}

export async function relationPage(
  tx: OrganisationsTx,
  list: ListQuery & { side?: Side | undefined; kind?: RelationKind | undefined; industry?: Industry | undefined; activeOnly: boolean },
  today: string,
): Promise<Page<Relation>> {
  let query = sided(tx, list.side).selectAll()
  for (const word of searchWords(list.search)) {
    const places = ['partner_name', 'partner_name_en', 'partner_code', 'partner_city'].map(
      (column) => sql<boolean>`strpos(lower(coalesce(${sql.ref(`r.${column}`)}, '')), ${word}) > 0`,
    )
    query = query.where((eb) => eb.or(places))
  }
  const { kind, industry, activeOnly } = list
  if (kind !== undefined) query = query.where('r.kind', '=', kind)
  if (industry !== undefined) query = query.where('r.partner_industry', '=', industry)
  if (activeOnly)
    query = query.where((eb) => eb.or([eb('r.until', 'is', null), eb.and([eb('r.until', '>=', today), eb('r.confirmed', '=', true)])]))
  const order = {
    sorts: {
      partnerName: { by: 'r.partner_name collate "zh-x-icu"', type: 'text' as const },
      since: { by: 'r.since', type: 'date' as const },
      tier: { by: 'r.tier', type: 'int' as const },
    },
    id: 'r.id',
  }
  return readPage(tx, query, list, order, (row) => toRelation(row, today))
}

export const readRelation = (tx: OrganisationsTx, id: RelationId) => sided(tx).selectAll().where('r.id', '=', id).executeTakeFirst()

export const lockRelation = (tx: OrganisationsTx, id: RelationId) =>
  tx.sql
    .selectFrom('organisations.relation')
    .select(['id', 'buyer_org', 'supplier_org', 'since', 'until', 'confirmed_at', 'version'])
    .where('id', '=', id)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .forUpdate()
    .executeTakeFirst()

export const setRelation = (
  tx: OrganisationsTx,
  { id, version }: { id: RelationId; version: number },
  change: { until?: string; confirmed_at?: Date },
) =>
  tx.sql
    .updateTable('organisations.relation')
    .set({ ...change, version: version + 1 })
    .where('id', '=', id)
    .where('version', '=', version)
    .executeTakeFirstOrThrow()

const PROPOSED_READ = 1_000

/** Proposals of others, the oldest first. */
export const proposedTo = (tx: OrganisationsTx) =>
  tx.sql
    .selectFrom('organisations.relation')
    .select(['id', 'buyer_name'])
    .where('supplier_org', '=', tx.orgId)
    .where('confirmed_at', 'is', null)
    .where('until', 'is', null)
    .orderBy('id')
    .limit(PROPOSED_READ)
    .execute()

/** All relations of the pair and kind, whatever their period; the pair is locked against a second proposal until the transaction ends. */
export async function lockedPeriods(tx: OrganisationsTx, buyer: OrgId, supplier: OrgId, kind: RelationKind) {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`organisations.relation ${buyer} ${supplier} ${kind}`}, 0))`.execute(tx.sql)
  return tx.sql
    .selectFrom('organisations.relation')
    .select(['since', 'until', 'confirmed_at'])
    .where('buyer_org', '=', buyer)
    .where('supplier_org', '=', supplier)
    .where('kind', '=', kind)
    .execute()
}

export const insertRelation = (
  sqlOf: Transaction<OrganisationsTables>,
  buyer: OrganisationRow,
  supplier: OrganisationRow,
  facts: { kind: RelationKind; tier: number; since: string; until: string | null; confirmed_at: Date | null },
) =>
  sqlOf
    .insertInto('organisations.relation')
    .values({
      ...facts,
      buyer_org: buyer.org_id,
      buyer_name: buyer.name,
      buyer_name_en: buyer.name_en,
      buyer_code: buyer.code,
      buyer_kind: buyer.kind,
      buyer_industry: buyer.industry,
      buyer_city: buyer.city,
      supplier_org: supplier.org_id,
      supplier_name: supplier.name,
      supplier_name_en: supplier.name_en,
      supplier_code: supplier.code,
      supplier_kind: supplier.kind,
      supplier_industry: supplier.industry,
      supplier_city: supplier.city,
      demo: buyer.demo || supplier.demo,
    })
    .returning('id')
    .executeTakeFirstOrThrow()

/** The organisation's own name, city and industry in all its relations, on whichever side it stands. */
export async function renameInRelations(tx: OrganisationsTx, row: OrganisationRow): Promise<void> {
  await tx.sql
    .updateTable('organisations.relation')
    .set({ buyer_name: row.name, buyer_name_en: row.name_en, buyer_industry: row.industry, buyer_city: row.city })
    .where('buyer_org', '=', tx.orgId)
    .execute()
  await tx.sql
    .updateTable('organisations.relation')
    .set({ supplier_name: row.name, supplier_name_en: row.name_en, supplier_industry: row.industry, supplier_city: row.city })
    .where('supplier_org', '=', tx.orgId)
    .execute()
}

export const activeRelationWith = (tx: OrganisationsTx, other: OrgId, today: string) =>
  sided(tx)
    .select(['r.id', 'r.kind', 'r.side'])
    .where('r.partner_id', '=', other)
    .where('r.confirmed', '=', true)
    .where('r.since', '<=', today)
    .where((eb) => eb.or([eb('r.until', 'is', null), eb('r.until', '>=', today)]))
    // Where several hold at once, the delivery counts before a service.
    .orderBy(sql`r.kind = 'supply'`, 'desc')
    .orderBy('r.id')
    .limit(1)
    .executeTakeFirst()

/** Names of organisations that stand or stood in a relation with the own one. */
export const partnerLabels = (tx: OrganisationsTx, ids: readonly OrgId[]) =>
  sided(tx)
    .select(['r.partner_id', 'r.partner_name', 'r.partner_name_en', 'r.partner_code'])
    .distinctOn('r.partner_id')
    .where('r.partner_id', 'in', [...ids])
    .orderBy('r.partner_id')
    .orderBy('r.id', 'desc')
    .execute()

/** Suppliers of that day that go by one of the words (NFKC, small letters); once for each word. */
export async function suppliersByWord(tx: OrganisationsTx, words: readonly string[], today: string) {
  if (words.length === 0) return []
  const { rows } = await sql<{ partner_id: OrgId; word: string }>`select distinct r.partner_id, w.word
    from (${half('buyer', tx.orgId)}) r
      cross join lateral (
        select lower(normalize(name, NFKC)) as word from unnest(array[r.partner_code, r.partner_name, r.partner_name_en]) name) w
    where r.kind = 'supply' and r.confirmed and r.since <= ${today} and (r.until is null or r.until >= ${today})
      and w.word = any(${[...words]}::text[])`.execute(tx.sql)
  return rows
}

export const toRelation = (row: SidedRow, today: string): Relation => ({
  id: row.id,
  kind: row.kind,
  state: relationState(row, today),
  side: row.side,
  partnerId: row.partner_id,
  partnerName: row.partner_name,
  partnerNameEn: row.partner_name_en,
  partnerCode: row.partner_code,
  partnerKind: row.partner_kind,
  partnerIndustry: row.partner_industry,
  partnerCity: row.partner_city,
  demo: row.demo,
  tier: row.tier,
  since: row.since,
  until: row.until,
  version: row.version,
})
