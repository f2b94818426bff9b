import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { organisationsApi } from '#modules/foundation/organisations/contract.ts'
import type { OrgId } from '#values/ids.ts'
import { type Caller, creditCodes, testbed } from '../../../../tests/access-testbed.ts'
import { accessApi, type Role, type User } from '../contract.ts'
import { builtInRoleId } from './role-rules.ts'

const bed = await testbed({ after })

const code = (expected: string) => (error: { code?: string }) => error.code === expected
let n = 0
const fresh = async () => {
  const orgId = await bed.newOrganisation()
  const login = `owner${++n}`
  await bed.newUser(orgId, login)
  return { orgId, owner: await bed.signIn(login), login }
}
const addUser = async (by: Caller, login: string, roles: Parameters<typeof builtInRoleId>[0][], siteIds: string[] = []) =>
  by.call(accessApi.createUser, { body: { login, displayName: `名 ${login}`, roleIds: roles.map(builtInRoleId), siteIds } })
const change = (by: Caller, user: User, to: Partial<User>) => {
  const { personId, version, displayName, roleIds, siteIds, active } = { ...user, ...to }
  return by.call(accessApi.updateUser, { params: { personId }, body: { version, displayName, roleIds, siteIds, active } })
}
const userOf = async (by: Caller, login: string): Promise<User> =>
  (await by.call(accessApi.users, { query: { search: login } })).items.find((user: User) => user.login === login)

test('a new user comes in with the one-time password, can do nothing but change it, then has his rights', async () => {
  const { owner } = await fresh()
  const { oneTimePassword } = await addUser(owner, 'newcomer', ['engineer'])
  const one = await bed.signIn('newcomer', oneTimePassword)
  const session = await one.call(accessApi.session)
  assert.equal(session.person.mustChangePassword, true)
  assert.deepEqual(session.permissions, [])
  await assert.rejects(one.call(accessApi.users), code('request.notAllowed'))
  await one.call(accessApi.changePassword, { body: { current: oneTimePassword, next: 'seventeen green pumps' } })
  const after = await one.call(accessApi.session)
  assert.equal(after.person.mustChangePassword, false)
  assert.ok(after.permissions.includes('devices.manage'))
  await assert.rejects(bed.signIn('newcomer', oneTimePassword), code('access.wrongCredentials'))
})

test('users of other organisations never appear, by list, search, change or reset; a taken log-in is refused', async () => {
  const [here, there] = [await fresh(), await fresh()]
  await addUser(there.owner, 'stranger', ['staff'])
  const stranger = await userOf(there.owner, 'stranger')
  const all = await here.owner.call(accessApi.users)
  assert.deepEqual(
    all.items.map((user: User) => user.login),
    [here.login],
  )
  assert.equal(all.total, 1)
  assert.equal((await here.owner.call(accessApi.users, { query: { search: 'stranger' } })).total, 0)
  await assert.rejects(change(here.owner, stranger, { displayName: 'x' }), code('access.notFound'))
  await assert.rejects(
    here.owner.call(accessApi.resetPassword, { params: { personId: stranger.personId }, body: {} }),
    code('access.notFound'),
  )
  await assert.rejects(addUser(here.owner, 'stranger', ['staff']), code('access.loginTaken'))
  const { rows } = await bed.app.inSystem((tx) => sql`select 1 from access.membership union all select 1 from access.role`.execute(tx))
  assert.equal(rows.length, 0)
  await assert.rejects(
    bed.app.inSystem((tx) => sql`select * from access.person`.execute(tx)),
    /permission denied/,
  )
})

test('lists sort by pinyin, page by cursor and find Chinese names', async () => {
  const { owner } = await fresh()
  for (const name of ['张伟', '李娜', '王芳', '陈静'])
    await owner.call(accessApi.createUser, {
      body: { login: `person${++n}`, displayName: name, roleIds: [builtInRoleId('staff')], siteIds: [] },
    })
  const names: string[] = []
  let cursor: string | null = null
  do {
    const page: { items: User[]; nextCursor: string | null } = await owner.call(accessApi.users, {
      query: { limit: 2, ...(cursor ? { cursor } : {}) },
    })
    names.push(...page.items.map((user) => user.displayName))
    cursor = page.nextCursor
  } while (cursor)
  assert.deepEqual(
    names.filter((name) => !name.startsWith('用户')),
    ['陈静', '李娜', '王芳', '张伟'],
  )
  assert.equal((await owner.call(accessApi.users, { query: { search: '李' } })).items[0].displayName, '李娜')
})

