import type { Context } from '#kernel/context.ts'
import type { ApiClient, ClientId } from '../contract.ts'
import { accessErrors } from '../errors.ts'
import type { AccessParts } from './access-parts.ts'
import { giverOf, readAdministration } from './administration.ts'
import { knownOnly, nameTaken } from './change-roles.ts'
import { type ClientValues, deleteTokensOf, insertClient, readClient, updateClientRow } from './client-store.ts'
import { dutiesOfPermissions, mayGive, sitesWithin } from './role-rules.ts'
import { newToken, tokenHash } from './secrets.ts'
import type { AccessTx } from './tables.ts'

export async function createClient(parts: AccessParts, ctx: Context, values: ClientValues): Promise<{ client: ApiClient; secret: string }> {
  const secret = newToken()
  const client = await parts.db
    .inTenant(ctx, async (tx) => {
      const scopes = await allowedScopes(parts, ctx, tx, values, [])
      const id = await insertClient(tx, { ...values, scopes, secretHash: tokenHash(secret), now: ctx.now })
      return (await readClient(tx, id)) ?? missing(id)
    })
    .catch(nameTaken(values.name))
  return { client, secret }
}

/** Tokens given out before end: what they could do may no longer be. */
export async function updateClient(
  parts: AccessParts,
  ctx: Context,
  id: ClientId,
  change: ClientValues & { version: number; active: boolean },
): Promise<ApiClient> {
  const client = await parts.db
    .inTenant(ctx, async (tx) => {
      const before = (await readClient(tx, id)) ?? missing(id)
      const scopes = await allowedScopes(parts, ctx, tx, change, before.scopes)
      // A client that could do more than its changer is not his to reopen or to widen.
      if (!sitesWithin(before.siteIds, ctx.scopes.sites)) throw accessErrors.cannotGrant({ siteIds: before.siteIds })
      if (!(await updateClientRow(tx, id, change.version, { ...change, scopes }))) throw accessErrors.changedMeanwhile({ id })
      return (await readClient(tx, id)) ?? missing(id)
    })
    .catch(nameTaken(change.name))
  await parts.system.inSystem((sqlOf) => deleteTokensOf(sqlOf, id), ctx)
  parts.authenticator.forget()
  return client
}

async function allowedScopes(parts: AccessParts, ctx: Context, tx: AccessTx, values: ClientValues, had: readonly string[]) {
  const administration = await readAdministration(tx.sql, tx.orgId, parts.permissions())
  const scopes = knownOnly(administration.known, values.scopes)
  const added = scopes.filter((scope) => !had.includes(scope))
  if (!mayGive(giverOf(ctx, administration), added)) throw accessErrors.cannotGrant()
  if (!sitesWithin(values.siteIds, ctx.scopes.sites)) throw accessErrors.cannotGrant({ siteIds: values.siteIds })
  if (administration.policy.separationOfDuties && dutiesOfPermissions(scopes).size > 1) throw accessErrors.separationOfDuties()
  return scopes
}

function missing(id: ClientId): never {
  throw accessErrors.notFound({ id })
}
