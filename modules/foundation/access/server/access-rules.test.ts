import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PersonId, PolicyProfile, RoleId } from '../contract.ts'
import { afterFailure, failuresAllowed, type Guard, isLocked } from './lockout-rules.ts'
import { hashPassword, verifyPassword } from './password-hash.ts'
import { weaknesses } from './password-rules.ts'
import { policies, sessionEndMs } from './policies.ts'
import { builtInRoleId, dutyFault, mayGive, permissionsOf, sitesWithin } from './role-rules.ts'

const at = (minutes: number) => new Date(Date.parse('2026-11-22T00:00:00Z') + minutes * 60_000)

test('passwords: what each profile says of them', () => {
  const table: [string, string[], string[]][] = [
    ['seventeen green pumps', ['composition'], []],
    ['Pump-house 1x', [], []],
    ['Xk9!pq', ['tooShort'], ['tooShort']],
    ['Password123!', ['common'], ['common']],
    ['P@ssw0rd2026', ['common'], ['common']],
    ['Admin@123456', ['common'], ['common']],
    ['Qwer1234Qwer1234', ['common'], ['common']],
    ['woaini1314520', ['composition', 'common'], ['common']],
    ['123456789012', ['composition', 'common'], ['common']],
    ['aaaaaaaaaaaaaaa', ['composition', 'common'], ['common']],
    ['1qaz2wsx3edc', ['composition', 'common'], ['common']],
    ['链枢平台管理员2026', ['composition'], ['tooShort']],
    ['Longxin-secret-88', ['containsName'], ['containsName']],
    ['zhang.wei pumps 9', ['containsName'], ['containsName']],
  ]
  for (const [password, mlps3, asvs] of table) {
    assert.deepEqual(weaknesses(password, policies.mlps3, ['zhang.wei', '隆鑫', 'longxin']), mlps3, `mlps3 ${password}`)
    assert.deepEqual(weaknesses(password, policies.asvs, ['zhang.wei', '隆鑫', 'longxin']), asvs, `asvs ${password}`)
  }
})

test('a hash opens with its password alone, and a person without one with none', async () => {
  const hash = await hashPassword('密码 pässword')
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  assert.notEqual(hash, await hashPassword('密码 pässword'))
  assert.equal(await verifyPassword('密码 pa\u0308ssword', hash), true)
  assert.equal(await verifyPassword('密码 password', hash), false)
  assert.equal(await verifyPassword('', undefined), false)
})

test('five failures within fifteen minutes lock; spread out they do not; locks double up to four hours', () => {
  let guard: Guard | undefined
  for (let i = 0; i < 4; i++) guard = afterFailure(guard, at(i), failuresAllowed.account)
  assert.equal(isLocked(guard, at(4)), false)
  guard = afterFailure(guard, at(4), failuresAllowed.account)
  assert.deepEqual([isLocked(guard, at(18.9)), isLocked(guard, at(19))], [true, false])
  const lengths: number[] = []
  let minute = 20
  for (let i = 0; i < 6; i++) {
    guard = afterFailure(guard, at(minute), failuresAllowed.account)
    lengths.push(((guard.lockedUntil?.getTime() ?? 0) - at(minute).getTime()) / 60_000)
    minute += (lengths.at(-1) ?? 0) + 1
  }
  assert.deepEqual(lengths, [30, 60, 120, 240, 240, 240])
  assert.equal(afterFailure(guard, at(minute + 25 * 60), failuresAllowed.account).lockedUntil, null)
  let slow: Guard | undefined
  for (let i = 0; i < 40; i++) slow = afterFailure(slow, at(i * 4), failuresAllowed.account)
  assert.equal(slow?.locks, 0)
})

test('a session ends by the earlier of idle and absolute time', () => {
  for (const profile of PolicyProfile.options) {
    const policy = policies[profile]
    const end = (seen: number) => (sessionEndMs({ started_at: at(0), last_seen_at: at(seen) }, policy) - at(0).getTime()) / 60_000
    assert.equal(end(0), policy.idleMinutes)
    assert.equal(end(policy.absoluteHours * 60 - 1), policy.absoluteHours * 60)
  }
})

const known = {
  'a.read': ['owner', 'staff'],
  'a.manage': ['owner', 'engineer'],
  'access.manageUsers': ['owner', 'systemAdmin'],
  'access.manageRoles': ['owner', 'securityAdmin'],
  'security.readAudit': ['owner', 'auditAdmin'],
} as const
const ownId = RoleId.parse('0193a000-0000-7000-8000-00000000000a')
const person = (n: number) => PersonId.parse(`0193a000-0000-7000-8000-0000000000${10 + n}`)

test('a role gives what the modules say; an own role only what is still known', () => {
  const own = [{ id: ownId, name: 'x', permissions: ['a.read', 'gone.away'] }]
  assert.deepEqual([...permissionsOf([builtInRoleId('engineer'), ownId], own, known)], ['a.manage', 'a.read'])
  assert.deepEqual([...permissionsOf([builtInRoleId('owner')], own, known)], Object.keys(known))
})

test('duties: which organisations of administrators are right', () => {
  const own = [{ id: ownId, name: 'x', permissions: ['access.manageRoles'] }]
  const members = (...roles: Parameters<typeof builtInRoleId>[0][][]) =>
    roles.map((keys, i) => ({ personId: person(i), roleIds: keys.map(builtInRoleId) }))
  const three = members(['systemAdmin'], ['securityAdmin'], ['auditAdmin'])
  assert.equal(dutyFault(three, own, true), undefined)
  assert.equal(dutyFault(members(['owner']), own, false), undefined)
  assert.equal(dutyFault(members(['owner']), own, true)?.kind, 'combined')
  assert.equal(dutyFault(members(['systemAdmin', 'auditAdmin'], ['securityAdmin']), own, true)?.kind, 'combined')
  assert.deepEqual(dutyFault(three.slice(0, 2), own, true), { kind: 'vacant', duties: ['audit'] })
  assert.deepEqual(dutyFault(members(['engineer']), own, false), { kind: 'vacant', duties: ['system'] })
  const withOwn = [...three, { personId: person(9), roleIds: [builtInRoleId('auditAdmin'), ownId] }]
  assert.deepEqual(dutyFault(withOwn, own, true), { kind: 'combined', personIds: [person(9)] })
})

test('whatever the giver has: no administrator’s permission is given that he lacks', () => {
  const names = Object.keys(known)
  fc.assert(
    fc.property(fc.subarray(names), fc.subarray(names), fc.boolean(), (has, gives, ownerExists) => {
      const giver = { permissions: new Set(has), ownerExists }
      if (!mayGive(giver, gives)) return
      const lacking = gives.filter((permission) => !has.includes(permission))
      assert.ok(
        lacking.every((permission) => !ownerExists && permission.startsWith('a.')),
        lacking.join(),
      )
    }),
  )
})

test('sites: none means all, and all can be given only by who has all', () => {
  assert.equal(sitesWithin([], 'all'), true)
  assert.equal(sitesWithin([], ['s']), false)
  assert.equal(sitesWithin(['s'], ['s', 't']), true)
  assert.equal(sitesWithin(['s', 'u'], ['s', 't']), false)
})
