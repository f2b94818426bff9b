import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Expression, sql } from 'kysely'
import pg from 'pg'
import { opaque, systemDatabase } from '#kernel/postgres.ts'
import { LOOKED_THROUGH } from '#kernel/searches.ts'
import { testContext } from '../../../../tests/context.ts'
import { readsDuring } from '../../../../tests/table-reads.ts'
import { expediteApi } from '../expedite-contract.ts'
import { expeditePage, expediteQuery } from './expedite-store.ts'
import { filtered, type OrderFilter, orders } from './list-orders.ts'
import { dueLines } from './open-deliveries.ts'
import { orderSearches } from './searches.ts'
import type { OrdersTables } from './tables.ts'
import { AT_ONCE, untoldAnswers, untoldDeliveries } from './tell-due.ts'
import { testRooms } from './test-rooms.ts'

/** Of each side's; six times as many are other organisations'. */
const ORDERS = 1_500
const { rooms, pools, buyer, supplier, actors } = await testRooms({ after })
const busy = testContext()

before(async () => {
  const owner = new pg.Client({ connectionString: pools.ownerUrl })
  await owner.connect()
  try {
    // The owner is held by row-level security too; the audit of what is made up here is not what is measured.
    for (const table of ['order', 'line', 'schedule_line', 'expedite'])
      await owner.query(`alter table orders.${table} no force row level security, disable trigger user`)
    await owner.query(
      `insert into orders.order (number, buyer_org, supplier_org, buyer_name, supplier_name, state, turn, response_hours, respond_by, last_revision,
         agreed_revision, open_revision, currency, deliver_to, payment_terms, over_tolerance, under_tolerance, grace_days, net_amount, tax_amount,
         line_count, next_day, created_at, proposed_at)
       select 'PO-' || i || '-' || side, case when side = 1 then $1::uuid else uuidv7() end, case when side = 2 then $2::uuid else uuidv7() end, '买方', '供方' || i,
         case when i % 5 = 0 then 'proposed' else 'agreed' end, turn, 48, case when turn is not null then now() end, 1,
         case when i % 5 > 0 then 1 end, case when turn is not null then 1 end, 'CNY', '', '', 0, 0, 0, 1, 1, 1,
         case when i % 5 > 0 then date '2026-12-01' + i % 60 end, now() - i * interval '1 minute', now()
       from generate_series(1, $3) i cross join generate_series(1, 8) side
         cross join lateral (select case when i % 10 = 0 then 'buyer' when i % 5 = 0 then 'supplier' end as turn) t`,
      [buyer, supplier, ORDERS],
    )
    await owner.query(
      `insert into orders.line (order_id, line_no, buyer_org, supplier_org, material_id, material_code, material_name, specification, unit, unit_factor,
         quantity, net_price, tax_rate, net_amount, tax_amount)
       select id, 1, buyer_org, supplier_org, uuidv7(), 'M', '箱体', '', 'H87', 1, 1, 1, 0, 1, 0 from orders.order`,
    )
    await owner.query(
      `insert into orders.schedule_line (order_id, line_id, line_no, schedule_no, buyer_org, supplier_org, state, due_quantity, due_day, agreed_quantity, agreed_day, most, least)
       select o.id, l.id, 1, 1, o.buyer_org, o.supplier_org, o.state, 1, coalesce(o.next_day, '2027-01-01'), 1, coalesce(o.next_day, '2027-01-01'), 1, 1
       from orders.order o join orders.line l on l.order_id = o.id`,
    )
    // One request for each delivery that is agreed, one in twenty not answered yet.
    await owner.query(
      `insert into orders.expedite (order_id, schedule_line_id, buyer_org, supplier_org, wanted_day, reason, asked_by, asked_at, state, promised_day, answered_at)
       select order_id, id, buyer_org, supplier_org, due_day - 3, '', '', now() - n * interval '1 minute', case when n % 20 = 0 then 'asked' else 'promised' end,
         case when n % 20 > 0 then due_day end, case when n % 20 > 0 then now() end
       from (select *, row_number() over (order by id) as n from orders.schedule_line where state = 'agreed') s`,
    )
    await owner.query(
      `insert into orders.order (number, buyer_org, supplier_org, buyer_name, supplier_name, state, response_hours, last_revision, currency, deliver_to,
         payment_terms, over_tolerance, under_tolerance, grace_days, net_amount, tax_amount, line_count, created_at)
       select 'QO-' || i, $1::uuid, uuidv7(), '买方', case when i > 0 then '新供方' else '老供方' end, 'draft', 48, 1, 'CNY', '', '', 0, 0, 0, 1, 1, 1,
         now() + i * interval '1 second'
       from generate_series(-1, $2) i`,
      [busy.orgId, LOOKED_THROUGH],
    )
    for (const table of ['order', 'line', 'schedule_line', 'expedite']) await owner.query(`vacuum analyze orders.${table}`)
  } finally {
    await owner.end()
  }
})

