import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import type { OpaqueTx } from '#kernel/postgres.ts'
import { narrow } from '#kernel/postgres.ts'
import { type RecordLabel, referenceQuery, referencesAt, type StoredReference } from '#kernel/references.ts'
import type { ReferenceKey } from '#values/reference.ts'
import type { integrationApi, RecordId, Reference, ReferenceId } from '../contract.ts'
import { integrationErrors } from '../errors.ts'
import { kindFor, labelsOf, readableKinds } from './kinds.ts'
import type { Parts } from './tables.ts'

type List = z.output<typeof integrationApi.references.query>

export const toReference = (
  { id, recordId, createdAt, ...reference }: StoredReference,
  { code, name, nameEn }: RecordLabel,
): Reference => ({
  ...reference,
  id: id as ReferenceId,
  recordId: recordId as RecordId,
  record: { code, name, nameEn },
  createdAt: createdAt.toISOString(),
})

/** Of records that the caller sees; `total` counts those of his kinds. */
export const listReferences = (parts: Parts, ctx: Context, list: List) =>
  parts.db.inTenant(ctx, async (tx) => {
    const kinds = list.entity === undefined ? readableKinds(parts, ctx) : [kindFor(parts, ctx, list.entity, 'read')]
    const { recordId, entity } = list
    if (recordId !== undefined && entity !== undefined) {
      const seen = await labelsOf(kinds, ctx, tx, [{ entity, recordId }])
      if (!seen({ entity, recordId })) throw integrationErrors.recordNotFound({ entity, recordId })
    }
    const page = await readPage(
      narrow(tx),
      filtered(
        tx,
        list,
        kinds.map((kind) => kind.entity),
      ),
      list,
      order,
      (row) => row,
    )
    const labelOf = await labelsOf(kinds, ctx, tx, page.items)
    return { ...page, items: page.items.flatMap((row) => withLabel(row, labelOf(row))) }
  })

const order = {
  sorts: { key: { by: 'key', type: 'text' }, createdAt: { by: 'created_at', type: 'timestamptz' } },
  id: 'id',
} as const

function filtered(tx: OpaqueTx, list: List, entities: readonly string[]) {
  let query = referenceQuery(tx).where(sql<boolean>`entity = any(${[...entities]})`)
  if (list.recordId !== undefined) query = query.where('entity_id', '=', list.recordId)
  if (list.system !== undefined) query = query.where('system', '=', list.system)
  if (list.type !== undefined) query = query.where('type', '=', list.type)
  if (list.search) query = query.where(sql<boolean>`strpos(lower(key), ${list.search.toLowerCase()}) > 0`)
  return query
}

const withLabel = (row: StoredReference, label: RecordLabel | undefined): Reference[] => (label ? [toReference(row, label)] : [])

export async function resolveReference(parts: Parts, ctx: Context, key: ReferenceKey): Promise<Reference> {
  const { found } = await resolveReferences(parts, ctx, [key])
  if (!found[0]) throw integrationErrors.referenceNotFound({ ...key })
  return found[0]
}

/** A record that the caller may not see is as missing as one that is not there. */
export const resolveReferences = (parts: Parts, ctx: Context, keys: readonly ReferenceKey[]) =>
  parts.db.inTenant(ctx, async (tx) => {
    const kinds = readableKinds(parts, ctx)
    const rows = await referencesAt(tx, keys)
    const labelOf = await labelsOf(kinds, ctx, tx, rows)
    const found = rows.flatMap((row) => withLabel(row, labelOf(row)))
    const written = ({ system, type, key }: ReferenceKey) => JSON.stringify([system, type, key])
    const known = new Set(found.map(written))
    return { found, missing: keys.filter((key) => !known.has(written(key))) }
  })
