import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { password, testbed } from '../../../../tests/access-testbed.ts'
import { accessApi } from '../contract.ts'

const bed = await testbed({ after })
const orgId = await bed.newOrganisation()

const code = (expected: string) => (error: { code?: string }) => error.code === expected
const unique = (() => {
  let n = 0
  return () => `user${++n}`
})()
const someone = async () => {
  const login = unique()
  const personId = await bed.newUser(orgId, login)
  return { login, personId }
}

test('log-in answers with organisation, permissions and a CSRF token, and is recorded', async () => {
  const { login } = await someone()
  const one = bed.caller()
  const session = await one.call(accessApi.logIn, { body: { login: ` ${login.toUpperCase()} `, password } })
  assert.equal(session.organisation.name, '第1厂')
  assert.ok(session.permissions.includes('access.manageUsers'))
  assert.deepEqual(session.roles, ['owner'])
  const again = await one.call(accessApi.session)
  assert.equal(again.csrfToken, session.csrfToken)
  assert.notEqual(one.jar.cookie, session.csrfToken)
  assert.ok((await bed.auditActions(orgId)).includes('access.logIn'))
})

test('a wrong password and an unknown name are refused alike and take equally long', async () => {
  const { login } = await someone()
  const timed = async (name: string, address: string) => {
    const started = performance.now()
    await assert.rejects(
      bed.caller(address).call(accessApi.logIn, { body: { login: name, password: 'wrong' } }),
      code('access.wrongCredentials'),
    )
    return performance.now() - started
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
  const known: number[] = []
  const unknown: number[] = []
  for (let i = 0; i < 9; i++) {
    known.push(await timed(login, `198.51.100.${i}`))
    unknown.push(await timed(`nobody${i}`, `198.51.100.${i}`))
  }
  const ratio = median(known) / median(unknown)
  assert.ok(ratio > 0.6 && ratio < 1.7, `ratio ${ratio}`)
  assert.ok((await bed.auditActions(orgId)).includes('access.logInFailed'))
  assert.ok((await bed.auditActions(null)).includes('access.logInFailed'))
})

test('five wrong passwords lock account and address, not the account elsewhere; the lock ends and grows', async () => {
  const { login } = await someone()
  const fail = (address: string) => bed.caller(address).call(accessApi.logIn, { body: { login, password: 'wrong' } })
  for (let i = 0; i < 5; i++) await assert.rejects(fail('203.0.113.1'), code('access.wrongCredentials'))
  await assert.rejects(bed.signIn(login, password, '203.0.113.1'), code('access.locked'))
  await bed.signIn(login, password, '203.0.113.2')
  bed.clock.passMinutes(16)
  await assert.rejects(fail('203.0.113.1'), code('access.wrongCredentials'))
  bed.clock.passMinutes(16)
  await assert.rejects(bed.signIn(login, password, '203.0.113.1'), code('access.locked'))
  bed.clock.passMinutes(15)
  await bed.signIn(login, password, '203.0.113.1')
})

test('twenty guesses at once are no more than five tries', async () => {
  const { login } = await someone()
  const guesses = await Promise.allSettled(
    Array.from({ length: 20 }, () => bed.caller('203.0.113.7').call(accessApi.logIn, { body: { login, password: 'wrong' } })),
  )
  const codes = guesses.map((guess) => (guess.status === 'rejected' ? (guess.reason as { code: string }).code : 'in'))
  assert.equal(codes.filter((one) => one === 'access.wrongCredentials').length, 5)
  assert.equal(codes.filter((one) => one === 'access.locked').length, 15)
})

test('eight windows that open at once with the right password are all let in', async () => {
  const { login } = await someone()
  await Promise.all(Array.from({ length: 8 }, () => bed.signIn(login, password, '203.0.113.8')))
})

test('one address that tries many names is locked over all of them', async () => {
  for (let i = 0; i < 50; i++)
    await assert.rejects(
      bed.caller('203.0.113.9').call(accessApi.logIn, { body: { login: `spray${i}`, password: 'x' } }),
      code('access.wrongCredentials'),
    )
  const { login } = await someone()
  await assert.rejects(bed.signIn(login, password, '203.0.113.9'), code('access.locked'))
})

test('a session ends when idle, and at the latest twelve hours after its start', async () => {
  const { login } = await someone()
  const idle = await bed.signIn(login)
  bed.clock.passMinutes(59)
  await idle.call(accessApi.session)
  bed.clock.passMinutes(61)
  await assert.rejects(idle.call(accessApi.session), code('request.notSignedIn'))
  const busy = await bed.signIn(login)
  for (let minutes = 0; minutes < 12 * 60 - 30; minutes += 30) {
    bed.clock.passMinutes(30)
    await busy.call(accessApi.session)
  }
  bed.clock.passMinutes(31)
  await assert.rejects(busy.call(accessApi.session), code('request.notSignedIn'))
})

test('an open stream of events neither outlives its session nor keeps it alive', async () => {
  const { login } = await someone()
  const { jar } = await bed.signIn(login)
  const holds = () =>
    bed.access.authenticate({ ...jar, passive: true }, { now: bed.clock.now(), locale: 'zh-CN', traceId: '', address: '', userAgent: '' })
  bed.clock.passMinutes(40)
  assert.ok(await holds())
  bed.clock.passMinutes(21)
  assert.equal(await holds(), undefined)
})

test('log-out, and revoking from another session, end a session at once', async () => {
  const { login } = await someone()
  const [one, two] = [await bed.signIn(login), await bed.signIn(login)]
  const { sessions } = await two.call(accessApi.sessions)
  assert.ok(sessions.length >= 2)
  const own = (await one.context()).sessionId
  const stolen = one.jar.cookie
  await two.call(accessApi.revokeSession, { params: { id: own } })
  await assert.rejects(one.call(accessApi.session), code('request.notSignedIn'))
  const token = two.jar.cookie
  await two.call(accessApi.logOut, { body: {} })
  assert.equal(two.jar.cookie, undefined)
  for (const cookie of [token, stolen]) {
    two.jar.cookie = cookie as string
    await assert.rejects(two.call(accessApi.session), code('request.notSignedIn'))
  }
})

test('somebody else’s session is not there for a person without the right', async () => {
  const other = await someone()
  const login = unique()
  await bed.newUser(orgId, login, ['staff'])
  const [victim, staff] = [await bed.signIn(other.login), await bed.signIn(login)]
  const id = (await victim.context()).sessionId
  const { sessions } = await staff.call(accessApi.sessions)
  assert.ok(sessions.every((session: { personId: string }) => session.personId !== other.personId))
  await assert.rejects(staff.call(accessApi.revokeSession, { params: { id } }), code('access.notFound'))
  await victim.call(accessApi.session)
})

test('switching the organisation changes rights and token; a stranger’s organisation stays shut', async () => {
  const { login, personId } = await someone()
  const second = await bed.newOrganisation()
  const third = await bed.newOrganisation()
  assert.equal(await bed.newUser(second, login, ['staff']), personId)
  const one = await bed.signIn(login)
  const before = one.jar.cookie
  const session = await one.call(accessApi.switchOrganisation, { body: { orgId: second } })
  assert.equal(session.organisation.id, second)
  assert.ok(!session.permissions.includes('access.manageUsers'))
  assert.notEqual(one.jar.cookie, before)
  assert.equal((await one.context()).orgId, second)
  await assert.rejects(one.call(accessApi.switchOrganisation, { body: { orgId: third } }), code('access.notAMember'))
  one.jar.cookie = before as string
  await assert.rejects(one.call(accessApi.session), code('request.notSignedIn'))
})

test('a changed password ends the other sessions and rotates this one; the old one no longer opens', async () => {
  const { login } = await someone()
  const [one, two] = [await bed.signIn(login), await bed.signIn(login)]
  const before = one.jar.cookie
  const change = (current: string, next: string) => one.call(accessApi.changePassword, { body: { current, next } })
  await assert.rejects(change('wrong', 'another long secret 7'), code('access.wrongCredentials'))
  await assert.rejects(change(password, 'short'), code('access.weakPassword'))
  await assert.rejects(change(password, password), code('access.weakPassword'))
  await change(password, 'another long secret 7')
  assert.notEqual(one.jar.cookie, before)
  await one.call(accessApi.session)
  await assert.rejects(two.call(accessApi.session), code('request.notSignedIn'))
  await assert.rejects(bed.signIn(login), code('access.wrongCredentials'))
  await bed.signIn(login, 'another long secret 7')
})

test('an idle session that is used once a minute at most is written once a minute at most', async () => {
  const { login } = await someone()
  const one = await bed.signIn(login)
  const seen = async () => (await one.call(accessApi.sessions)).sessions.find((s: { current: boolean }) => s.current).lastSeenAt
  const first = await seen()
  bed.clock.passMinutes(0.5)
  assert.equal(await seen(), first)
  bed.clock.passMinutes(1)
  assert.notEqual(await seen(), first)
})

test('neither audit nor log-in tables hold a password, a token or a hash of them in the clear', async () => {
  const { login } = await someone()
  const one = await bed.signIn(login)
  await one.call(accessApi.changePassword, { body: { current: password, next: 'a brand new secret 9' } })
  const { rows } = await bed.system.inSystem((tx) =>
    sql<{ text: string }>`select coalesce(jsonb_agg(to_jsonb(a) - 'hash')::text, '') as text from kernel.audit a`.execute(tx),
  )
  const text = rows[0]?.text ?? ''
  assert.ok(text.length > 1_000)
  for (const secret of [password, 'a brand new secret 9', one.jar.cookie ?? '', 'argon2id']) assert.ok(!text.includes(secret), secret)
  assert.match(text, /\[changed\]/)
})
