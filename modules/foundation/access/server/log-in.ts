import type { CallContext } from '#kernel/context.ts'
import type { SessionCookie } from '#kernel/http.ts'
import { type Acting, auditEvent } from '#kernel/postgres.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import { requestErrors } from '#values/errors.ts'
import type { OrgId } from '#values/ids.ts'
import type { PersonId, Session } from '../contract.ts'
import { accessErrors } from '../errors.ts'
import type { Authenticator } from './authenticate.ts'
import { describeSession } from './describe-session.ts'
import { countTry, inTurn, passed, type Try } from './login-guard.ts'
import { verifyPassword } from './password-hash.ts'
import { activeMemberships, findPersonByLogin } from './person-store.ts'
import { policies } from './policies.ts'
import { newToken, tokenHash } from './secrets.ts'
import { startSession } from './session-store.ts'
import type { AccessSystem } from './tables.ts'

export interface SignInParts {
  system: AccessSystem
  organisations: OrganisationsPublic
  authenticator: Authenticator
}

/** Names are compared without case and width, as the contract of a new one stores them. */
const accountOf = (login: string): string => login.normalize('NFKC').trim().toLowerCase()

/** An unknown name, a wrong password and an account without an organisation look alike and take equally long. */
export function logIn(
  parts: SignInParts,
  call: CallContext,
  cookie: SessionCookie,
  { login, password }: { login: string; password: string },
): Promise<Session> {
  const account = accountOf(login)
  return inTurn(account, call.address, () => tryLogIn(parts, call, cookie, account, password))
}

async function tryLogIn(parts: SignInParts, call: CallContext, cookie: SessionCookie, account: string, password: string): Promise<Session> {
  const counted = await countTry(parts.system, call, account)
  const found = await parts.system.inSystem(async (sqlOf) => {
    const person = await findPersonByLogin(sqlOf, account)
    return person && { person, memberships: await activeMemberships(sqlOf, person.id) }
  })
  const right = await verifyPassword(password, found?.person.password_hash)
  const orgId = found && (await startingOrganisation(parts, found.person.current_org, found.memberships))
  if (!found || !right || !orgId) {
    await recordFailure(parts.system, call, counted, found?.person)
    throw accessErrors.wrongCredentials()
  }
  const token = newToken()
  const { person, memberships } = found
  const name = memberships.find((membership) => membership.org_id === orgId)?.display_name ?? person.login
  const acting: Acting = { orgId, actor: { kind: 'user', id: person.id, name }, address: call.address, traceId: call.traceId }
  await parts.system.inSystem(async (sqlOf) => {
    await passed(sqlOf, call, counted)
    const id = await startSession(sqlOf, {
      tokenHash: tokenHash(token),
      personId: person.id,
      orgId,
      now: call.now,
      address: call.address,
      userAgent: call.userAgent,
    })
    const details = { login: person.login, sessionId: id, userAgent: call.userAgent }
    await auditEvent({ orgId, sql: sqlOf }, { action: 'access.logIn', entity: 'access.person', entityId: person.id, details })
  }, acting)
  return signedIn(parts, call, cookie, token)
}

/** Sets the cookie of a new or rotated session and tells the page who is signed in. */
export async function signedIn(parts: SignInParts, call: CallContext, cookie: SessionCookie, token: string): Promise<Session> {
  const identity = await parts.authenticator.identify({ cookie: token }, call)
  if (!identity) throw requestErrors.notSignedIn()
  const session = await describeSession(parts, { ...identity.ctx, now: call.now })
  cookie.set(token, new Date(call.now.getTime() + longestMs))
  return session
}

// The cookie outlives the session at most by hours; when a session ends, the server decides.
const longestMs = Math.max(...Object.values(policies).map((policy) => policy.absoluteHours)) * 3_600_000

/** Where he was last, else the first of his organisations that is active. */
async function startingOrganisation(
  { organisations }: SignInParts,
  last: OrgId,
  memberships: readonly { org_id: OrgId }[],
): Promise<OrgId | undefined> {
  const ids = memberships.map((membership) => membership.org_id)
  for (const orgId of ids.includes(last) ? [last, ...ids] : ids) {
    if ((await organisations.facts(orgId))?.active) return orgId
  }
  return undefined
}

/** What was typed as an unknown name is not kept: it may be a password in the wrong field. */
async function recordFailure(
  system: AccessSystem,
  call: CallContext,
  counted: Try,
  person: { id: PersonId; login: string; current_org: OrgId } | undefined,
): Promise<void> {
  const orgId = person?.current_org ?? ''
  const acting: Acting = { orgId, actor: { kind: 'system', id: 'log-in' }, address: call.address, traceId: call.traceId }
  const details = {
    login: person?.login ?? null,
    userAgent: call.userAgent,
    lockedUntil: counted.lockedUntil,
    addressLockedUntil: counted.addressLockedUntil,
  }
  await system.inSystem(
    (sqlOf) =>
      auditEvent(
        { orgId: orgId as OrgId, sql: sqlOf },
        { action: 'access.logInFailed', entity: 'access.person', entityId: person?.id ?? null, details },
      ),
    acting,
  )
}
