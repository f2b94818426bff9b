import type { Selectable } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import type { Defect, DefectForm, DefectId } from '../contract.ts'
import { qualityErrors } from '../errors.ts'
import type { Rooms } from './rooms.ts'
import type { DefectTable, QualityTx } from './tables.ts'

const view = (row: Selectable<DefectTable>): Defect => ({
  id: row.id,
  code: row.code,
  name: row.name,
  nameEn: row.name_en,
  severity: row.severity,
  retired: row.retired_at !== null,
  version: row.version,
})
const columns = ({ code, name, nameEn, severity }: DefectForm) => ({ code, name, name_en: nameEn, severity })
export const defectsOf = (tx: QualityTx) => tx.sql.selectFrom('quality.defect').selectAll().where('org_id', '=', tx.orgId)

const taken = (code: string) => (error: unknown) => {
  throw violatedUnique(error) === 'defect_code' ? qualityErrors.codeTaken({ code }) : error
}

/** What one organisation calls by codes is some hundred at most. */
const MOST = 1_000

export const listDefects = ({ db }: Pick<Rooms, 'db'>, ctx: Context): Promise<{ defects: Defect[] }> =>
  db.inTenant(ctx, async (tx) => ({ defects: (await defectsOf(tx).orderBy('code').limit(MOST).execute()).map(view) }))

/** Errors: quality.codeTaken. */
export const createDefect = ({ db }: Pick<Rooms, 'db'>, ctx: Context, form: DefectForm): Promise<Defect> =>
  db
    .inTenant(ctx, async (tx) =>
      view(
        await tx.sql
          .insertInto('quality.defect')
          .values({ org_id: tx.orgId, ...columns(form), retired_at: null })
          .returningAll()
          .executeTakeFirstOrThrow(),
      ),
    )
    .catch(taken(form.code))

/** Errors: quality.defectNotFound, codeTaken, changedMeanwhile. */
export const changeDefect = (
  { db }: Pick<Rooms, 'db'>,
  ctx: Context,
  id: DefectId,
  form: DefectForm & { retired: boolean; version: number },
): Promise<Defect> =>
  db
    .inTenant(ctx, async (tx) => {
      const row = await defectsOf(tx).where('id', '=', id).forUpdate().executeTakeFirst()
      if (!row) throw qualityErrors.defectNotFound({ id })
      if (row.version !== form.version) throw qualityErrors.changedMeanwhile({ id, version: row.version })
      return view(
        await tx.sql
          .updateTable('quality.defect')
          .set((eb) => ({
            ...columns(form),
            retired_at: form.retired ? (row.retired_at ?? ctx.now) : null,
            version: eb('version', '+', 1),
          }))
          .where('org_id', '=', tx.orgId)
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow(),
      )
    })
    .catch(taken(form.code))