type Ctx = typeof actors.buyer
interface Explained {
  explain(format: undefined, options: Expression<unknown>): Promise<unknown>
}
const explained = (ctx: Ctx, plan: (tx: Parameters<typeof filtered>[0]) => Explained) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const lines = (await plan(tx).explain(undefined, sql`costs off`)) as { 'QUERY PLAN': string }[]
    return lines.map((line) => line['QUERY PLAN']).join('\n')
  })
const listPlan = (ctx: Ctx, filter: Omit<OrderFilter, 'limit'>) =>
  explained(ctx, (tx) => {
    const { by } = orders.sorts[filter.sort.replace('-', '') as keyof typeof orders.sorts]
    const direction = sql.raw(filter.sort.startsWith('-') ? 'desc' : 'asc')
    return filtered(tx, ctx, { ...filter, limit: 50 })
      .orderBy(sql`${sql.raw(by)} ${direction}, o.id ${direction}`)
      .limit(51)
  })

const plans: [string, Ctx, Omit<OrderFilter, 'limit'>, string][] = [
  ['the buyer’s, newest first', actors.buyer, { side: 'buyer', sort: '-createdAt' }, 'order_of_buyer'],
  ['the supplier’s, newest first', actors.supplier, { side: 'supplier', sort: '-createdAt' }, 'order_of_supplier'],
  ['waiting for the buyer', actors.buyer, { side: 'buyer', sort: 'respondBy', waitsFor: 'me' }, 'order_waits_for_buyer'],
  ['waiting for the supplier', actors.supplier, { side: 'supplier', sort: 'respondBy', waitsFor: 'me' }, 'order_waits_for_supplier'],
  ['talked over', actors.buyer, { side: 'buyer', sort: 'respondBy', waitsFor: 'any' }, 'order_talked_of_buyer'],
  ['agreed, by day', actors.buyer, { side: 'buyer', sort: 'nextDay', state: 'agreed' }, 'order_due_to_buyer'],
  ['the supplier’s agreed, by day', actors.supplier, { side: 'supplier', sort: 'nextDay', state: 'agreed' }, 'order_due_of_supplier'],
]
for (const [name, ctx, filter, index] of plans)
  test(`${name}: read from the index of its side`, async () => {
    const plan = await listPlan(ctx, filter)
    assert.match(plan, new RegExp(`Index (Only )?Scan (Backward )?using ${index} `))
    assert.doesNotMatch(plan, /Seq Scan/)
  })

for (const [side, ctx] of [
  ['buyer', actors.buyer],
  ['supplier', actors.supplier],
] as const)
  for (const reason of [undefined, 'overdue', 'dueSoon'] as const)
    test(`open lines of the ${side}, ${reason ?? 'all'}: read from the index of its side`, async () => {
      const plan = await explained(ctx, (tx) => dueLines(tx, ctx, { side, reason }).orderBy('s.due_day').orderBy('s.id').limit(51))
      assert.match(plan, new RegExp(`Index (Only )?Scan using schedule_line_of_${side} `))
      assert.doesNotMatch(plan, /Seq Scan/)
    })

