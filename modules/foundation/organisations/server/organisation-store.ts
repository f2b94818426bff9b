import { type ExpressionBuilder, sql, type Transaction } from 'kysely'
import type { OrgScope } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import type { OrgId } from '#values/ids.ts'
import type { ListQuery, Page } from '#values/list.ts'
import type { Industry, Organisation, OrganisationKind, PlatformOrganisation, SizeRule } from '../contract.ts'
import type { OrganisationsTables, OrganisationsTx } from './tables.ts'

type Sql = Transaction<OrganisationsTables>

const columns = [
  'org_id',
  'org_no',
  'code',
  'name',
  'name_en',
  'kind',
  'industry',
  'credit_code',
  'city',
  'demo',
  'sandbox_of',
  'active',
  'values_per_s',
  'user_limit',
  'created_at',
  'version',
] as const

export const readOwn = (tx: OrganisationsTx) =>
  tx.sql.selectFrom('organisations.organisation').select(columns).where('org_id', '=', tx.orgId).executeTakeFirst()
export type OrganisationRow = NonNullable<Awaited<ReturnType<typeof readOwn>>>

export const readSizes = (tx: OrganisationsTx) =>
  tx.sql
    .selectFrom('organisations.size_record')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .orderBy('valid_from', 'desc')
    .limit(100)
    .execute()

/** The row as far as the version is still the one that was read; undefined when somebody was faster. */
export const updateOwn = (
  tx: OrganisationsTx,
  version: number,
  change: { name: string; name_en: string | null; city: string | null; industry: Industry | null },
) =>
  tx.sql
    .updateTable('organisations.organisation')
    .set({ ...change, version: version + 1 })
    .where('org_id', '=', tx.orgId)
    .where('version', '=', version)
    .returning(columns)
    .executeTakeFirst()

/** Of an organisation that is being made: the system role may add a record and change none. */
export const insertSize = (sqlOf: Sql, row: OrganisationsTables['organisations.size_record']) =>
  sqlOf.insertInto('organisations.size_record').values(row).execute()

export const sizeOn = (sqlOf: Sql, orgId: OrgId, day: string) =>
  sqlOf
    .selectFrom('organisations.size_record')
    .select('size_class')
    .where('org_id', '=', orgId)
    .where('valid_from', '<=', day)
    .orderBy('valid_from', 'desc')
    .limit(1)
    .executeTakeFirst()

/** A record of the same day corrects the earlier one. */
export const addSize = (sqlOf: Sql, row: OrganisationsTables['organisations.size_record']) =>
  sqlOf
    .insertInto('organisations.size_record')
    .values(row)
    .onConflict((oc) =>
      oc.columns(['org_id', 'valid_from']).doUpdateSet((eb) => ({
        sector: eb.ref('excluded.sector'),
        employees: eb.ref('excluded.employees'),
        revenue_wan: eb.ref('excluded.revenue_wan'),
        size_class: eb.ref('excluded.size_class'),
      })),
    )
    .execute()

export async function readSizeRules(sqlOf: Sql, sector?: string): Promise<SizeRule[]> {
  const rows = await sqlOf
    .selectFrom('organisations.size_rule')
    .selectAll()
    .$if(sector !== undefined, (q) => q.where('sector', '=', sector ?? ''))
    .orderBy('sector')
    .orderBy('valid_from', 'desc')
    .orderBy('min_revenue_wan', 'desc')
    .limit(2_000)
    .execute()
  return rows.map((row) => ({
    sector: row.sector,
    sizeClass: row.size_class,
    minEmployees: row.min_employees,
    minRevenueWan: row.min_revenue_wan,
    validFrom: row.valid_from,
    source: row.source,
  }))
}

export const upsertSizeRules = (sqlOf: Sql, rules: readonly SizeRule[]) =>
  sqlOf
    .insertInto('organisations.size_rule')
    .values(
      rules.map((rule) => ({
        sector: rule.sector,
        size_class: rule.sizeClass,
        min_employees: rule.minEmployees,
        min_revenue_wan: rule.minRevenueWan,
        valid_from: rule.validFrom,
        source: rule.source,
      })),
    )
    .onConflict((oc) =>
      oc.columns(['sector', 'size_class', 'valid_from']).doUpdateSet((eb) => ({
        min_employees: eb.ref('excluded.min_employees'),
        min_revenue_wan: eb.ref('excluded.min_revenue_wan'),
        source: eb.ref('excluded.source'),
      })),
    )
    .execute()

// ---------------------------------------------------------------- by the system role: any organisation

export const findById = (sqlOf: Sql, orgId: OrgId) =>
  sqlOf.selectFrom('organisations.organisation').select(columns).where('org_id', '=', orgId).executeTakeFirst()

export const findByCode = (sqlOf: Sql, code: string) =>
  sqlOf.selectFrom('organisations.organisation').select(columns).where('code', '=', code).executeTakeFirst()

export const findByCreditCode = (sqlOf: Sql, creditCode: string) =>
  sqlOf.selectFrom('organisations.organisation').select(columns).where('credit_code', '=', creditCode).executeTakeFirst()

