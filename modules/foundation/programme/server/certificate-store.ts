import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { addFile, type TakenFile } from '#kernel/files.ts'
import { readPage } from '#kernel/page.ts'
import type { ListQuery, Page } from '#values/list.ts'
import type { Certificate, CertificateId, CertificateKind, PartnerId } from '../contract.ts'
import { validityOf } from './connection-rules.ts'
import type { Side } from './partner-rules.ts'
import type { PartnerRow } from './partner-store.ts'
import type { ProgrammeTx } from './tables.ts'

const present = (tx: ProgrammeTx) =>
  tx.sql
    .selectFrom('programme.certificate as c')
    .innerJoin('programme.partner as p', 'p.id', 'c.partner_id')
    .selectAll('c')
    .select('p.name as partner_name')
    .where('c.removed_at', 'is', null)

export type CertificateRow = Awaited<ReturnType<ReturnType<typeof present>['executeTakeFirstOrThrow']>>

const ofEither = (tx: ProgrammeTx) =>
  present(tx).where((eb) => eb.or([eb('c.buyer_org', '=', tx.orgId), eb('c.supplier_org', '=', tx.orgId)]))

export const certificatesOf = (tx: ProgrammeTx, id: PartnerId): Promise<CertificateRow[]> =>
  ofEither(tx).where('c.partner_id', '=', id).orderBy('c.kind').orderBy('c.created_at', 'desc').limit(200).execute()

export const findCertificate = (tx: ProgrammeTx, id: CertificateId) => ofEither(tx).where('c.id', '=', id).executeTakeFirst()

export interface NewCertificate {
  kind: CertificateKind
  number: string
  validFrom?: string | undefined
  validUntil?: string | undefined
}

export async function insertCertificate(
  tx: ProgrammeTx,
  ctx: Context,
  partner: Pick<PartnerRow, 'id' | 'buyer_org' | 'supplier_org'>,
  of: NewCertificate,
  file: TakenFile,
): Promise<CertificateId> {
  const fileId = await addFile(tx, ctx, file, { module: 'programme', kind: 'certificate', id: partner.id })
  const { id } = await tx.sql
    .insertInto('programme.certificate')
    .values({
      partner_id: partner.id,
      buyer_org: partner.buyer_org,
      supplier_org: partner.supplier_org,
      added_org: tx.orgId,
      added_by: ctx.actor.name ?? null,
      kind: of.kind,
      number: of.number,
      valid_from: of.validFrom ?? null,
      valid_until: of.validUntil ?? null,
      file_id: fileId,
      file_name: file.name,
      media_type: file.mediaType,
      bytes: file.bytes,
      sha256: file.sha256,
      object_key: file.objectKey,
      created_at: ctx.now,
      removed_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export const markRemoved = (tx: ProgrammeTx, id: CertificateId, now: Date) =>
  tx.sql
    .updateTable('programme.certificate')
    .set((eb) => ({ removed_at: now, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .where('added_org', '=', tx.orgId)
    .executeTakeFirstOrThrow()

const FOR_EVER = sql`'9999-12-31'::date`

/** By the day they end, those without an end last. */
export function certificatePage(
  tx: ProgrammeTx,
  list: ListQuery & { side: Side; within?: number | undefined },
  today: string,
): Promise<Page<Certificate>> {
  let query = present(tx).where(list.side === 'buyer' ? 'c.buyer_org' : 'c.supplier_org', '=', tx.orgId)
  // What a partner that has left once handed in warns nobody.
  query = query.where('p.state', 'not in', ['exited', 'refused', 'withdrawn'])
  if (list.within !== undefined) query = query.where(sql<boolean>`c.valid_until <= ${today}::date + ${list.within}::int`)
  for (const word of (list.search ?? '').normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean).slice(0, 8))
    query = query.where((eb) =>
      eb.or([sql<boolean>`strpos(lower(p.name), ${word}) > 0`, sql<boolean>`strpos(lower(c.number), ${word}) > 0`]),
    )
  const order = { sorts: { validUntil: { by: "coalesce(c.valid_until, '9999-12-31'::date)", type: 'date' as const } }, id: 'c.id' }
  return readPage(tx, query, list, order, (row) => toCertificate(row, tx.orgId, today))
}

export async function countEnding(tx: ProgrammeTx, today: string, within: number): Promise<number> {
  const { n } = await tx.sql
    .selectFrom('programme.certificate as c')
    .innerJoin('programme.partner as p', 'p.id', 'c.partner_id')
    .select(sql<number>`count(*)::int`.as('n'))
    .where('c.buyer_org', '=', tx.orgId)
    .where('c.removed_at', 'is', null)
    .where('p.state', 'not in', ['exited', 'refused', 'withdrawn'])
    .where(sql<boolean>`coalesce(c.valid_until, ${FOR_EVER}) <= ${today}::date + ${within}::int`)
    .executeTakeFirstOrThrow()
  return n
}

export const toCertificate = (row: CertificateRow, viewer: string, today: string): Certificate => ({
  id: row.id,
  partnerId: row.partner_id,
  partnerName: row.partner_name,
  kind: row.kind,
  number: row.number,
  validFrom: row.valid_from,
  validUntil: row.valid_until,
  ...validityOf(row.valid_until, today),
  fileName: row.file_name,
  mediaType: row.media_type,
  fileBytes: row.bytes,
  addedAt: row.created_at.toISOString(),
  addedBy: row.added_by,
  mine: row.added_org === viewer,
})
