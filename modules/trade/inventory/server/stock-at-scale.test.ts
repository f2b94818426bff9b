import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { opaque } from '#kernel/postgres.ts'
import { decimal, sumOf } from '#values/decimal.ts'
import { readsDuring } from '../../../../tests/table-reads.ts'
import { stockApi } from '../stock-contract.ts'
import { itemQuery, listItems } from './list-items.ts'
import { listStock, stockQuery } from './list-stock.ts'
import { cardIn } from './read-card.ts'
import { moveOf, testHouse, testStock } from './test-stock.ts'

const MATERIALS = 20_000
const LOTS = 3
const LIMIT_MS = 500
const POST_LIMIT_MS = 150

const stock = await testStock({ after })
const house = await testHouse(stock)
const { db } = stock.rooms
const material = stock.material()
/** One that has been moved so often that its account has more rows than most catalogues have materials; nearly all of its lots are used up. */
const busy = stock.material({ control: 'lot' })
const BUSY_LOTS = 100_000
const list = (query: object = {}) => stockApi.stock.query.parse(query)
const items = (query: object = {}) => stockApi.items.query.parse(query)

before(async () => {
  await house.post(moveOf(house, { materialId: material, quantity: '5', from: house.supplier, to: house.bin, unitCost: '1' }))
  const owner = new pg.Client({ connectionString: stock.pools.ownerUrl })
  await owner.connect()
  try {
    // The owner is held by row-level security too; how the rows came is not what is measured.
    for (const table of ['item', 'balance', 'lot', 'availability'])
      await owner.query(`alter table inventory.${table} no force row level security`)
    await owner.query('alter table inventory.lot disable trigger audit_row')
    await owner.query(
      `insert into inventory.item (org_id, material_id, code, name, specification, unit, control, last_in_day, last_out_day)
       select $1::uuid, md5(i::text)::uuid, 'MA-' || lpad(i::text, 6, '0'), (array['轴承', '箱体', '电机', '线束'])[1 + i % 4] || i, 'S' || i % 50, 'H87', 'lot',
         '2026-01-01'::date + i % 300, case when i % 5 = 0 then null else '2026-01-01'::date + i % 320 end from generate_series(1, $2) i`,
      [house.ctx.orgId, MATERIALS],
    )
    await owner.query(
      `insert into inventory.balance (org_id, material_id, location_id, owner_org, lot, serial, quantity, since, may_be_negative)
       select $1::uuid, md5(i::text)::uuid, $2, $1::uuid, 'L' || n, '', i % 7, '2026-01-01'::date + n, false
       from generate_series(1, $3) i, generate_series(1, $4) n`,
      [house.ctx.orgId, house.bin, MATERIALS, LOTS],
    )
    await owner.query(
      `insert into inventory.lot (org_id, material_id, lot, expires, first_day)
       select $1::uuid, md5(i::text)::uuid, 'L' || n, '2026-11-01'::date + (i * n) % 700, '2026-01-01' from generate_series(1, $2) i, generate_series(1, $3) n`,
      [house.ctx.orgId, MATERIALS, LOTS],
    )
    await manyMoves(owner)
    for (const table of ['item', 'balance', 'lot', 'move', 'cost']) await owner.query(`vacuum analyze inventory.${table}`)
  } finally {
    await owner.end()
  }
})