export const anyOrganisation = async (sqlOf: Sql): Promise<boolean> =>
  (await sqlOf.selectFrom('organisations.organisation').select('org_id').limit(1).executeTakeFirst()) !== undefined

export const allScopes = async (sqlOf: Sql): Promise<OrgScope[]> =>
  sqlOf.selectFrom('organisations.organisation').select(['org_id as orgId', 'org_no as orgNo']).orderBy('org_no').execute()

/** Organisation number → values a second, of those that have a quota. */
export const allValueQuotas = async (sqlOf: Sql): Promise<Map<number, number>> => {
  const rows = await sqlOf
    .selectFrom('organisations.organisation')
    .select(['org_no', 'values_per_s'])
    .where('values_per_s', 'is not', null)
    .execute()
  return new Map(rows.map((row) => [row.org_no, row.values_per_s ?? 0]))
}

export const findSandbox = (sqlOf: Sql, ownerId: OrgId) =>
  sqlOf
    .selectFrom('organisations.organisation')
    .select(columns)
    .where('sandbox_of', '=', ownerId)
    .where('active', '=', true)
    .executeTakeFirst()

export const insertOrganisation = (
  sqlOf: Sql,
  row: Omit<OrganisationsTables['organisations.organisation'], 'org_no' | 'active' | 'version' | 'values_per_s' | 'user_limit'>,
) => sqlOf.insertInto('organisations.organisation').values(row).returning(columns).executeTakeFirstOrThrow()

/** What the operator decides; what is left out stays. */
export interface Operated {
  active?: boolean | undefined
  valuesPerS?: number | null | undefined
  userLimit?: number | null | undefined
}

export const updateOperated = (sqlOf: Sql, orgId: OrgId, version: number, { active, valuesPerS, userLimit }: Operated) =>
  sqlOf
    .updateTable('organisations.organisation')
    .set({
      version: version + 1,
      ...(active === undefined ? {} : { active }),
      ...(valuesPerS === undefined ? {} : { values_per_s: valuesPerS }),
      ...(userLimit === undefined ? {} : { user_limit: userLimit }),
    })
    .where('org_id', '=', orgId)
    .where('version', '=', version)
    .returning(columns)
    .executeTakeFirst()

export function platformPage(
  sqlOf: Sql,
  list: ListQuery & { kind?: OrganisationKind | undefined; industry?: Industry | undefined; demo?: boolean | undefined },
): Promise<Page<OperatedOrganisation>> {
  const { kind, industry, demo } = list
  let query = sqlOf.selectFrom('organisations.organisation').select(columns).where('sandbox_of', 'is', null)
  for (const word of searchWords(list.search)) query = query.where((eb) => contains(eb, word))
  if (kind !== undefined) query = query.where('kind', '=', kind)
  if (industry !== undefined) query = query.where('industry', '=', industry)
  if (demo !== undefined) query = query.where('demo', '=', demo)
  const order = {
    // Names in the order of their pinyin, as a Chinese reader looks for them.
    sorts: {
      name: { by: 'name collate "zh-x-icu"', type: 'text' as const },
      code: { by: 'code', type: 'text' as const },
      createdAt: { by: 'created_at', type: 'timestamptz' as const },
    },
    id: 'org_id',
  }
  return readPage({ sql: sqlOf }, query, list, order, toPlatformOrganisation)
}

function contains(eb: ExpressionBuilder<OrganisationsTables, 'organisations.organisation'>, word: string) {
  const places = (['name', 'name_en', 'code', 'credit_code', 'city'] as const).map(
    (column) => sql<boolean>`strpos(lower(coalesce(${eb.ref(column)}, '')), ${word}) > 0`,
  )
  return eb.or(places)
}

/** Every word must be found; full-width letters and digits, as Chinese keyboards type them, count as the plain ones. */
export const searchWords = (search: string | undefined): string[] =>
  (search ?? '').normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean).slice(0, 8)

/** Without what the modules know of its use. */
export type OperatedOrganisation = Omit<PlatformOrganisation, 'usage'>

export const toPlatformOrganisation = (row: OrganisationRow): OperatedOrganisation => ({
  id: row.org_id,
  code: row.code,
  name: row.name,
  nameEn: row.name_en,
  kind: row.kind,
  industry: row.industry,
  creditCode: row.credit_code,
  city: row.city,
  demo: row.demo,
  sandbox: row.sandbox_of !== null,
  active: row.active,
  version: row.version,
  createdAt: row.created_at.toISOString(),
  quota: { valuesPerS: row.values_per_s, users: row.user_limit },
})

export async function toOrganisation(tx: OrganisationsTx, row: OrganisationRow): Promise<Organisation> {
  const { createdAt: _, quota: __, ...organisation } = toPlatformOrganisation(row)
  const sizes = await readSizes(tx)
  return {
    ...organisation,
    sizes: sizes.map((size) => ({
      validFrom: size.valid_from,
      sector: size.sector,
      employees: size.employees,
      revenueWan: size.revenue_wan,
      sizeClass: size.size_class,
    })),
  }
}
