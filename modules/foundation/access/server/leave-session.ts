import type { Context } from '#kernel/context.ts'
import type { SessionCookie } from '#kernel/http.ts'
import { auditEvent } from '#kernel/postgres.ts'
import { requestErrors } from '#values/errors.ts'
import type { OrgId } from '#values/ids.ts'
import { PersonId, type Session, type SessionId } from '../contract.ts'
import { accessErrors } from '../errors.ts'
import { type SignInParts, signedIn } from './log-in.ts'
import { activeMemberships } from './person-store.ts'
import { newToken, tokenHash } from './secrets.ts'
import { deleteSession, rotateSession, touchPresence } from './session-store.ts'

/** A person's own session; an API client has none. Errors: request.notAllowed. */
export function ownSession(ctx: Context): { sessionId: SessionId; personId: PersonId } {
  if (ctx.actor.kind !== 'user' || ctx.sessionId === undefined) throw requestErrors.notAllowed({ permission: 'session' })
  return { sessionId: ctx.sessionId as SessionId, personId: PersonId.parse(ctx.actor.id) }
}

export async function logOut({ system, authenticator }: SignInParts, ctx: Context, cookie: SessionCookie): Promise<void> {
  const { sessionId, personId } = ownSession(ctx)
  await system.inSystem(async (sqlOf) => {
    await deleteSession(sqlOf, sessionId)
    await auditEvent(
      { orgId: ctx.orgId, sql: sqlOf },
      { action: 'access.logOut', entity: 'access.person', entityId: personId, details: { sessionId } },
    )
  }, ctx)
  authenticator.forget()
  cookie.clear()
}

/** The session goes on in another organisation, with other rights: under a new token. */
export async function switchOrganisation(parts: SignInParts, ctx: Context, cookie: SessionCookie, orgId: OrgId): Promise<Session> {
  const { sessionId, personId } = ownSession(ctx)
  const organisation = await parts.organisations.facts(orgId)
  const token = newToken()
  await parts.system.inSystem(
    async (sqlOf) => {
      const memberships = await activeMemberships(sqlOf, personId)
      if (!organisation?.active || !memberships.some((membership) => membership.org_id === orgId)) throw accessErrors.notAMember()
      if (!(await rotateSession(sqlOf, sessionId, tokenHash(token), orgId, ctx.now))) throw requestErrors.notSignedIn()
      await sqlOf.updateTable('access.person').set({ current_org: orgId }).where('id', '=', personId).execute()
      await touchPresence(sqlOf, orgId, personId, ctx.now)
      const details = { sessionId, from: ctx.orgId }
      await auditEvent(
        { orgId, sql: sqlOf },
        { action: 'access.organisationSwitched', entity: 'access.person', entityId: personId, details },
      )
    },
    { ...ctx, orgId },
  )
  parts.authenticator.forget()
  return signedIn(parts, ctx, cookie, token)
}
