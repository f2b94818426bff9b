import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { testContext } from '../../../../tests/context.ts'
import type { LocationId } from '../contract.ts'
import { moveOf, type TestHouse, testHouse, testStock } from './test-stock.ts'
import { verifyStock } from './verify-stock.ts'

const stock = await testStock({ after })
const supplierOrg = testContext().orgId

const materials = [stock.material(), stock.material({ control: 'lot' }), stock.material({ control: 'serial' })] as const
const kinds = ['supplier', 'warehouse', 'second', 'bin', 'production', 'loss', 'customer', 'quarantine'] as const
const inside = new Set<string>(['warehouse', 'second', 'bin', 'quarantine'])

const moveArbitrary = fc.record({
  material: fc.integer({ min: 0, max: 2 }),
  quantity: fc.integer({ min: 1, max: 5_000_000 }),
  from: fc.constantFrom(...kinds),
  to: fc.constantFrom(...kinds),
  mine: fc.boolean(),
  label: fc.constantFrom('A', 'B'),
})
const postArbitrary = fc.array(moveArbitrary, { minLength: 1, maxLength: 3 })

/** The ledger as one would keep it on paper: refused where a place inside would go below zero, or a serial number be twice. */
function paper() {
  const balances = new Map<string, bigint>()
  return {
    balances,
    post(moves: { key: string; serial: boolean; from: string; to: string; quantity: bigint }[]): boolean {
      const next = new Map(balances)
      for (const { key, from, to, quantity } of moves) {
        next.set(`${key}|${from}`, (next.get(`${key}|${from}`) ?? 0n) - quantity)
        next.set(`${key}|${to}`, (next.get(`${key}|${to}`) ?? 0n) + quantity)
      }
      for (const [at, quantity] of next) {
        if (inside.has(at.split('|').at(-1) ?? '') && quantity < 0n) return false
        if (at.startsWith('2|') && (quantity > 1_000_000n || quantity < -1_000_000n)) return false
      }
      const places = new Map<string, number>()
      for (const [at, quantity] of next)
        if (at.startsWith('2|') && quantity > 0n) {
          const serial = at.split('|')[1] ?? ''
          places.set(serial, (places.get(serial) ?? 0) + 1)
        }
      if ([...places.values()].some((n) => n > 1)) return false
      balances.clear()
      for (const [at, quantity] of next) balances.set(at, quantity)
      return true
    },
  }
}

test('any sequence of moves, refused ones among them, keeps Σ over the places = 0 and the balances equal to the moves', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(postArbitrary, { minLength: 4, maxLength: 12 }), async (posts) => {
      const house = await testHouse(stock)
      const ledger = paper()
      for (const moves of posts) {
        const given = moves.filter((m) => m.from !== m.to)
        if (given.length === 0) continue
        const expected = ledger.post(given.map((m) => onPaper(m)))
        const done = await house
          .post(...given.map((m) => inStock(house, m)))
          .then(() => true)
          .catch((error: { code?: string }) => {
            if (!/^inventory\.(notEnough|serialElsewhere)$/.test(error.code ?? '')) throw error
            return false
          })
        assert.equal(done, expected, JSON.stringify(given))
      }
      await holdsAsOnPaper(house, ledger.balances)
    }),
    { numRuns: 15 },
  )
})

type Drawn = typeof moveArbitrary extends fc.Arbitrary<infer Value> ? Value : never
const quantityOf = (m: Drawn) => (m.material === 2 ? 1_000_000n : BigInt(m.quantity))
const onPaper = (m: Drawn) => ({
  key: `${m.material}|${m.material === 0 ? '' : m.label}|${m.mine}`,
  serial: m.material === 2,
  from: m.from,
  to: m.to,
  quantity: quantityOf(m),
})
const inStock = (house: TestHouse, m: Drawn) =>
  moveOf(house, {
    materialId: materials[m.material as 0],
    quantity: writeDecimal(quantityOf(m)),
    from: house[m.from],
    to: house[m.to],
    owner: m.mine ? house.ctx.orgId : supplierOrg,
    lot: m.material === 1 ? m.label : null,
    serial: m.material === 2 ? m.label : null,
  })

async function holdsAsOnPaper(house: TestHouse, balances: ReadonlyMap<string, bigint>) {
  const nameOf = new Map<LocationId, string>(kinds.map((kind) => [house[kind], kind]))
  const rows = await stock.rooms.db.inTenant(house.ctx, async (tx) => {
    assert.deepEqual((await verifyStock(tx)).problems, [])
    const { rows: sums } = await sql<{ sum: string }>`select sum(quantity) from inventory.balance where org_id = ${tx.orgId}
      group by material_id, owner_org, lot, serial having sum(quantity) <> 0`.execute(tx.sql)
    assert.deepEqual(sums, [])
    return tx.sql.selectFrom('inventory.balance').selectAll().where('org_id', '=', tx.orgId).where('quantity', '<>', '0').execute()
  })
  const stored = rows.map((row) => {
    const material = materials.indexOf(row.material_id)
    const mine = row.owner_org === (house.ctx.orgId as OrgId)
    return [`${material}|${row.lot || row.serial}|${mine}|${nameOf.get(row.location_id)}`, decimal(row.quantity)] as const
  })
  const expected = [...balances].filter(([, quantity]) => quantity !== 0n)
  assert.deepEqual(new Map([...stored].sort()), new Map(expected.sort()))
}
