import { randomBytes } from 'node:crypto'
import { v7 } from 'uuid'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { organisationErrors } from '#modules/foundation/organisations/errors.ts'
import { OrgId } from '#values/ids.ts'
import { PersonId } from '../contract.ts'
import type { Sandbox } from '../public.ts'
import type { AccessParts } from './access-parts.ts'
import { insertClient } from './client-store.ts'
import { activeMemberships, findPerson, insertMembership } from './person-store.ts'
import { builtInRoleId } from './role-rules.ts'
import { newToken, tokenHash } from './secrets.ts'
import type { AccessSql } from './tables.ts'

const MAX_NAME = 110
const MAX_CODE = 24

/** Its organisation, the caller as its owner and an API client that may do what engineers and staff may. */
export async function openSandbox(parts: AccessParts, ctx: Context, replace: boolean): Promise<Sandbox> {
  const owner = await parts.organisations.facts(ctx.orgId)
  if (!owner) throw organisationErrors.notFound({ orgId: ctx.orgId })
  const earlier = await parts.organisations.sandboxOf(ctx.orgId)
  if (earlier && !replace) throw organisationErrors.sandboxExists()
  const orgId = OrgId.parse(v7())
  const code = `${owner.code.slice(0, MAX_CODE).replace(/-+$/, '')}-sandbox-${randomBytes(3).toString('hex')}`
  const made = await parts.system.inSystem(async (sqlOf) => {
    const tx = opaque({ orgId, sql: sqlOf })
    if (earlier) await parts.organisations.retireSandbox(tx, earlier.orgId)
    const scope = await parts.organisations.createOrganisation(
      tx,
      {
        orgId,
        code,
        name: `${owner.name.slice(0, MAX_NAME)}（沙箱）`,
        nameEn: `${(owner.nameEn ?? owner.code).slice(0, MAX_NAME)} (sandbox)`,
        // The operator's kind opens the whole platform.
        kind: owner.kind === 'operator' ? 'supplier' : owner.kind,
        creditCode: null,
        demo: owner.demo,
        sandboxOf: ctx.orgId,
      },
      ctx.now,
    )
    if (ctx.actor.kind === 'user') await joinAsOwner(sqlOf, ctx, orgId)
    return scope
  }, ctx)
  const inside: Context = { ...ctx, ...made, scopes: { permissions: new Set(Object.keys(parts.permissions())), sites: 'all' } }
  const clientSecret = newToken()
  const clientId = await parts.db.inTenant(inside, (tx) =>
    insertClient(tx, { name: 'Sandbox', scopes: clientScopes(parts), siteIds: [], secretHash: tokenHash(clientSecret), now: ctx.now }),
  )
  return { ctx: inside, code, client: { clientId, clientSecret } }
}

const clientScopes = (parts: AccessParts): string[] =>
  Object.entries(parts.permissions())
    .filter(([, roles]) => roles.includes('engineer') || roles.includes('staff'))
    .map(([permission]) => permission)

async function joinAsOwner(sqlOf: AccessSql, ctx: Context, orgId: OrgId): Promise<void> {
  const personId = PersonId.parse(ctx.actor.id)
  const person = await findPerson(sqlOf, personId)
  const mine = (await activeMemberships(sqlOf, personId)).find((membership) => membership.org_id === ctx.orgId)
  if (!person || !mine) throw organisationErrors.notFound({ orgId: ctx.orgId })
  const roleIds = [builtInRoleId('owner')]
  await insertMembership(sqlOf, {
    orgId,
    personId,
    login: person.login,
    displayName: mine.display_name,
    roleIds,
    siteIds: [],
    now: ctx.now,
  })
}