test('nobody gives what he lacks: not by a user, not by a role, not by a client, not to himself', async () => {
  const { orgId, owner } = await fresh()
  const login = `sys${++n}`
  await bed.newUser(orgId, login, ['systemAdmin'])
  const admin = await bed.signIn(login)
  await assert.rejects(addUser(admin, 'helper-owner', ['owner']), code('access.cannotGrant'))
  await assert.rejects(addUser(admin, 'helper-engineer', ['engineer']), code('access.cannotGrant'))
  await assert.rejects(change(admin, await userOf(admin, login), { roleIds: [builtInRoleId('owner')] }), code('access.cannotGrant'))
  await assert.rejects(
    change(admin, (await owner.call(accessApi.users, { query: { search: 'owner' } })).items[0], { active: false }),
    code('access.cannotGrant'),
  )
  const ownerId = (await owner.context()).actor.id
  await assert.rejects(admin.call(accessApi.resetPassword, { params: { personId: ownerId }, body: {} }), code('access.cannotGrant'))
  const security = `sec${++n}`
  await bed.newUser(orgId, security, ['securityAdmin'])
  const guard = await bed.signIn(security)
  await assert.rejects(
    guard.call(accessApi.createRole, { body: { name: '全部', permissions: ['access.manageUsers'] } }),
    code('access.cannotGrant'),
  )
  await assert.rejects(guard.call(accessApi.createClient, { body: { name: 'c', scopes: ['devices.manage'] } }), code('access.cannotGrant'))
  await assert.rejects(
    guard.call(accessApi.createRole, { body: { name: 'x', permissions: ['no.such'] } }),
    code('access.unknownPermission'),
  )
})

test('whoever is confined to a site gives no more than this site', async () => {
  const { orgId } = await fresh()
  const site = '0193a000-0000-7000-8000-000000000001'
  const other = '0193a000-0000-7000-8000-000000000002'
  const login = `site${++n}`
  await bed.newUser(orgId, login, ['owner'], { siteIds: [site] })
  const admin = await bed.signIn(login)
  assert.deepEqual((await admin.context()).scopes.sites, [site])
  await assert.rejects(addUser(admin, 'site-all', ['staff'], []), code('access.cannotGrant'))
  await assert.rejects(addUser(admin, 'site-other', ['staff'], [other]), code('access.cannotGrant'))
  await addUser(admin, 'site-own', ['staff'], [site])
})

test('an own role works at once when it is edited; one in use stays; a built-in one is fixed', async () => {
  const { owner } = await fresh()
  const role: Role = await owner.call(accessApi.createRole, { body: { name: '看设备', permissions: ['devices.read'] } })
  await assert.rejects(owner.call(accessApi.createRole, { body: { name: '看设备', permissions: [] } }), code('access.nameTaken'))
  const { oneTimePassword } = await owner.call(accessApi.createUser, {
    body: { login: `viewer${++n}`, displayName: '看', roleIds: [role.id], siteIds: [] },
  })
  const viewer = await bed.signIn(`viewer${n}`, oneTimePassword)
  await viewer.call(accessApi.changePassword, { body: { current: oneTimePassword, next: 'seventeen green pumps' } })
  assert.deepEqual((await viewer.call(accessApi.session)).permissions, ['devices.read'])
  const edit = (version: number, permissions: string[]) =>
    owner.call(accessApi.updateRole, { params: { id: role.id }, body: { version, name: '管设备', permissions } })
  await edit(1, ['devices.read', 'devices.manage'])
  const session = await viewer.call(accessApi.session)
  assert.deepEqual(session.permissions, ['devices.manage', 'devices.read'])
  assert.deepEqual(session.roles, ['管设备'])
  await assert.rejects(edit(1, []), code('access.changedMeanwhile'))
  await assert.rejects(owner.call(accessApi.deleteRole, { params: { id: role.id } }), code('access.roleInUse'))
  const builtIn = builtInRoleId('staff')
  await assert.rejects(owner.call(accessApi.deleteRole, { params: { id: builtIn } }), code('access.builtInRole'))
  const { roles } = await owner.call(accessApi.roles)
  assert.deepEqual(
    roles.map((one: Role) => one.builtIn ?? one.name),
    ['owner', 'systemAdmin', 'securityAdmin', 'auditAdmin', 'engineer', 'staff', 'buyer', 'sales', 'warehouse', 'accountant', '管设备'],
  )
})