/** Each lot came once, was valued, and is used up but for every five-hundredth. */
async function manyMoves(owner: pg.Client): Promise<void> {
  await house.post(
    moveOf(house, { materialId: busy, quantity: '1', from: house.supplier, to: house.bin, unitCost: '2', lot: 'B-0', day: '2026-01-01' }),
  )
  for (const table of ['move', 'cost']) await owner.query(`alter table inventory.${table} no force row level security`)
  await owner.query('alter table inventory.move disable trigger audit_row')
  const of = [house.ctx.orgId, busy, house.bin, BUSY_LOTS]
  const lots = `generate_series(1, $4::int) i`
  await owner.query(
    `insert into inventory.balance (org_id, material_id, location_id, owner_org, lot, serial, quantity, since, may_be_negative)
     select $1::uuid, $2::uuid, $3::uuid, $1::uuid, 'B-' || i, '', case when i % 500 = 0 then 3 else 0 end, '2026-01-02'::date + i / 400, false from ${lots}`,
    of,
  )
  await owner.query(
    `insert into inventory.lot (org_id, material_id, lot, expires, first_day)
     select $1::uuid, $2::uuid, 'B-' || i, null, '2026-01-02'::date + i / 400 from ${lots} where $3::uuid is not null`,
    of,
  )
  await owner.query(
    `insert into inventory.move (org_id, material_id, quantity, from_id, to_id, owner_org, lot, day, posted_at, unit_cost, reason, source_entity,
       source_id, source_line, actor)
     select $1::uuid, $2::uuid, 3, $5::uuid, $3::uuid, $1::uuid, 'B-' || i, '2026-01-02'::date + i / 400, now(), 2, '', 'test.busy', i::text, '1', '{}'
     from ${lots}`,
    [...of, house.supplier],
  )
  await owner.query(
    `insert into inventory.cost (org_id, move_id, material_id, day, direction, seq, quantity, value, unpriced, quantity_after, value_after)
     select org_id, id, material_id, day, 0, seq, 3, 600, false, 3 * row_number() over (order by seq), 600 * row_number() over (order by seq)
     from inventory.move where org_id = $1 and source_entity = 'test.busy'`,
    [house.ctx.orgId],
  )
  await owner.query(`update inventory.availability set on_hand = on_hand + 3 * ($3::int / 500) where org_id = $1 and material_id = $2`, [
    house.ctx.orgId,
    busy,
    BUSY_LOTS,
  ])
}

/** The fastest of three: other work on the machine is not what is measured. */
async function fastestMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < 3; i++) {
    const start = performance.now()
    await work()
    times.push(performance.now() - start)
  }
  return Math.min(...times)
}

for (const [name, work] of Object.entries({
  'by place, first page': () => listStock(stock.rooms, house.ctx, list()),
  'by place, part of a word': () => listStock(stock.rooms, house.ctx, list({ search: '轴承1999' })),
  'by material, first page': () => listItems(db, house.ctx, items()),
  'by material, part of a word': () => listItems(db, house.ctx, items({ search: '电机 1998' })),
}))
  test(`${(MATERIALS * LOTS).toLocaleString('en')} balances: ${name} within ${LIMIT_MS} ms`, async (t) => {
    const ms = await fastestMs(work)
    t.diagnostic(`${ms.toFixed(0)} ms`)
    assert.ok(ms < LIMIT_MS, `${ms.toFixed(0)} ms`)
  })

test(`among them a move is posted within ${POST_LIMIT_MS} ms`, async (t) => {
  const ms = await fastestMs(() => house.post(moveOf(house, { materialId: material, quantity: '1', from: house.bin, to: house.warehouse })))
  t.diagnostic(`${ms.toFixed(0)} ms`)
  assert.ok(ms < POST_LIMIT_MS, `${ms.toFixed(0)} ms`)
})

/** The big ones: what is small is read whole, and rightly so. */
const BIG = ['balance', 'item', 'lot', 'move', 'cost']

test(`a move with a lot is posted into an account of ${BUSY_LOTS.toLocaleString('en')} rows by indexes alone, and reads a few rows`, async () => {
  const posted = (change: Partial<Parameters<typeof moveOf>[1]>) =>
    db.inTenant(house.ctx, async (tx) => {
      const move = { materialId: busy, quantity: '1', from: house.bin, to: house.production, lot: 'B-500', ...change }
      return readsDuring(tx, 'inventory', () => stock.stock.post(opaque(tx), house.ctx, [moveOf(house, move)]))
    })
  for (const [name, reads] of Object.entries({
    out: await posted({}),
    'within the warehouse': await posted({ to: house.warehouse }),
    'a new lot': await posted({ from: house.supplier, to: house.bin, lot: 'NEW-1', unitCost: '2' }),
  }))
    for (const table of BIG) {
      const { sequentialScans = 0, rows = 0 } = reads.get(table) ?? {}
      assert.deepEqual([name, table, sequentialScans], [name, table, 0])
      assert.ok(rows < 100, `${name}: ${rows} rows of ${table}`)
    }
})

