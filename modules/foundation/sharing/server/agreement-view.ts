import type { Selectable } from 'kysely'
import type { OrgId } from '#values/ids.ts'
import type { Agreement, AgreementHead } from '../contract.ts'
import { agreementState } from './sharing-rules.ts'
import type { AgreementTable } from './tables.ts'

type Row = Selectable<AgreementTable>

const common = (row: Row, reader: OrgId, now: Date) => ({
  id: row.id,
  grantor: { orgId: row.grantor_org, name: row.grantor_name, nameEn: row.grantor_name_en },
  grantee: { orgId: row.grantee_org, name: row.grantee_name, nameEn: row.grantee_name_en },
  side: row.grantor_org === reader ? ('grantor' as const) : ('grantee' as const),
  state: agreementState({ from: row.valid_from, until: row.valid_until, revokedAt: row.revoked_at }, now),
  dataSet: row.data_set,
  purpose: row.purpose,
  granularity: row.granularity,
  delayMinutes: row.delay_minutes,
  from: row.valid_from.toISOString(),
  until: row.valid_until.toISOString(),
  createdAt: row.created_at.toISOString(),
  revokedAt: row.revoked_at?.toISOString() ?? null,
})

export const agreementHead = (row: Row, reader: OrgId, now: Date): AgreementHead => ({
  ...common(row, reader, now),
  itemCount: row.item_ids?.length ?? null,
  fieldCount: row.fields?.length ?? null,
})

/** The names of the grantor's people are his own affair; the partner reads which organisation agreed. */
export const agreementView = (row: Row, reader: OrgId, now: Date): Agreement => ({
  ...common(row, reader, now),
  items: row.item_ids === null ? 'all' : row.item_ids.map((id, i) => ({ id, label: row.item_labels?.[i] ?? '' })),
  fields: row.fields ?? 'all',
  createdBy: row.grantor_org === reader ? row.created_by : null,
  revokedBy: row.grantor_org === reader ? row.revoked_by : null,
})
