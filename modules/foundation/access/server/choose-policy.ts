import type { Context } from '#kernel/context.ts'
import type { PolicyProfile } from '../contract.ts'
import { accessErrors } from '../errors.ts'
import type { AccessParts } from './access-parts.ts'
import { readAdministration } from './administration.ts'
import { lockAdministration } from './organisation-lock.ts'
import { defaultProfile, policies } from './policies.ts'
import { dutyFault } from './role-rules.ts'
import type { AccessTx } from './tables.ts'

const readRow = async (tx: AccessTx) =>
  (await tx.sql.selectFrom('access.policy').select(['profile', 'version']).where('org_id', '=', tx.orgId).executeTakeFirst()) ?? {
    profile: defaultProfile,
    version: 0,
  }

export const readPolicy = ({ db }: AccessParts, ctx: Context) =>
  db.inTenant(ctx, async (tx) => {
    const row = await readRow(tx)
    return { ...row, ...policies[row.profile] }
  })

/** Duties can be separated only when three people hold them already: nobody is locked out by the choice. */
export async function choosePolicy(
  parts: AccessParts,
  ctx: Context,
  { profile, version }: { profile: PolicyProfile; version: number },
): Promise<{ profile: PolicyProfile; version: number }> {
  const chosen = await parts.db.inTenant(ctx, async (tx) => {
    await lockAdministration(tx.sql, tx.orgId)
    const before = await readRow(tx)
    if (before.version !== version) throw accessErrors.changedMeanwhile({ version: before.version })
    const { members, roles } = await readAdministration(tx.sql, tx.orgId, parts.permissions())
    const fault = dutyFault(members, roles, policies[profile].separationOfDuties)
    if (fault?.kind === 'combined') throw accessErrors.separationOfDuties({ personIds: fault.personIds })
    if (fault?.kind === 'vacant') throw accessErrors.dutyMissing({ duties: fault.duties })
    return tx.sql
      .insertInto('access.policy')
      .values({ org_id: tx.orgId, profile, version: version + 1 })
      .onConflict((oc) => oc.column('org_id').doUpdateSet({ profile, version: version + 1 }))
      .returning(['profile', 'version'])
      .executeTakeFirstOrThrow()
  })
  parts.authenticator.forget()
  return chosen
}
