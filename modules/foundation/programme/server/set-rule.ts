import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import { programmeErrors } from '../errors.ts'
import type { ProgrammeParts } from './parts.ts'

/** Version 0: the default still holds and the leader's first own setting is made. */
export const setRule = ({ db }: ProgrammeParts, ctx: Context, { minDays, version }: { minDays: number; version: number }) =>
  db
    .inTenant(ctx, async (tx) => {
      if (version === 0) {
        await tx.sql.insertInto('programme.setting').values({ org_id: tx.orgId, min_days: minDays }).execute()
        return { minDays, version: 1 }
      }
      const row = await tx.sql
        .updateTable('programme.setting')
        .set({ min_days: minDays, version: version + 1 })
        .where('org_id', '=', tx.orgId)
        .where('version', '=', version)
        .returning(['min_days', 'version'])
        .executeTakeFirst()
      if (!row) throw programmeErrors.changedMeanwhile()
      return { minDays: row.min_days, version: row.version }
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === undefined ? error : programmeErrors.changedMeanwhile()
    })