test('a deactivated user is out at once and cannot come back in', async () => {
  const { owner } = await fresh()
  const { user, oneTimePassword } = await addUser(owner, 'leaver', ['staff'])
  const one = await bed.signIn('leaver', oneTimePassword)
  await one.call(accessApi.session)
  await change(owner, user, { active: false })
  await assert.rejects(one.call(accessApi.session), code('request.notSignedIn'))
  await assert.rejects(bed.signIn('leaver', oneTimePassword), code('access.wrongCredentials'))
})

test('the last administrator stays; of two who remove each other at once one stays', async () => {
  const { orgId, owner, login } = await fresh()
  const self = await userOf(owner, login)
  await assert.rejects(change(owner, self, { active: false }), code('access.ownAccount'))
  await assert.rejects(change(owner, self, { roleIds: [builtInRoleId('staff')] }), code('access.lastAdministrator'))
  const second = `owner${++n}`
  await bed.newUser(orgId, second)
  const other = await bed.signIn(second)
  const results = await Promise.allSettled([
    change(owner, await userOf(owner, second), { active: false }),
    change(other, self, { active: false }),
  ])
  assert.deepEqual(results.map((result) => result.status).sort(), ['fulfilled', 'rejected'])
})

test('duties are separated only when three people hold them, and then stay apart', async () => {
  const { orgId, owner, login } = await fresh()
  const setPolicy = (by: Caller, version: number) => by.call(accessApi.setPolicy, { body: { profile: 'mlps3', version } })
  await assert.rejects(setPolicy(owner, 0), code('access.separationOfDuties'))
  const [system, security, audit] = [`s${++n}x`, `e${n}x`, `a${n}x`] as const
  await bed.newUser(orgId, system, ['systemAdmin'])
  await bed.newUser(orgId, security, ['securityAdmin'])
  const guard = await bed.signIn(security)
  await change(owner, await userOf(owner, login), { roleIds: [builtInRoleId('engineer')] })
  await assert.rejects(setPolicy(guard, 0), code('access.dutyMissing'))
  await bed.newUser(orgId, audit, ['auditAdmin'])
  assert.deepEqual(await setPolicy(guard, 0), { profile: 'mlps3', version: 1 })
  const policy = await guard.call(accessApi.policy)
  assert.equal(policy.separationOfDuties, true)
  assert.equal(policy.maxAgeDays, 90)
  const admin = await bed.signIn(system)
  // Nobody has all permissions now: an administrator gives business roles that he lacks, but no administrator's duty.
  await addUser(admin, `eng${n}x`, ['engineer'])
  await assert.rejects(addUser(admin, `two${n}x`, ['systemAdmin', 'auditAdmin']), code('access.cannotGrant'))
  await assert.rejects(addUser(admin, `own${n}x`, ['owner']), code('access.cannotGrant'))
  await assert.rejects(change(admin, await userOf(admin, audit), { active: false }), code('access.cannotGrant'))
  // Nor by the back door: a harmless role that a system administrator has gets a security duty.
  const role: Role = await guard.call(accessApi.createRole, { body: { name: '看设备', permissions: ['devices.read'] } })
  const withRole = { roleIds: [builtInRoleId('systemAdmin'), role.id] }
  await assert.rejects(change(admin, await userOf(admin, system), withRole), code('access.cannotGrant'))
  const second = `s2${n}x`
  await addUser(admin, second, ['systemAdmin'])
  await change(admin, await userOf(admin, second), withRole)
  await assert.rejects(
    guard.call(accessApi.updateRole, {
      params: { id: role.id },
      body: { version: 1, name: role.name, permissions: ['devices.read', 'access.manageRoles'] },
    }),
    code('access.separationOfDuties'),
  )
})

test('under mlps3 passwords need classes, differ from the last five, expire after 90 days; sessions idle after 30 minutes', async () => {
  const { orgId } = await fresh()
  for (const role of ['systemAdmin', 'securityAdmin', 'auditAdmin'] as const) await bed.newUser(orgId, `${role.toLowerCase()}${n}`, [role])
  const guard = await bed.signIn(`securityadmin${n}`)
  const first = await userOf(guard, `owner${n}`)
  await change(await bed.signIn(`owner${n}`), first, { roleIds: [builtInRoleId('staff')] })
  await guard.call(accessApi.setPolicy, { body: { profile: 'mlps3', version: 0 } })
  const words = ['Pump-house 1x', 'Pump-house 2x', 'Pump-house 3x', 'Pump-house 4x', 'Pump-house 5x']
  let current = 'correct horse 42 battery'
  await assert.rejects(guard.call(accessApi.changePassword, { body: { current, next: 'onlysmallletters' } }), code('access.weakPassword'))
  for (const next of words) {
    bed.clock.passMinutes(1)
    await guard.call(accessApi.changePassword, { body: { current, next } })
    await assert.rejects(guard.call(accessApi.changePassword, { body: { current: next, next: words[0] } }), code('access.weakPassword'))
    current = next
  }
  bed.clock.passMinutes(31)
  await assert.rejects(guard.call(accessApi.session), code('request.notSignedIn'))
  bed.clock.passMinutes(91 * 24 * 60)
  const late = await bed.signIn(`securityadmin${n}`, current)
  const session = await late.call(accessApi.session)
  assert.equal(session.person.mustChangePassword, true)
  assert.deepEqual(session.permissions, [])
})

