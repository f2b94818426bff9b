import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Context } from '#kernel/context.ts'
import { moduleDatabase, opaque, systemDatabase } from '#kernel/postgres.ts'
import { organisationsModule } from '#modules/foundation/organisations/module.ts'
import type { OrgId } from '#values/ids.ts'
import { testCreditCode } from '../../../../tests/api-client.ts'
import { testContext } from '../../../../tests/context.ts'
import { testPools } from '../../../../tests/pools.ts'
import { type AgreementId, sharingApi } from '../contract.ts'
import { sharingModule } from '../module.ts'
import { agreementView } from './agreement-view.ts'
import { grantAgreement } from './grant-agreement.ts'
import { getAgreement, listAgreements, listReads } from './read-agreements.ts'
import { revokeAgreement } from './revoke-agreement.ts'
import type { SharingTables } from './tables.ts'

const { app, system } = await testPools({ after })
const noGrant = () => Promise.reject(new Error('no grants here'))
const db = moduleDatabase<SharingTables>(app, noGrant)
const organisations = organisationsModule({ db: moduleDatabase(app, noGrant), system: systemDatabase(system), usages: () => [] }).public
const sharing = sharingModule({ db, organisations }).public

const now = new Date('2026-11-22T06:00:00Z')
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000)
let codes = 100

async function party(name: string): Promise<Context> {
  const n = ++codes
  const scope = await systemDatabase<never>(system).inSystem((tx) =>
    organisations.createOrganisation(
      opaque({ orgId: uuidv7() as OrgId, sql: tx }),
      { code: `org-${n}`, name, kind: 'supplier', creditCode: testCreditCode(n), demo: false },
      now,
    ),
  )
  return testContext({ ...scope, now, actor: { kind: 'user', id: uuidv7(), name: `${name}的人` } })
}
const relate = (buyer: Context, supplier: Context, until: string | null = null) =>
  systemDatabase<never>(system).inSystem((tx) =>
    organisations.createRelation(
      opaque({ orgId: buyer.orgId, sql: tx }),
      { buyer: buyer.orgId, supplier: supplier.orgId, kind: 'supply', tier: 1, since: '2026-01-01', until },
      now,
    ),
  )

const leader = await party('整车厂')
const supplier = await party('压铸厂')
const stranger = await party('陌生厂')
await relate(leader, supplier)

const [machine1, machine2, machine3] = [uuidv7(), uuidv7(), uuidv7()]
type Request = Parameters<typeof grantAgreement>[3]
const terms = (change: Partial<Request> = {}): Request => ({
  granteeId: leader.orgId,
  dataSet: 'telemetry.values',
  items: [{ id: machine1, label: '压铸机 1' }],
  fields: ['temperature'],
  purpose: '质量追溯',
  granularity: 'raw',
  delayMinutes: 5,
  from: later(-60).toISOString(),
  until: later(60).toISOString(),
  ...change,
})
const grant = (change: Partial<Request> = {}, by = supplier) => grantAgreement(db, organisations, by, terms(change))
const ask = (itemId: string | null, by: Context = leader, owner = supplier) =>
  sharing.checkGrant(by, { owner: owner.orgId, dataSet: 'telemetry.values', itemId })
const failsWith = (code: string) => (error: unknown) => (error as { code?: string }).code === code
const list = { sort: '-createdAt', limit: 50 }
const readsOf = async (id: AgreementId, by: Context) => (await listReads(db, by, id, { sort: '-lastAt', limit: 50 })).items

test('a relation alone opens the machine card and nothing else', async () => {
  const card = await sharing.checkGrant(leader, { owner: supplier.orgId, dataSet: 'machine.card', itemId: machine1 })
  assert.deepEqual([card.items, card.fields, card.orgId, card.orgNo], ['all', ['name', 'type'], supplier.orgId, supplier.orgNo])
  await assert.rejects(ask(machine1), (error) => {
    assert.ok(failsWith('sharing.notGranted')(error))
    assert.equal((error as { details: { partner: string } }).details.partner, '压铸厂')
    return true
  })
})

test('an organisation without a relation is as good as unknown', async () => {
  const foreign: Request = terms({ granteeId: stranger.orgId })
  await assert.rejects(
    sharing.checkGrant(stranger, { owner: supplier.orgId, dataSet: 'machine.card', itemId: null }),
    failsWith('sharing.noRelation'),
  )
  await assert.rejects(ask(machine1, stranger), failsWith('sharing.noRelation'))
  await assert.rejects(ask(machine1, leader, stranger), failsWith('sharing.noRelation'))
  await assert.rejects(ask(machine1, leader, leader), failsWith('sharing.noRelation'))
  await assert.rejects(grantAgreement(db, organisations, supplier, foreign), failsWith('sharing.noRelation'))
  await assert.rejects(
    grantAgreement(db, organisations, supplier, { ...foreign, granteeId: uuidv7() as OrgId }),
    failsWith('sharing.noRelation'),
  )
  await assert.rejects(grant({ granteeId: supplier.orgId }), failsWith('sharing.noRelation'))
})

