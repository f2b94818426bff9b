import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { organisationsApi } from '#modules/foundation/organisations/contract.ts'
import {
  type ApiClient,
  apiClient,
  CallFailed,
  firstAdministrator,
  logIn,
  registerOrganisation,
  testCreditCode,
} from '../../../../tests/api-client.ts'
import { SETUP_CODE, testApp } from '../../../../tests/app.ts'
import { samplePdf, samplePng } from '../../../../tests/sample-files.ts'
import { type PartnerId, programmeApi } from '../contract.ts'
import { joinApi } from '../join-contract.ts'

const PASSWORD = 'Zinn-Weide-2026-langsam'
let address: string
let leader: ApiClient
let supplier: { client: ApiClient; orgId: string }
let other: ApiClient
let owner: pg.Client
let started: Awaited<ReturnType<typeof testApp>>
const cleanups: (() => Promise<void>)[] = []

before(async () => {
  started = await testApp({ after: (work) => void cleanups.unshift(work) })
  address = started.address
  const operator = await firstAdministrator(address, SETUP_CODE)
  leader = (await registerOrganisation(operator, address, { code: 'leader', kind: 'leader', n: 2 })).client
  supplier = await registerOrganisation(operator, address, { code: 'supplier', kind: 'supplier', n: 3 })
  other = (await registerOrganisation(operator, address, { code: 'other', kind: 'supplier', n: 4 })).client
  for (const [client, n] of [
    [supplier.client, 3],
    [other, 4],
  ] as const) {
    const relation = await leader.call(organisationsApi.createRelation, {
      body: { supplierCreditCode: testCreditCode(n), tier: 1, since: '2026-01-01' },
    })
    await client.call(organisationsApi.confirmRelation, { params: { id: relation.id }, body: { version: relation.version } })
  }
  const url = new URL(started.ownerUrl)
  url.username = 'postgres'
  owner = new pg.Client({ connectionString: url.href })
  await owner.connect()
})
after(async () => {
  await owner.end()
  for (const cleanup of cleanups) await cleanup()
})

const refused = (status: number, code: string) => (error: unknown) =>
  error instanceof CallFailed && error.status === status && error.problem.code === code
const application = {
  name: '重庆新来压铸有限公司',
  employees: 120,
  revenueWan: 5_600,
  delivers: '铝合金压铸件',
  contactName: '李四',
  contactPhone: '023-6800 0000',
}
const invite = (n: number, name = `待邀企业 ${n}`) =>
  leader.call(programmeApi.invite, { body: { name, creditCode: testCreditCode(n), contactName: '李四' } })
