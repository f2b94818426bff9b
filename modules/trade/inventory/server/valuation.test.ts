import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { opaque } from '#kernel/postgres.ts'
import { decimal, divideRounded, writeDecimal } from '#values/decimal.ts'
import type { ValuationMethod } from '../contract.ts'
import { changeSetting } from './change-setting.ts'
import { failsWith, moveOf, type TestHouse, testHouse, testStock } from './test-stock.ts'
import { verifyStock } from './verify-stock.ts'

const stock = await testStock({ after })
const { db } = stock.rooms
const MICRO = 1_000_000n

interface Posted {
  day: number
  out: boolean
  quantity: bigint
  price: bigint | null
}

/** From the first move on, in the plainest way: one list of parcels, looked through from its beginning for each move. */
function fromScratch(method: ValuationMethod, moves: readonly Posted[]): { value: bigint; quantityAfter: bigint; valueAfter: bigint }[] {
  let parcels: { quantity: bigint; value: bigint }[] = []
  let last: { quantity: bigint; value: bigint } | undefined
  const total = () =>
    parcels.reduce((a, b) => ({ quantity: a.quantity + b.quantity, value: a.value + b.value }), { quantity: 0n, value: 0n })
  return moves.map((move) => {
    let value = 0n
    if (!move.out) {
      const now = total()
      const basis = now.quantity > 0n ? now : last
      if (move.price !== null) value = divideRounded(move.price * move.quantity * 100n, MICRO * MICRO)
      else if (basis) value = divideRounded(basis.value * move.quantity, basis.quantity)
      last = { quantity: move.quantity, value }
      parcels.push({ quantity: move.quantity, value })
    } else {
      if (method === 'average') parcels = [total()]
      let wanted = move.quantity
      for (const parcel of parcels) {
        const whole = wanted >= parcel.quantity
        const taken = whole ? parcel.quantity : wanted
        const part = whole ? parcel.value : divideRounded(parcel.value * taken, parcel.quantity)
        parcel.quantity -= taken
        parcel.value -= part
        wanted -= taken
        value += part
      }
      parcels = parcels.filter((parcel) => parcel.quantity > 0n)
    }
    const { quantity: quantityAfter, value: valueAfter } = total()
    return { value, quantityAfter, valueAfter }
  })
}

const drawn = fc.array(
  fc.record({
    day: fc.integer({ min: 1, max: 6 }),
    out: fc.boolean(),
    quantity: fc.bigInt({ min: 1n, max: 9_000_000n }),
    price: fc.option(fc.bigInt({ min: 0n, max: 30_000_000n }), { freq: 5 }),
  }),
  { minLength: 3, maxLength: 12 },
)

const day = (n: number) => `2026-11-0${n}`
const costsOf = (house: TestHouse) =>
  db.inTenant(house.ctx, (tx) =>
    tx.sql
      .selectFrom('inventory.cost')
      .select((eb) => ['day', 'direction', 'seq', 'quantity', 'value', 'quantity_after', 'value_after', eb.ref('move_id').as('id')])
      .where('org_id', '=', tx.orgId)
      .orderBy('day')
      .orderBy('direction')
      .orderBy('seq')
      .execute(),
  )

