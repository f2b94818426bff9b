import type { Context } from '#kernel/context.ts'
import type { SessionCookie } from '#kernel/http.ts'
import { requestErrors } from '#values/errors.ts'
import { accessErrors } from '../errors.ts'
import { ownSession } from './leave-session.ts'
import type { SignInParts } from './log-in.ts'
import { countTry, passed } from './login-guard.ts'
import { hashPassword, verifyPassword } from './password-hash.ts'
import { type Weakness, weaknesses } from './password-rules.ts'
import { earlierPasswords, findPerson, setPassword } from './person-store.ts'
import { defaultProfile, latestEnd, policies } from './policies.ts'
import { newToken, tokenHash } from './secrets.ts'
import { deleteSessionsOf, rotateSession } from './session-store.ts'

/** Ends the person's other sessions and gives this one a new token. Errors: access.wrongCredentials, access.weakPassword, access.locked. */
export async function changePassword(
  parts: SignInParts,
  ctx: Context,
  cookie: SessionCookie,
  { current, next }: { current: string; next: string },
): Promise<void> {
  const { sessionId, personId } = ownSession(ctx)
  const { system } = parts
  const found = await system.inSystem(async (sqlOf) => {
    const person = await findPerson(sqlOf, personId)
    if (!person) return undefined
    const home = await sqlOf.selectFrom('access.policy').select('profile').where('org_id', '=', person.home_org).executeTakeFirst()
    const policy = policies[home?.profile ?? defaultProfile]
    return { person, policy, earlier: await earlierPasswords(sqlOf, personId, policy.history) }
  })
  if (!found) throw requestErrors.notSignedIn()
  const { person, policy, earlier } = found
  // Whoever finds a session open shall not guess the password from inside either.
  const counted = await countTry(system, ctx, person.login)
  if (!(await verifyPassword(current, person.password_hash))) throw accessErrors.wrongCredentials()
  const organisation = await parts.organisations.facts(ctx.orgId)
  const names = [person.login, ctx.actor.name, organisation?.name, organisation?.nameEn, organisation?.code].filter((name) => name != null)
  const wrong: Weakness[] = weaknesses(next, policy, names)
  if (await isUsed(next, [person.password_hash, ...earlier.map((row) => row.password_hash)].slice(0, policy.history))) wrong.push('reused')
  if (wrong.length > 0) {
    await system.inSystem((sqlOf) => passed(sqlOf, ctx, counted))
    throw accessErrors.weakPassword({ reasons: wrong, minLength: policy.minLength, history: policy.history })
  }
  const hash = await hashPassword(next)
  const token = newToken()
  const startedAt = await system.inSystem(async (sqlOf) => {
    await passed(sqlOf, ctx, counted)
    await setPassword(sqlOf, person, { hash, mustChange: false, now: ctx.now })
    await deleteSessionsOf(sqlOf, personId, { except: sessionId })
    return (await rotateSession(sqlOf, sessionId, tokenHash(token), ctx.orgId, ctx.now))?.started_at
  }, ctx)
  parts.authenticator.forget()
  if (startedAt) cookie.set(token, latestEnd(startedAt, policy))
}

async function isUsed(password: string, hashes: readonly string[]): Promise<boolean> {
  for (const hash of hashes) if (await verifyPassword(password, hash)) return true
  return false
}
