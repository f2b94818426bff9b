import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { auditEvent } from '#kernel/postgres.ts'
import { type ActiveSession, PersonId, type SessionId } from '../contract.ts'
import { accessErrors } from '../errors.ts'
import type { AccessParts } from './access-parts.ts'
import { defaultProfile, policies, sessionEndMs } from './policies.ts'
import { deleteExpired, deleteSession, type ListedSession, readSession, sessionsOfOrganisation, sessionsOfPerson } from './session-store.ts'

type Listed = z.output<typeof ActiveSession>

const personOf = (ctx: Context) => (ctx.actor.kind === 'user' ? PersonId.parse(ctx.actor.id) : undefined)

/** One's own, in whichever organisation; with access.read also those of everybody who works in this one. */
export async function listSessions(parts: AccessParts, ctx: Context): Promise<Listed[]> {
  const personId = personOf(ctx)
  const own = personId ? await parts.system.inSystem((sqlOf) => sessionsOfPerson(sqlOf, personId)) : []
  const all = ctx.scopes.permissions.has('access.read') ? await parts.db.inTenant(ctx, sessionsOfOrganisation) : []
  const byId = new Map([...own, ...all].map((session) => [session.id, session]))
  return [...byId.values()]
    .filter((session) => sessionEndMs(session, policies[session.profile ?? defaultProfile]) > ctx.now.getTime())
    .sort((a, b) => b.last_seen_at.getTime() - a.last_seen_at.getTime())
    .map((session) => toListed(session, ctx))
}

const toListed = (session: ListedSession, ctx: Context): Listed => ({
  id: session.id,
  personId: session.person_id,
  displayName: session.display_name,
  startedAt: session.started_at.toISOString(),
  lastSeenAt: session.last_seen_at.toISOString(),
  address: session.address,
  userAgent: session.user_agent,
  current: session.id === ctx.sessionId,
})

/** Errors: access.notFound also for a session that is not his to end. */
export async function revokeSession(parts: AccessParts, ctx: Context, id: SessionId): Promise<void> {
  await parts.system.inSystem(async (sqlOf) => {
    const session = await readSession(sqlOf, id)
    const own = session !== undefined && session.person_id === personOf(ctx)
    const ours = session?.org_id === ctx.orgId && ctx.scopes.permissions.has('access.manageUsers')
    if (!own && !ours) throw accessErrors.notFound({ id })
    await deleteSession(sqlOf, id)
    const event = {
      action: 'access.sessionRevoked',
      entity: 'access.person',
      entityId: session?.person_id ?? null,
      details: { sessionId: id },
    }
    await auditEvent({ orgId: ctx.orgId, sql: sqlOf }, event)
  }, ctx)
  parts.authenticator.forget()
}

const HOUR_MS = 3_600_000
const all = Object.values(policies)

/** Removes what no policy lets be used any more. */
export const clearExpired = ({ system, clock }: Pick<AccessParts, 'system' | 'clock'>): Promise<void> => {
  const now = clock.now()
  const ago = (ms: number) => new Date(now.getTime() - ms)
  return system.inSystem((sqlOf) =>
    deleteExpired(sqlOf, {
      now,
      startedBefore: ago(Math.max(...all.map((policy) => policy.absoluteHours)) * HOUR_MS),
      seenBefore: ago((Math.max(...all.map((policy) => policy.idleMinutes)) * HOUR_MS) / 60),
      guardsBefore: ago(24 * HOUR_MS),
    }),
  )
}
