import { sql } from 'kysely'
import { readPage } from '#kernel/page.ts'
import type { OrgId } from '#values/ids.ts'
import type { ListQuery, Page } from '#values/list.ts'
import type { AccessLogEntry, AgreementHead, AgreementId, AgreementState, DataSet } from '../contract.ts'
import type { SharedWith } from '../public.ts'
import { agreementHead } from './agreement-view.ts'
import type { AgreementTable, SharingTx } from './tables.ts'

export type NewAgreement = Omit<AgreementTable, 'id' | 'revoked_at' | 'revoked_by'>
export type AgreementRow = Awaited<ReturnType<typeof insertAgreement>>

export const insertAgreement = (tx: SharingTx, agreement: NewAgreement) =>
  tx.sql.insertInto('sharing.agreement').values(agreement).returningAll().executeTakeFirstOrThrow()

// Row-level security hides what concerns neither side; the predicate is here so that a party is named all the same.
export const readAgreement = (tx: SharingTx, id: AgreementId) =>
  tx.sql
    .selectFrom('sharing.agreement')
    .selectAll()
    .where('id', '=', id)
    .where((eb) => eb.or([eb('grantor_org', '=', tx.orgId), eb('grantee_org', '=', tx.orgId)]))
    .executeTakeFirst()

export const agreementsById = async (tx: SharingTx, ids: readonly AgreementId[]) =>
  ids.length === 0
    ? []
    : tx.sql
        .selectFrom('sharing.agreement')
        .select(['id', 'purpose', 'grantor_org', 'grantee_org'])
        .where('id', 'in', [...ids])
        .where((eb) => eb.or([eb('grantor_org', '=', tx.orgId), eb('grantee_org', '=', tx.orgId)]))
        .execute()

/** The grantor's own agreement only. */
export const lockGiven = (tx: SharingTx, id: AgreementId) =>
  tx.sql.selectFrom('sharing.agreement').selectAll().where('id', '=', id).where('grantor_org', '=', tx.orgId).forUpdate().executeTakeFirst()

export const markRevoked = (tx: SharingTx, id: AgreementId, at: Date, by: string | null) =>
  tx.sql
    .updateTable('sharing.agreement')
    .set({ revoked_at: at, revoked_by: by })
    .where('id', '=', id)
    .where('grantor_org', '=', tx.orgId)
    .returningAll()
    .executeTakeFirstOrThrow()

export interface AgreementFilter extends ListQuery {
  direction: 'given' | 'received'
  state?: AgreementState | undefined
  partnerId?: OrgId | undefined
}

const stateIs = (state: AgreementState, now: Date) =>
  ({
    revoked: sql<boolean>`a.revoked_at is not null`,
    upcoming: sql<boolean>`a.revoked_at is null and a.valid_from > ${now}`,
    inForce: sql<boolean>`a.revoked_at is null and a.valid_from <= ${now} and a.valid_until > ${now}`,
    expired: sql<boolean>`a.revoked_at is null and a.valid_until <= ${now}`,
  })[state]

export async function agreementPage(tx: SharingTx, filter: AgreementFilter, now: Date): Promise<Page<AgreementHead>> {
  const [own, other] = filter.direction === 'given' ? (['grantor', 'grantee'] as const) : (['grantee', 'grantor'] as const)
  let query = tx.sql.selectFrom('sharing.agreement as a').selectAll('a').where(`a.${own}_org`, '=', tx.orgId)
  for (const word of (filter.search ?? '').toLowerCase().split(/\s+/).filter(Boolean)) {
    const places = ['purpose', `${other}_name`, `${other}_name_en`].map((c) => sql`coalesce(${sql.ref(`a.${c}`)}, '')`)
    query = query.where(
      sql<boolean>`strpos(lower(${sql.join(places, sql` || ' ' || `)} || ' ' || coalesce(array_to_string(a.item_labels, ' '), '')), ${word}) > 0`,
    )
  }
  if (filter.state !== undefined) query = query.where(stateIs(filter.state, now))
  if (filter.partnerId !== undefined) query = query.where(`a.${other}_org`, '=', filter.partnerId)
  const order = {
    sorts: {
      createdAt: { by: 'a.created_at', type: 'timestamptz' as const },
      until: { by: 'a.valid_until', type: 'timestamptz' as const },
      partner: { by: `a.${other}_name collate "zh-x-icu"`, type: 'text' as const },
    },
    id: 'a.id',
  }
  return readPage(tx, query, filter, order, (row) => agreementHead(row, tx.orgId, now))
}

export async function accessLogPage(tx: SharingTx, id: AgreementId, list: ListQuery): Promise<Page<AccessLogEntry>> {
  let query = tx.sql.selectFrom('sharing.access_log as l').selectAll().where('l.agreement_id', '=', id)
  if (list.search) query = query.where(sql<boolean>`strpos(lower(coalesce(l.reader_name, '')), ${list.search.toLowerCase()}) > 0`)
  const order = {
    sorts: { lastAt: { by: 'l.last_at', type: 'timestamptz' as const }, reads: { by: 'l.reads', type: 'int' as const } },
    id: 'l.id',
  }
  return readPage(tx, query, list, order, (row) => ({
    id: row.id,
    reader: row.reader_name,
    readerKind: row.reader_kind,
    hour: row.hour.toISOString(),
    firstAt: row.first_at.toISOString(),
    lastAt: row.last_at.toISOString(),
    reads: row.reads,
  }))
}

/** One row per partner: the agreement that lasts longest. */
export async function openToPartners(tx: SharingTx, dataSet: DataSet, itemId: string, now: Date): Promise<SharedWith[]> {
  const { rows } = await sql<SharedWith>`
    select distinct on (grantee_org) id as "agreementId", grantee_org as "orgId", grantee_name as name, grantee_name_en as "nameEn"
    from sharing.agreement
    where grantor_org = ${tx.orgId} and data_set = ${dataSet} and revoked_at is null and valid_from <= ${now} and valid_until > ${now}
      and (item_ids is null or ${itemId} = any(item_ids))
    order by grantee_org, valid_until desc`.execute(tx.sql)
  return rows
}
