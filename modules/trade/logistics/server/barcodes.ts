import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { BarcodeId } from '../contract.ts'
import { logisticsErrors } from '../errors.ts'
import type { Barcode } from '../label-contract.ts'
import { compileTemplate } from '../labels/barcode-template.ts'
import { buyerOf, supplierView } from './parties.ts'
import type { Rooms } from './rooms.ts'
import type { LogisticsTx } from './tables.ts'

type Form = Pick<Barcode, 'name' | 'template' | 'sample'>

const MOST = 500

const rows = (tx: LogisticsTx) => tx.sql.selectFrom('logistics.barcode').selectAll().where('org_id', '=', tx.orgId)

const view = (row: Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>): Barcode => ({
  id: row.id,
  supplier: supplierView(row),
  name: row.name,
  template: row.template,
  sample: row.sample,
  version: row.version,
})

export const listBarcodes = ({ db }: Rooms, ctx: Context): Promise<{ barcodes: Barcode[] }> =>
  db.inTenant(ctx, async (tx) => ({
    barcodes: (await rows(tx).orderBy('supplier_name').orderBy('name').limit(MOST).execute()).map(view),
  }))

/** Errors: logistics.badTemplate. */
function checked(form: Form): Form {
  const compiled = compileTemplate(form.template)
  if ('fault' in compiled) throw logisticsErrors.badTemplate({ reasons: [compiled.fault], what: form.template })
  return form
}

const taken = (error: unknown): never => {
  throw violatedUnique(error) === 'barcode_name' ? logisticsErrors.nameTaken() : error
}

/** Errors: logistics.noRelation, logistics.badTemplate, logistics.nameTaken. */
export const createBarcode = (rooms: Rooms, ctx: Context, { supplierId, ...form }: Form & { supplierId: OrgId }): Promise<Barcode> =>
  rooms.db
    .inTenant(ctx, async (tx) => {
      const { supplier_org, supplier_name, supplier_name_en } = await buyerOf(rooms, tx, ctx, supplierId)
      const row = { org_id: tx.orgId, supplier_org, supplier_name, supplier_name_en, ...checked(form) }
      return view(await tx.sql.insertInto('logistics.barcode').values(row).returningAll().executeTakeFirstOrThrow())
    })
    .catch(taken)

/** Errors: logistics.notFound, logistics.changedMeanwhile, logistics.badTemplate, logistics.nameTaken. */
export const changeBarcode = (
  { db }: Rooms,
  ctx: Context,
  id: BarcodeId,
  { version, ...form }: Form & { version: number },
): Promise<Barcode> =>
  db
    .inTenant(ctx, async (tx) => {
      const row = await rows(tx).where('id', '=', id).forUpdate().executeTakeFirst()
      if (!row) throw logisticsErrors.notFound({ id })
      if (row.version !== version) throw logisticsErrors.changedMeanwhile({ id, version: row.version })
      const changed = tx.sql
        .updateTable('logistics.barcode')
        .set((eb) => ({ ...checked(form), version: eb('version', '+', 1) }))
        .where('org_id', '=', tx.orgId)
        .where('id', '=', id)
      return view(await changed.returningAll().executeTakeFirstOrThrow())
    })
    .catch(taken)

/** Errors: logistics.notFound. */
export const removeBarcode = ({ db }: Rooms, ctx: Context, id: BarcodeId): Promise<Record<string, never>> =>
  db.inTenant(ctx, async (tx) => {
    const removed = await tx.sql.deleteFrom('logistics.barcode').where('org_id', '=', tx.orgId).where('id', '=', id).executeTakeFirst()
    if (removed.numDeletedRows === 0n) throw logisticsErrors.notFound({ id })
    return {}
  })
