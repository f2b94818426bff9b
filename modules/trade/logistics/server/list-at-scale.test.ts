import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { moduleDatabase } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import { testContext } from '../../../../tests/context.ts'
import { testPools } from '../../../../tests/pools.ts'
import { shipmentPage, shipmentQuery } from './shipment-store.ts'
import type { LogisticsDatabase } from './tables.ts'

const SHIPMENTS = 100_000
const { app, ownerUrl } = await testPools({ after })
const db = moduleDatabase(app, () => Promise.reject(new Error('no grants'))) as LogisticsDatabase
const [buyer, other] = [testContext(), testContext({ orgId: uuidv7() as OrgId })]
const list = { side: 'buyer' as const, sort: '-createdAt', limit: 50 }

before(async () => {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  // The owner is held by row-level security too; the audit of so many rows is not what is measured.
  await owner.query('alter table logistics.shipment no force row level security; alter table logistics.shipment disable trigger audit_row')
  await owner.query(
    `insert into logistics.shipment (buyer_org, supplier_org, buyer_name, supplier_name, number, state, deliver_to, carrier, vehicle, driver_name,
       driver_phone, note, departure_kind, departure_at, arrival_kind, arrival_at, line_count, pack_count, search_text, created_at, issued_at)
     select case when i % 5 = 0 then $2::uuid else $1::uuid end, gen_random_uuid(), '整车厂', '供应商' || i % 200, 'SN-' || i, 'received', '一号库', '', '', '',
       '', '', 'estimated', now(), 'estimated', now() + interval '1 hour', 1, 1, 'sn-' || i || ' 供应商' || i % 200 || ' hs-01 左箱体', now() - i * interval '1 minute', now()
     from generate_series(1, $3::int) i`,
    [buyer.orgId, other.orgId, SHIPMENTS],
  )
  await owner.query('alter table logistics.shipment force row level security')
  await owner.query('analyze logistics.shipment')
  await owner.end()
})

test('the first page of 80,000 shipments is read from the buyer’s own index, without a sort', async () => {
  const plan = await db.inTenant(buyer, async (tx) => {
    const { query } = shipmentQuery(tx, list)
    const page = query.orderBy(sql`s.created_at desc, s.id desc`).limit(51).compile()
    const bound = page.parameters.reduce<string>(
      (text, value, i) => text.replaceAll(`$${i + 1}`, pg.escapeLiteral(String(value))),
      page.sql,
    )
    const { rows } = await sql.raw<{ 'QUERY PLAN': string }>(`explain ${bound}`).execute(tx.sql)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  })
  assert.match(plan, /shipment_by_buyer/)
  assert.doesNotMatch(plan, /Seq Scan|Sort/)
})

test('pages go on where the last ended, a search finds one among all, and nobody else’s are counted', async () => {
  const first = await db.inTenant(buyer, (tx) => shipmentPage(tx, list))
  assert.deepEqual([first.items.length, first.totalCapped], [50, true])
  const second = await db.inTenant(buyer, (tx) => shipmentPage(tx, { ...list, cursor: first.nextCursor ?? '' }))
  assert.equal(new Set([...first.items, ...second.items].map((shipment) => shipment.id)).size, 100)
  const found = await db.inTenant(buyer, (tx) => shipmentPage(tx, { ...list, search: 'SN-99999' }))
  assert.deepEqual(
    found.items.map((shipment) => shipment.number),
    ['SN-99999'],
  )
  assert.equal((await db.inTenant(testContext(), (tx) => shipmentPage(tx, list))).total, 0)
})
