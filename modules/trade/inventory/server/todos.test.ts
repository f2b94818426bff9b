import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Compilable, sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { testContext } from '../../../../tests/context.ts'
import { agreeConsigned } from './consigned.ts'
import { moveOf, testHouse, testStock } from './test-stock.ts'
import { belowMinimum, expiringLots, inventoryTodos } from './todos.ts'

const stock = await testStock({ after })
const { db } = stock.rooms
const todo = (ctx: Context, name: string, limit = 50) =>
  db.inTenant(ctx, async (tx) => {
    const kind = inventoryTodos.find((one) => one.name === name)
    assert.ok(kind)
    return kind.list(ctx, opaque(tx), limit)
  })

test('lots that lie here and expire soon are work, the first to expire first; used up, far off or long gone they are not', async () => {
  const at = await testHouse(stock)
  const material = stock.material({ code: 'GLUE-1', name: '结构胶', control: 'lot' })
  const comes = (lot: string, expires: string, way = { from: at.supplier, to: at.bin }) =>
    moveOf(at, { materialId: material, quantity: '3', lot, expires, ...way, unitCost: '1' })
  await at.post(comes('SOON', '2026-12-20'), comes('PAST', '2026-11-01'), comes('LATE', '2026-12-21'), comes('OLD', '2026-08-21'))
  await at.post(comes('USED', '2026-11-25'), comes('USED', '2026-11-25', { from: at.bin, to: at.production }))
  const { total, items } = await todo(at.ctx, 'expiring')
  assert.deepEqual(
    [total, items.map((item) => [item.label, item.due])],
    [
      2,
      [
        ['GLUE-1 结构胶 · PAST', '2026-11-01'],
        ['GLUE-1 结构胶 · SOON', '2026-12-20'],
      ],
    ],
  )
  assert.equal(items[0]?.path, `/inventory/items/${material}`)
  const one = await todo(at.ctx, 'expiring', 1)
  assert.deepEqual([one.total, one.items.length], [2, 1])
  assert.equal((await todo(testContext({ now: at.ctx.now }), 'expiring')).total, 0)
})

test('consigned goods below their minimum are work of both sides, each on its own list', async () => {
  const at = await testHouse(stock)
  const [supplier, other] = [testContext(), testContext()]
  const agree = (owner: Context, code: string, min: string | null) =>
    agreeConsigned(stock.rooms, at.ctx, { supplierId: owner.orgId, materialId: stock.material({ code, name: '轴承' }), min, max: '100' })
  await agree(supplier, 'CS-2', '10')
  await agree(supplier, 'CS-1', '10')
  await agree(supplier, 'CS-3', null)
  await agree(other, 'CS-4', '1')
  const labels = async (ctx: Context, name: string) => (await todo(ctx, name)).items.map((item) => item.label)
  assert.deepEqual(await labels(at.ctx, 'consignedBelow'), ['CS-1 · 轴承', 'CS-2 · 轴承', 'CS-4 · 轴承'])
  assert.deepEqual(await labels(supplier, 'refill'), ['CS-1 · 轴承', 'CS-2 · 轴承'])
  assert.deepEqual(await labels(supplier, 'consignedBelow'), [])
  const [first] = (await todo(supplier, 'refill')).items
  assert.equal(first?.path, '/inventory/consigned?side=supplier&level=below&search=CS-1')
})

test('what every page asks for is read by indexes led by the organisation', async () => {
  const plans = await db.inTenant(testContext(), async (tx) => {
    // A table of a few rows is read whole, and rightly so; here many organisations share it.
    await sql`set local enable_seqscan = off`.execute(tx.sql)
    const plan = async (query: Compilable & { explain(format: 'text'): Promise<Record<string, unknown>[]> }) =>
      (await query.explain('text')).map((line) => line['QUERY PLAN']).join('\n')
    return [
      await plan(expiringLots(tx, '2026-11-20').select('t.lot').orderBy('t.expires').limit(50)),
      await plan(belowMinimum(tx, 'buyer').select('id').orderBy('code').orderBy('id').limit(50)),
      await plan(belowMinimum(tx, 'supplier').select('id').orderBy('code').orderBy('id').limit(50)),
    ]
  })
  const [lots, ofBuyer, ofSupplier] = plans as [string, string, string]
  assert.match(lots, /lot_by_expiry/)
  assert.match(ofBuyer, /consignment_below_of_buyer/)
  assert.match(ofSupplier, /consignment_below_of_supplier/)
  for (const plan of plans) assert.doesNotMatch(plan, /Seq Scan/)
})
