import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { moduleDatabase, systemDatabase } from '#kernel/postgres.ts'
import { OrgId } from '#values/ids.ts'
import { testContext } from '../../../../tests/context.ts'
import { testPools } from '../../../../tests/pools.ts'
import { programmeEvents } from '../contract.ts'
import { programmeNotices } from './notices.ts'
import type { ProgrammeTables } from './tables.ts'
import { tellCertificates, untoldCertificates } from './tell-certificates.ts'

const pools = await testPools({ after })
const db = moduleDatabase<ProgrammeTables>(pools.app, () => Promise.reject(new Error('no grant')))
const system = systemDatabase<ProgrammeTables>(pools.system)
const [leader, supplier] = [0, 1].map(() => OrgId.parse(uuidv7())) as [OrgId, OrgId]
const scopes = [leader, supplier].map((orgId, i) => ({ orgId, orgNo: i + 1 }))
const tell = (day: string) => {
  const now = new Date(`${day}T02:00:00Z`)
  return tellCertificates({
    db,
    system,
    organisations: { everyScope: async () => scopes },
    clock: { now: () => now, nowMs: () => now.getTime() },
  })
}

const partner = (state: 'invited' | 'exited') =>
  db.inTenant(testContext({ orgId: leader }), (tx) =>
    tx.sql
      .insertInto('programme.partner')
      .values({
        buyer_org: leader,
        supplier_org: state === 'exited' ? null : supplier,
        name: '应龙压铸',
        credit_code: state,
        contact_name: '李四',
        contact_phone: null,
        contact_email: null,
        delivers: null,
        state,
        tier: null,
        reason: null,
        contract_no: null,
        contract_from: null,
        contract_until: null,
        admitted_on: null,
        created_at: new Date(),
      })
      .returning('id')
      .executeTakeFirstOrThrow(),
  )
const [present, gone] = [await partner('invited'), await partner('exited')]

/** Handed in by the supplier, or by the leader where the partner has no organisation. */
const certificate = (of: typeof present, addedBy: OrgId, until: string | null, number = '') =>
  db.inTenant(testContext({ orgId: addedBy }), (tx) =>
    tx.sql
      .insertInto('programme.certificate')
      .values({
        partner_id: of.id,
        buyer_org: leader,
        supplier_org: of === gone ? null : supplier,
        added_org: addedBy,
        added_by: null,
        kind: 'iso9001',
        number,
        valid_from: null,
        valid_until: until,
        file_id: uuidv7(),
        file_name: '证书.pdf',
        media_type: 'application/pdf',
        bytes: 1,
        sha256: '',
        object_key: '',
        created_at: new Date(),
        removed_at: null,
      })
      .returning('id')
      .executeTakeFirstOrThrow(),
  )
let seen = 0
async function told() {
  const { rows } = await system.inSystem((tx) =>
    sql<{ id: number; payload: { certificate: string; daysLeft: number } }>`select id, payload from kernel.outbox
      where id > ${seen} and name = ${programmeEvents.certificateEnds.name} order by id`.execute(tx),
  )
  seen = rows.at(-1)?.id ?? seen
  return rows.map(({ payload }) => payload)
}
const short = async () => (await told()).map(({ certificate: name, daysLeft }) => [name, daysLeft])

test('a certificate is told of 60, 30 and 7 days before its end and when it has ended, once each, also by two workers at once', async () => {
  await certificate(present, supplier, '2027-03-31', 'Q-1')
  await certificate(present, supplier, null, 'for ever')
  await certificate(gone, leader, '2027-01-01', 'of one who has left')
  await tell('2027-01-29')
  assert.deepEqual(await short(), [])
  await Promise.all([tell('2027-01-30'), tell('2027-01-30')])
  assert.deepEqual(await short(), [['Q-1', 60]])
  await tell('2027-02-28')
  assert.deepEqual(await short(), [])
  for (const [day, left] of [
    ['2027-03-01', 30],
    ['2027-03-24', 7],
  ] as const) {
    await tell(day)
    await tell(day)
    assert.deepEqual(await short(), [['Q-1', left]])
  }
  await tell('2027-03-31')
  assert.deepEqual(await short(), [])
  await tell('2027-04-01')
  await tell('2027-05-01')
  const [payload, ...more] = await told()
  assert.deepEqual([payload?.daysLeft, more.length], [-1, 0])
  const over = programmeNotices.filter(
    (notice) => notice.event === programmeEvents.certificateEnds.name && notice.recipient(payload as never),
  )
  assert.deepEqual(
    over.map((notice) => [notice.kind, notice.recipient(payload as never), notice.permission, notice.path(payload as never)]),
    [
      ['programme.certificateOver', leader, 'programme.manage', `/programme/partners/${present.id}`],
      ['programme.certificateOver', supplier, 'programme.answer', `/programme/partners/${present.id}`],
    ],
  )
})

test('what is handed in late is told by where it stands, not by every day that it missed', async () => {
  await certificate(present, leader, '2027-06-05')
  await tell('2027-06-01')
  await tell('2027-06-01')
  assert.deepEqual(await short(), [['证书.pdf', 4]])
  await tell('2027-06-06')
  assert.deepEqual(await short(), [['证书.pdf', -1]])
})

test('the loop reads what is untold from its index', async () => {
  const plan = await system.inSystem(async (tx) => {
    // A table of few rows is read whole where that is cheaper: asked is whether the index serves.
    await sql`set local enable_seqscan = off`.execute(tx)
    return untoldCertificates(tx, '2027-01-01').explain(undefined, sql`costs off`)
  })
  assert.match(plan.map((line) => (line as { 'QUERY PLAN': string })['QUERY PLAN']).join('\n'), /certificate_untold/)
})
