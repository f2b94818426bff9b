import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { opaque } from '#kernel/postgres.ts'
import { readsDuring } from '../../../../tests/table-reads.ts'
import { agreementTodos } from './agreements/agreement-news.ts'
import { agreementPage } from './agreements/agreement-store.ts'
import { invitationPage, requestPage } from './request-store.ts'
import type { SourcingTx } from './tables.ts'
import { testRooms } from './test-rooms.ts'

const ROWS = 20_000
/** Counted up to, once for the total; and what a page reads beside it. */
const MOST_READ = 2 * 10_001 + 200

const { rooms, pools, as, buyer, first } = await testRooms({ after })

before(async () => {
  const owner = new pg.Client({ connectionString: Object.assign(new URL(pools.ownerUrl), { username: 'postgres' }).href })
  await owner.connect()
  // How the rows came is not what is measured: no triggers, no foreign keys. A fifth is of other buyers, a third of other suppliers.
  await owner.query('set session_replication_role = replica')
  const rows = `(select i, case when i % 5 = 0 then gen_random_uuid() else '${buyer}'::uuid end as b,
    case when i % 3 = 0 then gen_random_uuid() else '${first}'::uuid end as s, now() - i * interval '1 minute' as at from generate_series(1, ${ROWS}) i) n`
  await owner.query(`insert into sourcing.request (org_id, number, title, state, currency, deadline, deliver_to, note, lines, supplier_ids, created_at)
    select b, 'RFQ-' || i, '箱体', 'awarded', 'CNY', at + interval '5 days', 'x', '', '[]', '{}', at from ${rows}`)
  await owner.query(`insert into sourcing.invitation (request_id, buyer_org, supplier_org, buyer_name, supplier_name, number, title, currency, deadline,
      deliver_to, note, lines, request_state, state, created_at)
    select gen_random_uuid(), b, s, '白泽摩托', '应龙压铸', 'RFQ-' || i, '箱体', 'CNY', at + interval '5 days', 'x', '', '[]', 'awarded', 'quoted', at from ${rows}`)
  await owner.query(`insert into sourcing.agreement (number, kind, buyer_org, supplier_org, buyer_name, supplier_name, state, title, currency, valid_from,
      valid_until, line_count, last_revision, agreed_revision, open_revision, created_at)
    select 'SA-' || i, 'scheduling', b, s, '白泽摩托', '应龙压铸', case when i % 400 = 0 then 'amending' else 'inForce' end, '箱体', 'CNY', '2026-01-01',
      '2099-12-31', 1, 1, 1, case when i % 400 = 0 then 2 end, at from ${rows}`)
  for (const table of ['request', 'invitation', 'agreement']) await owner.query(`vacuum analyze sourcing.${table}`)
  await owner.end()
})

const list = (sort = '-createdAt') => ({ sort, limit: 50 })
const now = new Date()
const pages: Record<string, { table: string; orgId: typeof buyer; page: (tx: SourcingTx) => Promise<{ items: unknown[] }> }> = {
  requests: { table: 'request', orgId: buyer, page: (tx) => requestPage(tx, list(), now, (row) => row.id) },
  'requests by deadline': { table: 'request', orgId: buyer, page: (tx) => requestPage(tx, list('deadline'), now, (row) => row.id) },
  invitations: { table: 'invitation', orgId: first, page: (tx) => invitationPage(tx, list(), (row) => row.id) },
  'invitations by deadline': { table: 'invitation', orgId: first, page: (tx) => invitationPage(tx, list('deadline'), (row) => row.id) },
  'agreements of a buyer': {
    table: 'agreement',
    orgId: buyer,
    page: (tx) => agreementPage(tx, { ...list(), side: 'buyer' }, '2026-12-01', (row) => row.id),
  },
  'agreements of a supplier': {
    table: 'agreement',
    orgId: first,
    page: (tx) => agreementPage(tx, { ...list(), side: 'supplier', phase: 'inForce' }, '2026-12-01', (row) => row.id),
  },
}
for (const [name, { table, orgId, page }] of Object.entries(pages))
  test(`${ROWS.toLocaleString('en')} rows: the first page of ${name} reads no more than is counted`, async (t) => {
    const reads = await rooms.db.inTenant(as(orgId), (tx) =>
      readsDuring(tx, 'sourcing', async () => assert.equal((await page(tx)).items.length, 50)),
    )
    const { rows = 0 } = reads.get(table) ?? {}
    t.diagnostic(`${rows} rows`)
    assert.ok(rows > 0 && rows < MOST_READ, `${rows} rows`)
  })

test('what waits for a signature is read of the open ones alone', async (t) => {
  const ctx = as(first)
  const reads = await rooms.db.inTenant(ctx, (tx) =>
    readsDuring(tx, 'sourcing', async () => assert.equal((await agreementTodos[0]?.list(ctx, opaque(tx), 5))?.items.length, 5)),
  )
  const { sequentialScans = 0, rows = 0 } = reads.get('agreement') ?? {}
  t.diagnostic(`${rows} rows`)
  assert.deepEqual([sequentialScans, rows > 0 && rows < 400], [0, true])
})