test('an agreement opens exactly its items, fields and period, to its grantee, until it is revoked', async () => {
  const { id } = await grant()
  const facts = await ask(machine1)
  assert.deepEqual(facts, {
    orgId: supplier.orgId,
    orgNo: supplier.orgNo,
    items: [machine1],
    fields: ['temperature'],
    granularity: 'raw',
    delayMinutes: 5,
    fromMs: later(-60).getTime(),
    untilMs: later(60).getTime(),
  })
  assert.deepEqual((await ask(null)).items, [machine1])
  await assert.rejects(ask(machine2), failsWith('sharing.notGranted'))
  // Not in the other direction.
  await assert.rejects(ask(machine1, supplier, leader), failsWith('sharing.notGranted'))
  for (const [at, open] of [
    [later(-61), false],
    [later(-60), true],
    [later(60), false],
  ] as const)
    await (open
      ? ask(machine1, { ...leader, now: at })
      : assert.rejects(ask(machine1, { ...leader, now: at }), failsWith('sharing.notGranted')))

  await assert.rejects(revokeAgreement(db, leader, id), failsWith('sharing.notFound'))
  await revokeAgreement(db, supplier, id)
  await assert.rejects(ask(machine1), failsWith('sharing.notGranted'))
  await assert.rejects(revokeAgreement(db, supplier, id), failsWith('sharing.notRunning'))
})

test('an agreement ends with the relation', async () => {
  const formerBuyer = await party('旧客户')
  await relate(formerBuyer, supplier, '2026-11-22')
  const { id } = await grant({ granteeId: formerBuyer.orgId, until: later(60 * 24 * 30).toISOString() })
  await ask(machine1, formerBuyer)
  await assert.rejects(ask(machine1, { ...formerBuyer, now: later(60 * 24 * 2) }), failsWith('sharing.noRelation'))
  await revokeAgreement(db, supplier, id)
})

test('several agreements add up', async () => {
  const granted = [
    await grant({ fields: ['power'] }),
    await grant({ fields: ['temperature'] }),
    await grant({ items: [{ id: machine2, label: '压铸机 2' }], fields: 'all' }),
  ]
  assert.deepEqual([...(await ask(machine1)).fields].sort(), ['power', 'temperature'])
  assert.equal((await ask(machine2)).fields, 'all')
  await assert.rejects(ask(machine3), failsWith('sharing.notGranted'))
  const everything = await grant({ items: 'all', fields: 'all', delayMinutes: 0 })
  assert.deepEqual([(await ask(machine3)).fields, (await ask(null)).items], ['all', 'all'])
  for (const { id } of [...granted, everything]) await revokeAgreement(db, supplier, id)
})

test('reads are counted by reader and hour, and both parties see who read', async () => {
  const { id } = await grant()
  const colleague = { ...leader, actor: { kind: 'user' as const, id: uuidv7(), name: '质量工程师' } }
  await Promise.all(Array.from({ length: 20 }, () => ask(machine1)))
  await ask(machine1, { ...colleague, now: later(1) })
  await ask(machine1, { ...colleague, now: later(59) })
  await sharing.grantsTo(leader, supplier.orgId, 'telemetry.values')
  await assert.rejects(ask(machine2), failsWith('sharing.notGranted'))
  const rows = await readsOf(id, supplier)
  assert.deepEqual(
    rows.map((row) => [row.reader, row.reads, row.hour]),
    [
      ['质量工程师', 2, '2026-11-22T06:00:00.000Z'],
      ['整车厂的人', 20, '2026-11-22T06:00:00.000Z'],
    ],
  )
  assert.equal(rows[0]?.lastAt, later(59).toISOString())
  await ask(machine1, { ...colleague, now: later(59.5) })
  assert.deepEqual(
    (await readsOf(id, leader)).map((row) => row.reads),
    [3, 20],
  )
  await revokeAgreement(db, supplier, id)
})

test('nobody else sees an agreement or its log', async () => {
  const { id } = await grant({ items: 'all' })
  await ask(machine1)
  for (const direction of ['given', 'received'] as const)
    assert.equal((await listAgreements(db, stranger, { ...list, direction })).total, 0)
  await assert.rejects(getAgreement(db, stranger, id), failsWith('sharing.notFound'))
  await assert.rejects(listReads(db, stranger, id, { sort: 'lastAt', limit: 50 }), failsWith('sharing.notFound'))
  await assert.rejects(revokeAgreement(db, stranger, id), failsWith('sharing.notFound'))
  const seen = await db.inTenant(stranger, async (tx) => [
    await tx.sql.selectFrom('sharing.agreement').selectAll().execute(),
    await tx.sql.selectFrom('sharing.access_log').selectAll().execute(),
  ])
  assert.deepEqual(seen, [[], []])
  const raw = await sql<{ n: number }>`select count(*)::int as n from sharing.agreement`.execute(app)
  assert.equal(raw.rows[0]?.n, 0)
  await revokeAgreement(db, supplier, id)
})

