import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { testContext } from '../../../../tests/context.ts'
import { materialsApi } from '../contract.ts'
import { filtered, findMaterials, listMaterials, walkedFor } from './list-materials.ts'
import { makeManyMaterials } from './many-materials.ts'
import { materialQuery, materialsByCodes } from './material-store.ts'
import { newCategory, newMaterial, testRooms } from './test-rooms.ts'

/** Ten times as many stand in bench/materials.ts. */
const MATERIALS = 20_000
const LIMIT_MS = 200

const { rooms, ownerUrl } = await testRooms({ after })
const [ctx, other] = [testContext(), testContext()]
const list = (query: object = {}) => materialsApi.list.query.parse(query)

before(async () => {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  try {
    await makeManyMaterials(owner, ctx.orgId, await newCategory(rooms, ctx), MATERIALS)
    await makeManyMaterials(owner, other.orgId, await newCategory(rooms, other), MATERIALS / 10)
    await owner.query('vacuum analyze materials.material')
  } finally {
    await owner.end()
  }
})

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

const queries = {
  'first page': {},
  'by name': { sort: '-name' },
  'newest first': { sort: '-createdAt' },
  'part of a code': { search: 'mt-01234' },
  one: { search: 'mt-012345' },
  'part of a Chinese word, many': { search: '轴承' },
  'Chinese word with a number, some': { search: '壳体12' },
  'pinyin initials, many': { search: 'bsxkt' },
  'pinyin and specification': { search: 'zhoucheng m12x1' },
  none: { search: '没有这种东西' },
  'one letter': { search: 'm' },
  'some by name': { search: '轴承 m7x', sort: 'name' },
  'none of a kind': { search: '没有', kind: 'sparePart' },
}

for (const [name, query] of Object.entries(queries))
  test(`${MATERIALS.toLocaleString('en')} materials: ${name} within ${LIMIT_MS} ms`, async (t) => {
    let found = 0
    const ms = await fastestMs(async () => {
      found = (await listMaterials(rooms, ctx, list(query))).total
    })
    t.diagnostic(`${name}: ${ms.toFixed(0)} ms, ${found} found`)
    assert.ok(ms < LIMIT_MS, `${ms.toFixed(0)} ms`)
  })

const planOf = (query: ReturnType<typeof sql>) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain (costs off) ${query}`.execute(tx.sql)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  })

test('a rare word is looked up by the index of pairs, of this organisation alone, and its page by the primary key', async () => {
  const plan = await planOf(sql`select m.id from materials.material m where m.org_id = ${ctx.orgId}
    and m.id = any((select ids from materials.search_counted(${['mt', 't-']}::text[], ${['%mt-012345%']}::text[], true, 10000, 1000))::uuid[])`)
  assert.match(plan, /Index Cond: \(\(org_id = .*\) AND \(id = /)
  assert.equal((await listMaterials(rooms, other, list({ search: 'mt-012345' }))).total, 0)
  assert.equal((await listMaterials(rooms, ctx, list({ search: 'mt-012345' }))).total, 1)
})

test('a frequent word is walked for in the order of the list: nothing is sorted, and the walk ends with a full page', async () => {
  const plan = await rooms.db.inTenant(ctx, async (tx) => {
    const page = walkedFor(materialQuery(tx), ['轴承']).orderBy('m.code').orderBy('m.id').limit(51)
    return ((await page.explain(undefined, sql`costs off`)) as { 'QUERY PLAN': string }[]).map((row) => row['QUERY PLAN']).join('\n')
  })
  assert.match(plan, /Index Scan using material_by_code/)
  assert.doesNotMatch(plan, /Sort|Seq Scan/)
})

test('a code is compared by an index, though row-level policies stand before it', async () => {
  const material = await planOf(
    sql`select m.id from materials.material m where m.org_id = ${ctx.orgId} and m.code_key = any(${['mt-012345']}::text[])`,
  )
  assert.match(material, /Index.* using material_code/)
  const supplied = await planOf(sql`select s.material_id from materials.source s where s.buyer_org = ${ctx.orgId}
    and s.supplier_code_key >= ${'yl-'} and s.supplier_code_key < ${'yl-\u{10FFFF}'} order by s.supplier_code_key limit 200`)
  assert.match(supplied, /Index Scan using source_by_supplier_code/)
  assert.match(supplied, /Index Cond: .*supplier_code_key >= /)
})

test('hundreds of codes at once are looked up by that index too', async () => {
  const codes = Array.from({ length: 500 }, (_, i) => `Mt-0${10_000 + i}`)
  const lockedPlan = await rooms.db.inTenant(ctx, async (tx) => {
    const query = materialQuery(tx).where(sql<boolean>`m.code_key = any(${codes.map((code) => code.toLowerCase())})`)
    return ((await query.explain(undefined, sql`costs off`)) as { 'QUERY PLAN': string }[]).map((row) => row['QUERY PLAN']).join('\n')
  })
  assert.match(lockedPlan, /Index Scan (using|on) material_code/)
  assert.doesNotMatch(lockedPlan, /Seq Scan/)
  assert.equal((await rooms.db.inTenant(ctx, (tx) => materialsByCodes(tx, codes, false))).length, 500)
})

test('a category stands for all below it, read by the index of categories', async () => {
  const parentId = await newCategory(rooms, ctx, { code: 'TOP', prefix: 'TOP' })
  const child = await newCategory(rooms, ctx, { parentId, code: 'LOW', prefix: 'LOW' })
  const lowest = await newCategory(rooms, ctx, { parentId: child, code: 'LOWER', prefix: 'LOWER' })
  for (const categoryId of [parentId, child, lowest]) await newMaterial(rooms, ctx, { categoryId, name: '挡圈' })
  const codes = async (query: object) => (await listMaterials(rooms, ctx, list(query))).items.map(({ code }) => code)
  assert.deepEqual(await codes({ categoryId: parentId }), ['LOW-000001', 'LOWER-000001', 'TOP-000001'])
  assert.deepEqual(await codes({ categoryId: child, search: '挡圈' }), ['LOW-000001', 'LOWER-000001'])
  const plan = await rooms.db.inTenant(ctx, async (tx) => {
    const page = filtered(tx, list(), [parentId, child, lowest]).orderBy('m.code').orderBy('m.id').limit(51)
    return ((await page.explain(undefined, sql`costs off`)) as { 'QUERY PLAN': string }[]).map((row) => row['QUERY PLAN']).join('\n')
  })
  assert.match(plan, /material_of_category/)
})

test('the one search box names first the material whose code it is, though hundreds of others have the word', async () => {
  const categoryId = await newCategory(rooms, ctx, { code: 'Z', prefix: 'Z' })
  await newMaterial(rooms, ctx, { categoryId, code: 'x15', name: '手轮' })
  const found = await rooms.db.inTenant(ctx, (tx) => findMaterials(tx, 'X15', 3))
  assert.deepEqual([found[0]?.code, found[1]?.code.slice(0, 3)], ['x15', 'MT-'])
})