test('a person of another organisation keeps his password: only his own resets it', async () => {
  const [home, guest] = [await fresh(), await fresh()]
  const login = `both${++n}`
  const personId = await bed.newUser(home.orgId, login, ['staff'])
  await bed.newUser(guest.orgId, login, ['staff'])
  await assert.rejects(guest.owner.call(accessApi.resetPassword, { params: { personId }, body: {} }), code('access.sharedPerson'))
  const { oneTimePassword } = await home.owner.call(accessApi.resetPassword, { params: { personId }, body: {} })
  await bed.signIn(login, oneTimePassword)
})

test('the operator takes organisations onto the platform, suspends them, and nobody else does', async () => {
  const operator = await bed.newOrganisation({ kind: 'operator', code: 'operator' })
  await bed.newUser(operator, 'operator-owner')
  const one = await bed.signIn('operator-owner')
  const body = {
    code: 'newcomer',
    name: '新来厂',
    nameEn: null,
    kind: 'supplier',
    industry: 'motors',
    creditCode: creditCodes.at(-1),
    city: '重庆',
    ownerLogin: 'newcomer-owner',
    ownerName: '新来',
  }
  const { owner } = await fresh()
  await assert.rejects(owner.call(accessApi.registerOrganisation, { body }), code('organisations.operatorOnly'))
  const made = await one.call(accessApi.registerOrganisation, { body })
  const first = await bed.signIn(made.login, made.oneTimePassword)
  assert.equal((await first.context()).orgId, made.orgId)
  await assert.rejects(one.call(accessApi.registerOrganisation, { body }), code('organisations.codeTaken'))
  const again = { ...body, code: 'newcomer-2' }
  await assert.rejects(one.call(accessApi.registerOrganisation, { body: again }), code('organisations.creditCodeTaken'))
  const suspend = (by: Caller) => by.call(organisationsApi.operate, { params: { orgId: made.orgId }, body: { version: 1, active: false } })
  await assert.rejects(suspend(owner), code('organisations.operatorOnly'))
  await suspend(one)
  await assert.rejects(bed.signIn(made.login, made.oneTimePassword), code('access.wrongCredentials'))
})

test('the first administrator is made once, with the code, on an empty platform', async (t) => {
  const empty = await testbed({ after: (work) => t.after(work) }, 'print-me')
  const one = empty.caller()
  assert.deepEqual(await one.call(accessApi.state), { needsFirstAdministrator: true, demo: false })
  const body = {
    organisationName: '平台运营公司',
    creditCode: creditCodes[0],
    login: 'root.admin',
    displayName: '首任',
    password: 'seventeen green pumps',
    setupCode: 'print-me',
  }
  const make = (changes: object) =>
    empty.caller(`192.0.2.${++n % 200}`).call(accessApi.firstAdministrator, { body: { ...body, ...changes } })
  await assert.rejects(make({ setupCode: 'guess' }), code('access.wrongCredentials'))
  await assert.rejects(make({ password: 'administrator1' }), code('access.weakPassword'))
  const both = await Promise.allSettled([make({}), make({ login: 'second.admin', creditCode: creditCodes[1] })])
  assert.deepEqual(both.map((result) => result.status).sort(), ['fulfilled', 'rejected'])
  await assert.rejects(make({ login: 'third.admin' }), code('access.alreadyInitialised'))
  assert.equal((await one.call(accessApi.state)).needsFirstAdministrator, false)
  const login = both[0]?.status === 'fulfilled' ? 'root.admin' : 'second.admin'
  const session = await one.call(accessApi.logIn, { body: { login, password: body.password } })
  assert.equal(session.organisation.kind, 'operator')
  const orgId = session.organisation.id as OrgId
  assert.ok((await empty.auditActions(orgId)).includes('access.logIn'))
})
