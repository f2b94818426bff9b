import type { Selectable } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { LabelFormatId } from '../contract.ts'
import { logisticsErrors } from '../errors.ts'
import type { LabelFormat } from '../label-contract.ts'
import { labelFault } from '../labels/label-text.ts'
import { buyerOf, buyerView, supplierView } from './parties.ts'
import type { Rooms } from './rooms.ts'
import type { LabelFormatTable, LogisticsTx } from './tables.ts'

type Form = Pick<LabelFormat, 'name' | 'language' | 'template'>

const MOST = 500

const view = (row: Selectable<LabelFormatTable>, reader: OrgId): LabelFormat => ({
  id: row.id,
  buyer: buyerView(row),
  supplier: supplierView(row),
  side: row.buyer_org === reader ? 'buyer' : 'supplier',
  name: row.name,
  language: row.language,
  template: row.template,
  version: row.version,
})

const ofSide = (tx: LogisticsTx, side: 'buyer' | 'supplier') =>
  tx.sql.selectFrom('logistics.label_format').selectAll().where(`${side}_org`, '=', tx.orgId)

export const listLabelFormats = ({ db }: Rooms, ctx: Context, side: 'buyer' | 'supplier'): Promise<{ formats: LabelFormat[] }> =>
  db.inTenant(ctx, async (tx) => ({
    formats: (await ofSide(tx, side).orderBy('name').orderBy('id').limit(MOST).execute()).map((row) => view(row, ctx.orgId)),
  }))

/** Errors: logistics.badTemplate. */
function checked(form: Form): Form {
  const fault = labelFault(form.language, form.template)
  if (fault) throw logisticsErrors.badTemplate({ reasons: [fault.fault], what: fault.what })
  return form
}

const taken = (error: unknown): never => {
  throw violatedUnique(error) === 'label_format_name' ? logisticsErrors.nameTaken() : error
}

/** Errors: logistics.noRelation, logistics.badTemplate, logistics.nameTaken. */
export const createLabelFormat = (
  rooms: Rooms,
  ctx: Context,
  { supplierId, ...form }: Form & { supplierId: OrgId },
): Promise<LabelFormat> =>
  rooms.db
    .inTenant(ctx, async (tx) => {
      const row = { ...(await buyerOf(rooms, tx, ctx, supplierId)), ...checked(form) }
      return view(await tx.sql.insertInto('logistics.label_format').values(row).returningAll().executeTakeFirstOrThrow(), ctx.orgId)
    })
    .catch(taken)

/** Errors: logistics.notFound, logistics.changedMeanwhile, logistics.badTemplate, logistics.nameTaken. */
export const changeLabelFormat = (
  { db }: Rooms,
  ctx: Context,
  id: LabelFormatId,
  { version, ...form }: Form & { version: number },
): Promise<LabelFormat> =>
  db
    .inTenant(ctx, async (tx) => {
      const row = await ofSide(tx, 'buyer').where('id', '=', id).forUpdate().executeTakeFirst()
      if (!row) throw logisticsErrors.notFound({ id })
      if (row.version !== version) throw logisticsErrors.changedMeanwhile({ id, version: row.version })
      const changed = tx.sql
        .updateTable('logistics.label_format')
        .set((eb) => ({ ...checked(form), version: eb('version', '+', 1) }))
        .where('buyer_org', '=', tx.orgId)
        .where('id', '=', id)
      return view(await changed.returningAll().executeTakeFirstOrThrow(), ctx.orgId)
    })
    .catch(taken)

/** Errors: logistics.notFound. */
export const removeLabelFormat = ({ db }: Rooms, ctx: Context, id: LabelFormatId): Promise<Record<string, never>> =>
  db.inTenant(ctx, async (tx) => {
    const removed = await tx.sql
      .deleteFrom('logistics.label_format')
      .where('buyer_org', '=', tx.orgId)
      .where('id', '=', id)
      .executeTakeFirst()
    if (removed.numDeletedRows === 0n) throw logisticsErrors.notFound({ id })
    return {}
  })
