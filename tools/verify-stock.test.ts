import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { systemDatabase } from '#kernel/postgres.ts'
import { moveOf, testHouse, testStock } from '../modules/trade/inventory/server/test-stock.ts'

const stock = await testStock({ after })
const { systemUrl, appUrl, ownerUrl, system } = stock.pools

function verify() {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'verify-stock.ts')], {
    env: { ...process.env, DATABASE_URL_APP: appUrl, DATABASE_URL_SYSTEM: systemUrl },
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('the command says by its exit code and in words whether the stock is what its moves add up to', async () => {
  const house = await testHouse(stock)
  await systemDatabase<never>(system).inSystem((tx) =>
    sql`insert into organisations.organisation (org_id, code, name, kind, credit_code, demo, created_at) values (${house.ctx.orgId}, 'o1', '一厂', 'supplier', '91500000MA0000001B', false, now())`.execute(
      tx,
    ),
  )
  const materialId = stock.material()
  await house.post(moveOf(house, { materialId, quantity: '5', from: house.supplier, to: house.warehouse, unitCost: '2' }))
  await house.post(moveOf(house, { materialId, quantity: '2', from: house.warehouse, to: house.production }))
  const sound = verify()
  assert.equal(sound.status, 0, sound.stderr + sound.stdout)
  assert.match(sound.stdout, /一厂 {2}2 moves {2}3 balances {2}0 reservations {2}相符/)

  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  await owner.query('alter table inventory.balance no force row level security')
  await owner.query('update inventory.balance set quantity = 4 where quantity = 3')
  await owner.end()
  const wrong = verify()
  assert.equal(wrong.status, 1, wrong.stderr + wrong.stdout)
  for (const check of ['balancesAreTheMoves', 'sumOverPlacesIsZero', 'availabilityIsTheBalances', 'valuedIsOnHand'])
    assert.match(wrong.stdout, new RegExp(`✕ ${check} `))
})