test('lists by direction, state, partner and search; a partner reads no names of the grantor’s people', async () => {
  const { id } = await grant({ purpose: '碳排核算', items: [{ id: machine3, label: '热处理炉' }] })
  const given = await listAgreements(db, supplier, { ...list, direction: 'given', state: 'inForce' })
  assert.deepEqual(
    given.items.map((a) => [a.id, a.side, a.itemCount, a.fieldCount]),
    [[id, 'grantor', 1, 1]],
  )
  const received = (change: object) => listAgreements(db, leader, { ...list, direction: 'received', ...change })
  assert.equal((await received({ search: '热处理' })).items[0]?.id, id)
  assert.equal((await received({ search: '碳排 压铸厂' })).total, 1)
  assert.equal((await received({ search: '没有' })).total, 0)
  assert.equal((await received({ partnerId: stranger.orgId })).total, 0)
  assert.ok((await received({ state: 'revoked' })).total >= 5)
  assert.equal((await listAgreements(db, leader, { ...list, direction: 'given' })).total, 0)
  const row = await getAgreement(db, leader, id)
  assert.equal(agreementView(row, supplier.orgId, now).createdBy, '压铸厂的人')
  assert.equal(agreementView(row, leader.orgId, now).createdBy, null)
  const open = await db.inTenant(supplier, (tx) => sharing.sharedWith(opaque(tx), 'telemetry.values', machine3, now))
  assert.deepEqual(open, [{ agreementId: id, orgId: leader.orgId, name: '整车厂', nameEn: null }])
  await revokeAgreement(db, supplier, id)
  assert.deepEqual(await db.inTenant(supplier, (tx) => sharing.sharedWith(opaque(tx), 'telemetry.values', machine3, now)), [])
})

test('terms that open nothing are refused', async () => {
  await assert.rejects(grant({ until: later(-60).toISOString() }), failsWith('sharing.invalidPeriod'))
  await assert.rejects(grant({ from: later(-120).toISOString(), until: later(-1).toISOString() }), failsWith('sharing.invalidPeriod'))
  const refused: Partial<Record<keyof Request, unknown>>[] = [
    { items: [] },
    { items: Array.from({ length: 1001 }, () => ({ id: machine1, label: 'x' })) },
    { fields: [] },
    { purpose: '  ' },
    { delayMinutes: -1 },
    { granularity: 'all' },
    { dataSet: 'machine.card' },
  ]
  const { body } = sharingApi.create
  for (const change of refused) assert.equal(body.safeParse({ ...terms(), ...change }).success, false, JSON.stringify(change).slice(0, 60))
  assert.equal(body.safeParse(terms()).success, true)
})

test('not even raw SQL changes the terms, another’s agreement or the log', async () => {
  const { id } = await grant()
  await ask(machine1)
  const refused: [Context, string][] = [
    [supplier, `update sharing.agreement set fields = null where id = '${id}'`],
    [supplier, `delete from sharing.agreement where id = '${id}'`],
    [leader, `delete from sharing.access_log where agreement_id = '${id}'`],
    [leader, `update sharing.access_log set reader_name = 'x' where agreement_id = '${id}'`],
    [
      leader,
      `insert into sharing.agreement (grantor_org, grantee_org, grantor_name, grantee_name, data_set, purpose, granularity, delay_minutes, valid_from, valid_until, created_at)
       values ('${supplier.orgId}', '${leader.orgId}', 'a', 'b', 'telemetry.values', 'x', 'raw', 0, now(), now() + '1 day', now())`,
    ],
  ]
  for (const [by, text] of refused)
    await assert.rejects(
      db.inTenant(by, (tx) => sql.raw(text).execute(tx.sql)),
      /permission denied|row-level security/,
    )
  const { numAffectedRows } = await db.inTenant(leader, (tx) =>
    sql.raw(`update sharing.agreement set revoked_at = now() where id = '${id}'`).execute(tx.sql),
  )
  assert.equal(numAffectedRows, 0n)
  await revokeAgreement(db, supplier, id)
  await assert.rejects(
    db.inTenant(supplier, (tx) => sql.raw(`update sharing.agreement set revoked_at = null where id = '${id}'`).execute(tx.sql)),
    /stays revoked/,
  )
})

test('granting and revoking are news and stand in the audit', async () => {
  const { id } = await grant()
  await revokeAgreement(db, supplier, id)
  const news = await systemDatabase<never>(system).inSystem((tx) =>
    sql<{ name: string }>`select name from kernel.outbox where key = ${id} order by id`.execute(tx),
  )
  assert.deepEqual(
    news.rows.map((row) => row.name),
    ['sharing.granted', 'sharing.revoked'],
  )
  const audit = await db.inTenant(supplier, (tx) =>
    sql<{ action: string }>`select action from kernel.audit where entity = 'sharing.agreement' and entity_id = ${id} order by id`.execute(
      tx.sql,
    ),
  )
  assert.deepEqual(
    audit.rows.map((row) => row.action),
    ['insert', 'update'],
  )
})
