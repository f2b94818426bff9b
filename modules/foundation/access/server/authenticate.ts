import type { CallContext } from '#kernel/context.ts'
import type { Authenticate, Identity } from '#kernel/http.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { Permissions } from '#values/permission.ts'
import { findToken } from './client-store.ts'
import { defaultProfile, latestEnd, passwordExpired, policies, sessionEndMs } from './policies.ts'
import { builtInRoleOf, permissionsOf } from './role-rules.ts'
import { csrfTokenOf, isToken, tokenHash } from './secrets.ts'
import { deleteSession, type FoundSession, findSession, ownRolesOf, touchSession } from './session-store.ts'
import type { AccessSql, AccessSystem } from './tables.ts'

export interface AuthenticatorParts {
  system: AccessSystem
  organisations: OrganisationsPublic
  permissions: () => Permissions
}

export interface Authenticator {
  identify: Authenticate
  /** After a change of sessions, users, roles or clients: this process asks again at once, others within FRESH_MS. */
  forget(): void
}

/** How long an answer is reused: the price of a request is then a look into a map. */
const FRESH_MS = 5_000
const MAX_CACHED = 20_000
/** How often a session's last use is written. */
const TOUCH_MS = 60_000

interface Known {
  identity: Identity
  endMs: number
}

export function authenticator(parts: AuthenticatorParts): Authenticator {
  const cache = new Map<string, { untilMs: number; known: Promise<Known | undefined> }>()

  const ask = (kind: 'cookie' | 'bearer', token: string, call: CallContext, passive: boolean): Promise<Known | undefined> => {
    const hash = tokenHash(token)
    const key = `${kind}:${hash.toString('base64')}`
    const nowMs = call.now.getTime()
    const cached = cache.get(key)
    if (cached && cached.untilMs > nowMs) return cached.known
    if (cache.size >= MAX_CACHED) cache.clear()
    const known = kind === 'cookie' ? identifySession(parts, hash, call.now, passive) : identifyClient(parts, hash, call.now)
    cache.set(key, { untilMs: nowMs + FRESH_MS, known })
    // What was refused or went wrong is not kept: whoever guesses tokens fills nothing.
    known.then(
      (found) => !found && cache.delete(key),
      () => cache.delete(key),
    )
    return known
  }

  return {
    identify: async ({ cookie, bearer, passive = false }, call) => {
      const token = bearer ?? cookie
      if (token === undefined || !isToken(token)) return undefined
      const known = await ask(bearer === undefined ? 'cookie' : 'bearer', token, call, passive)
      return known && known.endMs > call.now.getTime() ? known.identity : undefined
    },
    forget: () => cache.clear(),
  }
}

async function identifySession(parts: AuthenticatorParts, hash: Buffer, now: Date, passive: boolean): Promise<Known | undefined> {
  const found = await parts.system.inSystem((sqlOf) => openSession(sqlOf, hash, now, { passive, known: parts.permissions() }))
  // Asked after the transaction: whoever holds one connection and waits for a second can wait for ever.
  const organisation = found && (await parts.organisations.facts(found.session.org_id))
  if (!found || !organisation?.active) return undefined
  const { session, policy, permissions } = found
  return {
    identity: {
      ctx: {
        orgId: session.org_id,
        orgNo: organisation.orgNo,
        actor: { kind: 'user', id: session.person_id, name: session.display_name },
        scopes: { permissions, sites: session.site_ids.length > 0 ? session.site_ids : 'all' },
        sessionId: session.id,
      },
      csrfToken: csrfTokenOf(hash),
      locale: session.locale,
    },
    endMs: latestEnd(session.started_at, policy).getTime(),
  }
}

/** The session if it still holds, marked as used, with what it may do; one that is over is removed. */
async function openSession(sqlOf: AccessSql, hash: Buffer, now: Date, { passive, known }: { passive: boolean; known: Permissions }) {
  const session = await findSession(sqlOf, hash)
  if (!session?.active) return undefined
  const policy = policies[session.profile ?? defaultProfile]
  if (sessionEndMs(session, policy) <= now.getTime()) {
    await deleteSession(sqlOf, session.id)
    return undefined
  }
  if (!passive && now.getTime() - session.last_seen_at.getTime() > TOUCH_MS) await touchSession(sqlOf, session, now)
  const homePolicy = policies[session.home_profile ?? defaultProfile]
  // Whoever must change his password can do that and nothing else.
  const mustChange = session.must_change_password || passwordExpired(session.password_set_at, homePolicy, now)
  const permissions = mustChange ? new Set<string>() : await permissionsIn(sqlOf, session, known)
  return { session, policy, permissions }
}

async function permissionsIn(
  sqlOf: AccessSql,
  { org_id, role_ids }: Pick<FoundSession, 'org_id' | 'role_ids'>,
  known: Permissions,
): Promise<Set<string>> {
  const ownIds = role_ids.filter((id) => !builtInRoleOf(id))
  const own = ownIds.length > 0 ? await ownRolesOf(sqlOf, org_id, ownIds) : []
  return permissionsOf(role_ids, own, known)
}

async function identifyClient(parts: AuthenticatorParts, hash: Buffer, now: Date): Promise<Known | undefined> {
  const token = await parts.system.inSystem((sqlOf) => findToken(sqlOf, hash))
  if (!token?.active || token.expires_at <= now) return undefined
  const organisation = await parts.organisations.facts(token.org_id)
  if (!organisation?.active) return undefined
  const known = parts.permissions()
  return {
    identity: {
      ctx: {
        orgId: token.org_id,
        orgNo: organisation.orgNo,
        actor: { kind: 'client', id: token.client_id, name: token.name },
        scopes: {
          permissions: new Set(token.scopes.filter((scope) => scope in known && token.client_scopes.includes(scope))),
          sites: token.site_ids.length > 0 ? token.site_ids : 'all',
        },
      },
    },
    endMs: token.expires_at.getTime(),
  }
}