test('what is sent of it is picked from the lots that are left, not from all that ever were', async () => {
  const document = { entity: 'test.notice', id: '1', reason: '' }
  const wanted = [{ line: '1', materialId: busy, quantity: decimal('7'), lot: null, serial: null }]
  const reads = await db.inTenant(house.ctx, (tx) =>
    readsDuring(tx, 'inventory', async () => {
      const sent = await stock.stock.send(opaque(tx), house.ctx, document, wanted)
      assert.equal(sumOf(sent.map((part) => part.quantity)), decimal('7'))
    }),
  )
  const left = BUSY_LOTS / 500
  for (const table of BIG) {
    const { sequentialScans = 0, rows = 0 } = reads.get(table) ?? {}
    assert.deepEqual([table, sequentialScans], [table, 0])
    assert.ok(rows < 3 * left + 200, `${rows} rows of ${table}`)
  }
})

test('its stock card is read page by page, back from the newest move: none of the pages reads its whole history', async () => {
  const pageOf = (after?: string, locationId?: typeof house.warehouse) =>
    db.inTenant(house.ctx, async (tx) => {
      // Here one organisation owns everything; on a platform of many a whole read is never right.
      await sql`set local enable_seqscan = off`.execute(tx.sql)
      let page: Awaited<ReturnType<typeof cardIn>> | undefined
      const asked = stockApi.card.query.parse({ from: '2026-01-01', until: '2026-11-20', limit: 50, after, locationId })
      const reads = await readsDuring(tx, 'inventory', async () => {
        page = await cardIn(stock.rooms, tx, house.ctx, busy, asked)
      })
      assert.ok(page)
      return { page, reads }
    })
  for (const place of [undefined, house.warehouse]) {
    const first = await pageOf(undefined, place)
    assert.deepEqual([first.page.sums?.opening, first.page.sums?.totalCapped, first.page.items.length], [null, true, 50])
    const second = await pageOf(first.page.next ?? '', place)
    const [last, next] = [first.page.items.at(-1), second.page.items[0]]
    assert.ok(last && next)
    assert.equal(decimal(last.balance) - decimal(last.in ?? '0') + decimal(last.out ?? '0'), decimal(next.balance))
    for (const [name, { reads }, most] of [
      ['first', first, 12_000],
      ['second', second, 400],
    ] as const)
      for (const table of BIG) {
        const { sequentialScans = 0, rows = 0 } = reads.get(table) ?? {}
        assert.deepEqual([name, table, sequentialScans], [name, table, 0])
        assert.ok(rows < most, `${name} page: ${rows} rows of ${table}`)
      }
  }
})

test('the lists are read in the order of an index led by the organisation', async () => {
  const plans = await db.inTenant(house.ctx, async (tx) => {
    // Here one organisation owns everything; on a platform of many a whole read is never right.
    await sql`set local enable_seqscan = off`.execute(tx.sql)
    const explain = async (query: { explain(format: undefined, option: ReturnType<typeof sql>): Promise<unknown[]> }) =>
      ((await query.explain(undefined, sql`costs off`)) as { 'QUERY PLAN': string }[]).map((line) => line['QUERY PLAN']).join('\n')
    return [
      await explain(stockQuery(tx, list(), '2026-11-20').orderBy('i.code').orderBy('b.id').limit(51)),
      await explain(itemQuery(tx, items(), '2026-11-20').orderBy('i.code').orderBy('i.material_id').limit(51)),
    ]
  })
  for (const plan of plans) {
    assert.match(plan, /Index Scan using item_by_code on item i/)
    assert.doesNotMatch(plan, /Seq Scan on (balance|item|move|cost) /)
  }
})