for (const method of ['fifo', 'average'] as const)
  test(`${method}: whatever the order of entering, values are those of a reckoning from scratch, to the cent`, async () => {
    await fc.assert(
      fc.asyncProperty(drawn, async (moves) => {
        const house = await testHouse(stock)
        await changeSetting(db, house.ctx, { version: 1, method, closedUntil: null })
        const materialId = stock.material()
        const kept: Posted[] = []
        for (const move of moves) {
          const posted = await house
            .post(
              moveOf(house, {
                materialId,
                quantity: writeDecimal(move.quantity),
                day: day(move.day),
                from: move.out ? house.warehouse : house.supplier,
                to: move.out ? house.production : house.warehouse,
                unitCost: move.out || move.price === null ? null : writeDecimal(move.price),
              }),
            )
            .then(() => true)
            .catch((error: { code?: string }) => {
              if (!/^inventory\.notEnough/.test(error.code ?? '')) throw error
              return false
            })
          if (posted) kept.push(move)
        }
        // A stable sort: what was entered first comes first among its like.
        const inOrder = kept.toSorted((a, b) => a.day - b.day || Number(a.out) - Number(b.out))
        const expected = fromScratch(method, inOrder)
        const stored = (await costsOf(house)).map((row) => ({
          value: BigInt(row.value),
          quantityAfter: decimal(row.quantity_after),
          valueAfter: BigInt(row.value_after),
        }))
        assert.deepEqual(stored, expected)
        const net = inOrder.reduce((sum, move, i) => sum + (move.out ? -1n : 1n) * (expected[i]?.value ?? 0n), 0n)
        assert.equal(net, expected.at(-1)?.valueAfter ?? 0n, 'nothing is lost')
        assert.deepEqual((await db.inTenant(house.ctx, verifyStock)).problems, [])
      }),
      { numRuns: 8 },
    )
  })

test('first in, first out over three prices and a remainder: the figures of the textbook', async () => {
  const house = await testHouse(stock)
  await changeSetting(db, house.ctx, { version: 1, method: 'fifo', closedUntil: null })
  const materialId = stock.material()
  const into = (quantity: string, unitCost: string, n: number) =>
    moveOf(house, { materialId, quantity, unitCost, day: day(n), from: house.supplier, to: house.warehouse })
  const out = (quantity: string, n: number) =>
    moveOf(house, { materialId, quantity, day: day(n), from: house.warehouse, to: house.production })
  await house.post(into('3', '3.333333', 1), into('100', '2', 2), into('10', '5', 4))
  await house.post(out('1', 3), out('2', 3), out('105', 5))
  assert.deepEqual(
    (await costsOf(house)).map((row) => [row.direction, Number(row.quantity), row.value, row.value_after]),
    [
      [0, 3, 1000, 1000],
      [0, 100, 20_000, 21_000],
      [1, 1, 333, 20_667],
      [1, 2, 667, 20_000],
      [0, 10, 5000, 25_000],
      [1, 105, 22_500, 2500],
    ],
  )
})

test('a move entered late leaves every value before it untouched', async () => {
  const house = await testHouse(stock)
  await changeSetting(db, house.ctx, { version: 1, method: 'fifo', closedUntil: null })
  const materialId = stock.material()
  const goes = (n: number, quantity: string, out: boolean, unitCost: string | null = null) =>
    moveOf(house, {
      materialId,
      quantity,
      unitCost,
      day: day(n),
      from: out ? house.warehouse : house.supplier,
      to: out ? house.production : house.warehouse,
    })
  for (let n = 1; n <= 6; n++) await house.post(goes(n, '10', false, `${n}`), goes(n, '4', true))
  const written = () =>
    db.inTenant(house.ctx, async (tx) => {
      const rows = await tx.sql
        .selectFrom('inventory.cost')
        .select((eb) => ['day', eb.ref('xmin' as never).as('xmin')])
        .where('org_id', '=', tx.orgId)
        .orderBy('day')
        .execute()
      return rows.map((row) => [row.day, String(row.xmin)] as const)
    })
  const before = await written()
  await house.post(goes(4, '1', false, '9'))
  const after = await written()
  const until = (rows: typeof before, last: string) => rows.filter(([on]) => on < last)
  assert.deepEqual(until(after, day(4)), until(before, day(4)))
  assert.notDeepEqual(after.slice(-2), before.slice(-2))
})

test('goods of a supplier have no cost here, a transfer changes none, and what is found by a count costs what the stock costs', async () => {
  const house = await testHouse(stock)
  const materialId = stock.material()
  const owner = (await testHouse(stock)).ctx.orgId
  await house.post(moveOf(house, { materialId, quantity: '5', from: house.supplier, to: house.warehouse, owner, unitCost: '1' }))
  assert.equal((await costsOf(house)).length, 0)
  await house.post(moveOf(house, { materialId, quantity: '4', from: house.supplier, to: house.warehouse, unitCost: '2.5' }))
  await house.post(moveOf(house, { materialId, quantity: '4', from: house.warehouse, to: house.bin }))
  await house.post(moveOf(house, { materialId, quantity: '2', from: house.loss, to: house.bin }))
  assert.deepEqual(
    (await costsOf(house)).map((row) => row.value_after),
    [1000, 1500],
  )
})