const expedites = (side: 'buyer' | 'supplier', query: object = {}) => expediteApi.list.query.parse({ side, limit: 50, ...query })
for (const [side, ctx] of [
  ['buyer', actors.buyer],
  ['supplier', actors.supplier],
] as const) {
  test(`requests to expedite of the ${side}, newest first: read in the order of the index of its side`, async () => {
    const plan = await explained(ctx, (tx) =>
      expediteQuery(tx, expedites(side)).orderBy('asked_at', 'desc').orderBy('id', 'desc').limit(51),
    )
    assert.match(plan, new RegExp(`Index Scan using expedite_of_${side} `))
    assert.doesNotMatch(plan, /Seq Scan|Sort/)
  })
  for (const state of ['asked', undefined] as const)
    test(`a page of the requests of the ${side}, ${state ?? 'all'}: reads its own side's alone`, async () => {
      const reads = await rooms.db.inTenant(ctx, (tx) =>
        readsDuring(tx, 'orders', async () => {
          const { items } = await expeditePage(tx, ctx, expedites(side, { state }))
          assert.ok(items.length > 30)
        }),
      )
      const { sequentialScans, rows } = reads.get('expedite') ?? { sequentialScans: 1, rows: 0 }
      assert.equal(sequentialScans, 0)
      // Counting takes each of the side's once; of other organisations there are six times as many.
      assert.ok(rows < ORDERS + 200, `${rows} rows`)
    })
}

const inSystem = systemDatabase<OrdersTables>(pools.system).inSystem
const later = new Date('2027-01-15T02:00:00Z')
const untold = {
  order_answer_untold: (tx: Parameters<typeof untoldAnswers>[0]) => untoldAnswers(tx, later),
  schedule_line_soon_untold: (tx: Parameters<typeof untoldAnswers>[0]) => untoldDeliveries(tx, 'dueSoon', later),
  schedule_line_overdue_untold: (tx: Parameters<typeof untoldAnswers>[0]) => untoldDeliveries(tx, 'overdue', later),
}
for (const [index, query] of Object.entries(untold))
  test(`days that nobody was told of: so many at once, found by ${index}`, async () => {
    const plan = await inSystem((tx) => query(tx).explain(undefined, sql`costs off`))
    const lines = plan.map((line) => (line as { 'QUERY PLAN': string })['QUERY PLAN']).join('\n')
    assert.match(lines, new RegExp(` ${index}\\b`))
    assert.doesNotMatch(lines, /Seq Scan/)
    assert.equal((await inSystem((tx) => query(tx).execute())).length, AT_ONCE)
  })

const find = (ctx: Ctx, text: string) =>
  rooms.db.inTenant(ctx, (tx) => orderSearches[0]?.find(ctx, opaque(tx), text, 5) ?? Promise.resolve([]))
test('the search box finds what the organisation is party to, of either side, and nothing of others', async () => {
  assert.deepEqual(
    (await find(actors.buyer, 'po-1234-')).map(({ label }) => label),
    ['PO-1234-1 · 供方1234'],
  )
  assert.deepEqual(
    (await find(actors.supplier, 'PO-1234-')).map(({ label }) => label),
    ['PO-1234-2 · 买方'],
  )
  assert.equal((await find(actors.buyer, '供方 po-')).length, 5)
  assert.deepEqual(await find(actors.buyer, "%' or 1=1 --"), [])
})

test('the search box finds what stands behind more than it looks through, the number itself first, else the newest', async () => {
  const numbers = async (text: string) => (await find(busy, text)).map(({ label }) => label.split(' ')[0])
  assert.deepEqual(await numbers('老供方'), ['QO-0', 'QO--1'])
  assert.deepEqual((await numbers('qo-77')).slice(0, 2), ['QO-77', 'QO-7799'])
  assert.deepEqual((await numbers('新供方')).slice(0, 2), [`QO-${LOOKED_THROUGH}`, `QO-${LOOKED_THROUGH - 1}`])
  assert.deepEqual(await numbers('5'), ['QO-19995', 'QO-19985', 'QO-19975', 'QO-19965', 'QO-19959'])
})
