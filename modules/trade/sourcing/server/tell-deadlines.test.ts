import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { systemDatabase } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { RequestId } from '../contract.ts'
import { deadlineEvents } from '../deadline-contract.ts'
import { createRequest } from './draft-request.ts'
import { sourcingNotices } from './news.ts'
import { declineInvitation, handInBid } from './quote.ts'
import { invitationPage } from './request-store.ts'
import { cancelRequest, extendDeadline, publishRequest } from './run-request.ts'
import type { SourcingTables } from './tables.ts'
import { AT_ONCE, tellDeadlines, untoldInvitations, untoldRequests } from './tell-deadlines.ts'
import { testRooms } from './test-rooms.ts'

const HOUR_MS = 3_600_000
const start = Date.now()
const bed = await testRooms({ after })
const { rooms, pools, as, buyer, first, second, third, house } = bed
const system = systemDatabase<SourcingTables>(pools.system)
const scopes = [buyer, first, second, third].map((orgId) => ({ orgId, orgNo: as(orgId).orgNo }))
const tellAt = (ms: number) =>
  tellDeadlines({
    db: rooms.db,
    system,
    organisations: { everyScope: async () => scopes },
    clock: { now: () => new Date(ms), nowMs: () => ms },
  })

const published = async (deadlineMs: number) => {
  const made = await createRequest(rooms, as(buyer), {
    title: '箱体',
    currency: 'CNY',
    deadline: new Date(deadlineMs).toISOString(),
    deliverTo: '一号库',
    note: '',
    lines: [{ materialId: house, unit: 'C62', quantity: '1000', day: null, note: '' }],
    supplierIds: [first, second, third],
  })
  return publishRequest(rooms, as(buyer), made.id, made.version)
}
const invitationOf = async (orgId: OrgId, id: RequestId) => {
  const { items } = await rooms.db.inTenant(as(orgId), (tx) => invitationPage(tx, { sort: '-createdAt', limit: 50 }, (row) => row))
  const row = items.find((one) => one.request_id === id)
  assert.ok(row)
  return row
}
const line = {
  no: 1,
  netPrice: '48',
  taxRate: '0.13',
  leadTimeDays: 20,
  minimum: null,
  validUntil: null,
  mouldOwner: 'buyer' as const,
  mouldCost: null,
  note: '',
}
let seen = 0
async function told() {
  const { rows } = await system.inSystem((tx) =>
    sql<{ id: number; name: string; payload: Record<string, unknown> }>`select id, name, payload from kernel.outbox
      where id > ${seen} and name = any(${Object.values(deadlineEvents).map(({ name }) => name)}) order by id`.execute(tx),
  )
  seen = rows.at(-1)?.id ?? seen
  return rows
}
const short = async () => (await told()).map(({ name, payload }) => [name, payload.requestId, payload.supplierOrg ?? payload.bids])

test('a day before the deadline those who have neither bid nor declined are told, once, also by two workers at once', async () => {
  const deadline = start + 30 * HOUR_MS
  const { id, version } = await published(deadline)
  const [bids, declines] = [await invitationOf(first, id), await invitationOf(second, id)]
  await handInBid(rooms, as(first), bids.id, { version: bids.version, note: '', lines: [line] })
  await declineInvitation(rooms, as(second), declines.id, { version: declines.version, reason: '产能不足' })
  await tellAt(deadline - 24 * HOUR_MS - 1)
  assert.deepEqual(await short(), [])
  await Promise.all([tellAt(deadline - 24 * HOUR_MS), tellAt(deadline - 24 * HOUR_MS)])
  await tellAt(deadline - HOUR_MS)
  const [one, ...more] = await told()
  assert.equal(more.length, 0)
  assert.deepEqual([one?.name, one?.payload.requestId, one?.payload.supplierOrg], ['sourcing.deadlineNear', id, third])
  const [notice] = sourcingNotices.filter(({ event }) => event === one?.name)
  const { id: invitation } = await invitationOf(third, id)
  assert.deepEqual(
    [notice?.recipient(one?.payload), notice?.permission, notice?.path(one?.payload)],
    [third, 'sourcing.bid', `/sourcing/invitations/${invitation}`],
  )
  // A deadline that is moved is another one.
  const later = deadline + 48 * HOUR_MS
  await extendDeadline(rooms, as(buyer), id, { version, deadline: new Date(later).toISOString() })
  await tellAt(deadline)
  assert.deepEqual(await short(), [])
  await tellAt(later - HOUR_MS)
  assert.deepEqual(await short(), [['sourcing.deadlineNear', id, third]])
  await tellAt(later)
  await tellAt(later + HOUR_MS)
  assert.deepEqual(await short(), [['sourcing.deadlinePassed', id, 1]])
})

test('the buyer is told that bids can be opened, and of nothing that he cancelled', async () => {
  const deadline = start + 200 * HOUR_MS
  const [open, cancelled] = [await published(deadline), await published(deadline)]
  await cancelRequest(rooms, as(buyer), cancelled.id, { version: cancelled.version, reason: '停产' })
  await Promise.all([tellAt(deadline), tellAt(deadline)])
  const [one, ...more] = await told()
  assert.equal(more.length, 0)
  assert.deepEqual([one?.payload.requestId, one?.payload.bids], [open.id, 0])
  const [notice] = sourcingNotices.filter(({ event }) => event === one?.name)
  assert.deepEqual(
    [notice?.recipient(one?.payload), notice?.permission, notice?.path(one?.payload)],
    [buyer, 'sourcing.manage', `/sourcing/requests/${open.id}`],
  )
})

test('of many so many at once, found by the index of what is untold', async () => {
  const owner = new pg.Client({ connectionString: Object.assign(new URL(pools.ownerUrl), { username: 'postgres' }).href })
  await owner.connect()
  try {
    await owner.query('set session_replication_role = replica')
    await owner.query(`insert into sourcing.request (org_id, number, title, state, currency, deadline, deliver_to, note, lines, supplier_ids, created_at, told_deadline)
      select gen_random_uuid(), 'R' || i, '', 'published', 'CNY', at, '', '', '[]', '{}', at, case when i % 10 > 0 then at end
      from (select i, now() - i * interval '1 minute' as at from generate_series(1, 5000) i) n`)
    await owner.query(`insert into sourcing.invitation (request_id, buyer_org, supplier_org, buyer_name, supplier_name, number, title, currency, deadline,
        deliver_to, note, lines, request_state, state, created_at, told_deadline)
      select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '', '', 'R' || i, '', 'CNY', at, '', '', '[]', 'published', 'invited', at,
        case when i % 10 > 0 then at end
      from (select i, now() + i * interval '10 seconds' as at from generate_series(1, 5000) i) n`)
    await owner.query('vacuum analyze sourcing.request')
    await owner.query('vacuum analyze sourcing.invitation')
  } finally {
    await owner.end()
  }
  const now = new Date()
  for (const [index, query] of [
    ['invitation_untold', untoldInvitations],
    ['request_untold', untoldRequests],
  ] as const) {
    const plan = await system.inSystem((tx) => query(tx, now).explain(undefined, sql`costs off`))
    const lines = plan.map((row) => (row as { 'QUERY PLAN': string })['QUERY PLAN']).join('\n')
    assert.match(lines, new RegExp(` ${index}\\b`))
    assert.doesNotMatch(lines, /Seq Scan/)
    assert.equal((await system.inSystem(async (tx): Promise<unknown[]> => query(tx, now).execute())).length, AT_ONCE)
  }
})