const act = (
  id: PartnerId,
  version: number,
  action: 'startReview' | 'return' | 'refuse' | 'suspend' | 'resume' | 'exit' | 'changeTier',
  more: object = {},
) => leader.call(programmeApi.act, { params: { id }, body: { version, action, ...more } })
const addByLink = (token: string, query: Record<string, string>, bytes: Uint8Array<ArrayBuffer>) =>
  fetch(`${address}/api/programme/join/certificates?${new URLSearchParams(query)}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
    body: bytes,
  })
const apply = (token: string, login: string, more: object = {}) =>
  apiClient(address).call(joinApi.joinApply, { body: { ...application, token, login, password: PASSWORD, consent: true, ...more } })

test('by link: invited, applied, returned, admitted; its first person signs in with the password that nobody else knows', async () => {
  const { partner, link } = await invite(10)
  assert.deepEqual([partner.state, partner.actions], ['invited', ['invite', 'withdraw']])
  await assert.rejects(invite(10), refused(409, 'programme.partnerExists'))

  const guest = apiClient(address)
  const seen = await guest.call(joinApi.join, { body: { token: link.token } })
  assert.deepEqual([seen.buyerName, seen.open, seen.creditCode], ['测试企业 leader', true, testCreditCode(10)])
  const pdf = { kind: 'businessLicence', number: 'YZ-1', fileName: '营业执照.pdf', validUntil: '2030-12-31' }
  assert.equal((await addByLink(link.token, pdf, samplePdf)).status, 201)
  assert.equal((await addByLink(link.token, { ...pdf, fileName: '营业执照.pdf' }, samplePng)).status, 415)
  assert.equal((await addByLink('x'.repeat(43), pdf, samplePdf)).status, 404)
  await assert.rejects(apply(link.token, 'newcomer', { password: 'short' }), refused(422, 'access.weakPassword'))
  await assert.rejects(apply(link.token, 'leader'), refused(409, 'access.loginTaken'))
  assert.equal((await apply(link.token, 'newcomer')).state, 'applied')
  await assert.rejects(apply(link.token, 'newcomer'), refused(404, 'programme.linkInvalid'))
  assert.equal((await guest.call(joinApi.join, { body: { token: link.token } })).open, false)

  let now = await leader.call(programmeApi.partner, { params: { id: partner.id } })
  assert.deepEqual([now.name, now.application?.employees, now.certificates.length], [application.name, 120, 1])
  now = await act(partner.id, now.version, 'startReview')
  await assert.rejects(act(partner.id, now.version, 'return'), refused(422, 'programme.reasonNeeded'))
  now = await act(partner.id, now.version, 'return', { reason: '请补充产能' })
  const again = await leader.call(programmeApi.renewLink, { params: { id: partner.id }, body: { version: now.version } })
  assert.equal((await guest.call(joinApi.join, { body: { token: again.link.token } })).reason, '请补充产能')
  await apply(again.link.token, 'newcomer', { capacity: '800 吨压铸机 6 台' })
  now = await leader.call(programmeApi.partner, { params: { id: partner.id } })
  now = await act(partner.id, now.version, 'startReview')
  await assert.rejects(logIn(address, 'newcomer', PASSWORD), refused(401, 'access.wrongCredentials'))
  const admission = { version: now.version, tier: 'approved' as const, contractNo: 'HT-2026-001', contractFrom: '2026-01-01' }
  await assert.rejects(
    leader.call(programmeApi.admit, { params: { id: partner.id }, body: { ...admission, version: now.version - 1 } }),
    refused(409, 'programme.changedMeanwhile'),
  )
  now = await leader.call(programmeApi.admit, { params: { id: partner.id }, body: admission })
  assert.deepEqual([now.state, now.tier, now.contractNo], ['admitted', 'approved', 'HT-2026-001'])

  const newcomer = await logIn(address, 'newcomer', PASSWORD)
  const own = await newcomer.call(organisationsApi.own)
  assert.deepEqual([own.name, own.creditCode, own.sizes[0]?.employees], [application.name, testCreditCode(10), 120])
  const { partners } = await newcomer.call(programmeApi.mine)
  assert.deepEqual(
    partners.map((one) => [one.id, one.side, one.state, one.buyerName]),
    [[partner.id, 'supplier', 'admitted', '测试企业 leader']],
  )
  // What the applicant handed in by the link is his to read; the file comes to either side.
  const [certificate] = (await newcomer.call(programmeApi.partner, { params: { id: partner.id } })).certificates
  for (const client of [newcomer, leader])
    assert.equal((await client.raw(programmeApi.certificateFile, { params: { id: certificate?.id } })).status, 200)
  assert.equal((await other.raw(programmeApi.certificateFile, { params: { id: certificate?.id } })).status, 404)

  const counted = await newcomer.call(programmeApi.recount, { params: { id: partner.id }, body: {} })
  assert.deepEqual(
    counted.connections.map((one) => one.way),
    ['device', 'system', 'portal'],
  )
  // He signed in today, which is no whole day yet: his first day stands, nothing counts.
  assert.notEqual(counted.connections[2]?.firstDay, null)
  assert.equal(counted.counted, false)
  assert.deepEqual(
    counted.checklist.filter((step) => step.done).map((step) => step.step),
    ['signedIn', 'certificate', 'contract'],
  )
  const actions = counted.history.map((one) => one.action)
  assert.deepEqual(actions, ['admit', 'startReview', 'apply', 'invite', 'return', 'startReview', 'apply', 'invite'])
})

test('a secret of the application stands in no row that the application role reads, and in no audit', async () => {
  const { link, partner } = await invite(11)
  await apply(link.token, 'second.person')
  const { rows } = await owner.query<{ text: string }>(
    'select coalesce(before::text, $1) || coalesce(after::text, $1) as text from kernel.audit where entity like $2',
    ['', 'programme.%'],
  )
  const { rows: pending } = await owner.query<{ password_hash: string }>(
    'select password_hash from programme.pending_login where partner_id = $1',
    [partner.id],
  )
  assert.match(pending[0]?.password_hash ?? '', /^\$argon2id/)
  for (const { text } of rows) assert.ok(!text.includes(link.token) && !text.includes(PASSWORD) && !text.includes('$argon2id'))
  const { rows: rights } = await owner.query(
    "select has_table_privilege('lianshu_app', 'programme.pending_login', 'select') as may, has_column_privilege('lianshu_app', 'programme.invitation', 'token_hash', 'select') as token",
  )
  assert.deepEqual(rights, [{ may: false, token: false }])
})

test('a member of the platform applies there; each side does its own part and no more', async () => {
  await assert.rejects(
    supplier.client.call(programmeApi.takeIn, { body: { organisationIds: [supplier.orgId as never] } }),
    refused(403, 'programme.leaderOnly'),
  )
  assert.deepEqual(await leader.call(programmeApi.takeIn, { body: { organisationIds: [supplier.orgId as never] } }), { invited: 1 })
  assert.deepEqual(await leader.call(programmeApi.takeIn, { body: { organisationIds: [supplier.orgId as never] } }), { invited: 0 })
  const [mine] = (await supplier.client.call(programmeApi.mine)).partners
  assert.ok(mine)
  const params = { id: mine.id }
  await assert.rejects(other.call(programmeApi.partner, { params }), refused(404, 'programme.notFound'))
  await assert.rejects(
    leader.call(programmeApi.apply, { params, body: { ...application, version: 1, consent: true } }),
    refused(409, 'programme.notAllowedNow'),
  )
  const applied = await supplier.client.call(programmeApi.apply, { params, body: { ...application, version: mine.version, consent: true } })
  await assert.rejects(
    supplier.client.call(programmeApi.act, { params, body: { version: applied.version, action: 'startReview' } }),
    refused(409, 'programme.notAllowedNow'),
  )
  const review = await act(mine.id, applied.version, 'startReview')
  const admitted = await leader.call(programmeApi.admit, { params, body: { version: review.version, tier: 'probation' } })
  const suspended = await act(mine.id, admitted.version, 'suspend', { reason: '连续两批不合格' })
  const left = await supplier.client.call(programmeApi.answer, {
    params,
    body: { version: suspended.version, action: 'exit', reason: '转产' },
  })
  assert.deepEqual([left.state, left.reason], ['exited', '转产'])
  await assert.rejects(act(mine.id, left.version, 'resume', { reason: 'x' }), refused(409, 'programme.notAllowedNow'))
})

test('the database itself keeps the sides apart', async () => {
  const rows = await owner.query<{ id: string; supplier_org: string }>(
    'select id, supplier_org from programme.partner where supplier_org = $1',
    [supplier.orgId],
  )
  const id = rows.rows[0]?.id
  const asSupplier = async (sql: string, values: unknown[] = [id]) => {
    await owner.query('begin')
    try {
      await owner.query('set local role lianshu_app')
      await owner.query("select set_config('app.org', $1, true)", [supplier.orgId])
      return (await owner.query(sql, values)).rowCount
    } finally {
      await owner.query('rollback')
    }
  }
  await assert.rejects(asSupplier("update programme.partner set state = 'admitted', tier = 'strategic' where id = $1"), /only the leader/)
  await assert.rejects(asSupplier("update programme.partner set contract_no = 'X' where id = $1"), /the leader's to set/)
  await assert.rejects(asSupplier('update programme.partner set supplier_org = $1 where id = $1'), /permission denied/)
  await assert.rejects(asSupplier('update programme.history set reason = null where partner_id = $1'), /permission denied/)
  assert.equal(await asSupplier('select from programme.partner where supplier_org is distinct from $1', [supplier.orgId]), 0)
})

test('an enterprise of the platform is not made a second time', async () => {
  const { partner, link } = await leader.call(programmeApi.invite, {
    body: { name: '冒名', creditCode: testCreditCode(4), contactName: '王五' },
  })
  await apply(link.token, 'impostor')
  const now = await act(partner.id, partner.version + 1, 'startReview')
  await assert.rejects(
    leader.call(programmeApi.admit, { params: { id: partner.id }, body: { version: now.version, tier: 'approved' } }),
    refused(409, 'programme.organisationExists'),
  )
  assert.equal((await leader.call(programmeApi.partner, { params: { id: partner.id } })).state, 'underReview')
})

test('an expired or replaced link opens nothing', async () => {
  const { partner, link } = await invite(12)
  const renewed = await leader.call(programmeApi.renewLink, { params: { id: partner.id }, body: { version: partner.version } })
  const guest = apiClient(address)
  await assert.rejects(guest.call(joinApi.join, { body: { token: link.token } }), refused(404, 'programme.linkInvalid'))
  await owner.query("update programme.invitation set expires_at = now() - interval '1 minute' where partner_id = $1", [partner.id])
  await assert.rejects(guest.call(joinApi.join, { body: { token: renewed.link.token } }), refused(404, 'programme.linkInvalid'))
  await assert.rejects(apply(renewed.link.token, 'late.comer'), refused(404, 'programme.linkInvalid'))
})

test('list, figures, rule and annex', async () => {
  const summary = await leader.call(programmeApi.summary)
  assert.deepEqual([summary.byState.admitted, summary.counted, summary.minDays], [1, 0, 15])
  const rule = await leader.call(programmeApi.setRule, { body: { minDays: 10, version: 0 } })
  await assert.rejects(leader.call(programmeApi.setRule, { body: { minDays: 12, version: 0 } }), refused(409, 'programme.changedMeanwhile'))
  assert.equal((await leader.call(programmeApi.setRule, { body: { minDays: 15, version: rule.version } })).version, 2)
  const page = await leader.call(programmeApi.partners, { query: { search: '压铸', state: 'admitted' } })
  assert.deepEqual(
    page.items.map((one) => one.name),
    [application.name],
  )
  const ending = await leader.call(programmeApi.certificates, { query: { within: 60 } })
  assert.equal(ending.total, 0)
  assert.equal((await leader.call(programmeApi.certificates, { query: {} })).total, 1)
  const annex = await leader.raw(programmeApi.annex)
  assert.equal(annex.status, 200)
  const links = await leader.raw(programmeApi.links, { query: { origin: 'https://lianshu.example' }, body: {} })
  assert.equal(links.status, 200)
})