test('the method is chosen before the first goods come; a closed period takes nothing more', async () => {
  const house = await testHouse(stock)
  const materialId = stock.material()
  const on = (n: number) =>
    moveOf(house, { materialId, quantity: '1', day: day(n), from: house.supplier, to: house.warehouse, unitCost: '1' })
  await house.post(on(3))
  await assert.rejects(changeSetting(db, house.ctx, { version: 1, method: 'fifo', closedUntil: null }), failsWith('inventory.methodInUse'))
  await changeSetting(db, house.ctx, { version: 1, method: 'average', closedUntil: day(4) })
  await assert.rejects(
    changeSetting(db, house.ctx, { version: 1, method: 'average', closedUntil: null }),
    failsWith('inventory.changedMeanwhile'),
  )
  await assert.rejects(house.post(on(4)), failsWith('inventory.periodClosed'))
  await house.post(on(5))
})

const told = fc.oneof(
  fc.record({ kind: fc.constant('in' as const), day: fc.integer({ min: 1, max: 6 }), n: fc.integer({ min: 1, max: 5_000 }) }),
  fc.record({ kind: fc.constant('out' as const), day: fc.integer({ min: 1, max: 6 }), n: fc.integer({ min: 1, max: 3_000 }) }),
  fc.record({ kind: fc.constant('invoice' as const), day: fc.integer({ min: 4, max: 9 }), n: fc.integer({ min: -90_000, max: 90_000 }) }),
)

for (const method of ['fifo', 'average'] as const)
  test(`${method}: invoices at other prices between late moves keep costs, layers and what was told of changes at one sum`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(told, { minLength: 4, maxLength: 14 }), async (steps) => {
        const house = await testHouse(stock)
        await changeSetting(db, house.ctx, { version: 1, method, closedUntil: null })
        const materialId = stock.material()
        const receipts: string[] = []
        for (const { kind, day: n, n: amount } of steps) {
          if (kind === 'invoice') {
            const receiptId = receipts[Math.abs(amount) % Math.max(receipts.length, 1)]
            if (!receiptId) continue
            // On its own day, which is that of whoever books it.
            const ctx = { ...house.ctx, now: new Date(`2026-11-0${n}T04:00:00Z`) }
            const line = { line: randomUUID(), receiptId, receiptLineId: 'a', taken: 2n, whole: 3n, amount: BigInt(amount) }
            const document = { entity: 'finance.invoice', id: randomUUID(), number: 'F-1' }
            await db.inTenant(ctx, (tx) => stock.stock.revalue(opaque(tx), ctx, document, [line, line]))
            continue
          }
          const id = randomUUID()
          const move = {
            materialId,
            quantity: writeDecimal(BigInt(amount) * 1_000n),
            day: day(n),
            source: { entity: 'test', id, line: 'a.1' },
          }
          const done = await house
            .post(
              moveOf(
                house,
                kind === 'in'
                  ? { ...move, from: house.supplier, to: house.warehouse, unitCost: '3.333333' }
                  : { ...move, from: house.warehouse, to: house.production },
              ),
            )
            .then(() => true)
            .catch((error: { code?: string }) => {
              if (!/^inventory\.notEnough(Then)?$/.test(error.code ?? '')) throw error
              return false
            })
          if (done && kind === 'in') receipts.push(id)
        }
        const costs = await costsOf(house)
        const changed = await db.inTenant(house.ctx, async (tx) => {
          assert.deepEqual((await verifyStock(tx)).problems, [])
          return tx.sql.selectFrom('inventory.value_change').select('value').where('org_id', '=', tx.orgId).execute()
        })
        assert.equal(
          changed.reduce((sum, { value }) => sum + value, 0),
          costs.at(-1)?.value_after ?? 0,
        )
      }),
      { numRuns: 25 },
    )
  })
