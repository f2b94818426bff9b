import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { devicesApi } from '../contract.ts'
import { identify } from './identify.ts'
import { filtered, listDevices } from './list-devices.ts'
import { contextOf, leader, newDevice, newModel, places, supplier, testRooms } from './test-rooms.ts'

const DEVICES = 100_000
const LIMIT_MS = 200

const { rooms, database } = await testRooms({ after })
const ctx = contextOf(leader)
const list = (query: object = {}) => devicesApi.list.query.parse(query)

before(async () => {
  const modelId = await newModel(rooms, ctx)
  const foreignModelId = await newModel(rooms, contextOf(supplier))
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  try {
    // The owner is held by row-level security too; the audit of 200,000 rows is not what is measured.
    for (const table of ['device', 'placement'])
      await owner.query(`alter table devices.${table} no force row level security; alter table devices.${table} disable trigger audit_row`)
    const insert = `insert into devices.device (org_id, code, name, model_id, maker, model, serial, status, note, created_at)
      select $1::uuid, 'EQ-' || lpad(i::text, 6, '0'), (array['压铸机', '加工中心', '绕线机', '贴片机', '热处理炉'])[1 + i % 5] || i || '号', $2::uuid,
        (array['力劲科技', '海天智胜', '发那科'])[1 + i % 3], 'DCC' || i % 40, 'SN' || md5(i::text), 'active', '', now() - i * interval '1 minute'
      from generate_series(1, $3) i`
    await owner.query(insert, [leader, modelId, DEVICES])
    await owner.query(insert, [supplier, foreignModelId, DEVICES / 5])
    await owner.query(
      `insert into devices.placement (org_id, device_id, node_id, site_id, valid_from)
       select org_id, id, $1, $2, now() - interval '1 day' from devices.device where org_id = $3 and right(code, 1) in ('1', '2', '3')`,
      [places.lineA, places.siteA, leader],
    )
    await owner.query('vacuum analyze devices.device')
    await owner.query('vacuum analyze devices.placement')
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
  'by name, descending': { sort: '-name' },
  'newest first': { sort: '-createdAt' },
  'part of a word, many': { search: '铸机' },
  'part of a word, one': { search: `eq-0${DEVICES - 5}`.slice(0, 9) },
  'two words, none': { search: '力劲 nothing' },
  'by name and part of a word': { sort: 'name', search: '智胜' },
  'by state': { status: 'active' },
  'by state, none': { status: 'maintenance' },
  'below a place': { nodeId: places.siteA },
}

for (const [name, query] of Object.entries(queries))
  test(`${DEVICES.toLocaleString('en')} devices: ${name} within ${LIMIT_MS} ms`, async (t) => {
    const ms = await fastestMs(() => listDevices(rooms, ctx, list(query)))
    t.diagnostic(`${name}: ${ms.toFixed(0)} ms`)
    assert.ok(ms < LIMIT_MS, `${ms.toFixed(0)} ms`)
  })

test('a user of one site, far down the list', async (t) => {
  const confined = contextOf(leader, { sites: [places.siteA] })
  const page = await listDevices(rooms, confined, list({ limit: 200, sort: '-code' }))
  const ms = await fastestMs(() => listDevices(rooms, confined, list({ limit: 200, sort: '-code', cursor: page.nextCursor })))
  t.diagnostic(`${ms.toFixed(0)} ms`)
  assert.ok(page.totalCapped && ms < LIMIT_MS, `${ms.toFixed(0)} ms`)
})

test('among them the ingest knows a device within 20 ms', async (t) => {
  const modelId = (await rooms.db.inTenant(ctx, (tx) => tx.sql.selectFrom('devices.thing_model').select('id').executeTakeFirstOrThrow())).id
  await newDevice(rooms, ctx, { code: 'NEEDLE', thingModelId: modelId })
  const ms = await fastestMs(async () => assert.equal((await identify(rooms, 'leader', 'NEEDLE'))?.points.length, 3))
  t.diagnostic(`${ms.toFixed(1)} ms`)
  assert.ok(ms < 20, `${ms.toFixed(1)} ms`)
})

test('list and search can be read from indexes led by the organisation', async () => {
  const planOf = (query: object) =>
    rooms.db.inTenant(ctx, async (tx) => {
      // Here one organisation owns most of the table, so that reading all of it would be right; on a platform of many it is not.
      await sql`set local enable_seqscan = off`.execute(tx.sql)
      const page = (await filtered(rooms, tx, ctx, list(query))).orderBy('d.code').orderBy('d.id').limit(51)
      const lines: { 'QUERY PLAN': string }[] = await page.explain(undefined, sql`costs off`)
      return lines.map((line) => line['QUERY PLAN']).join('\n')
    })
  assert.match(await planOf({}), /Index Scan using device_by_code on device d/)
  for (const search of ['铸机', `eq-0${DEVICES - 5}`, '力劲 nothing']) {
    const plan = await planOf({ search })
    assert.match(plan, /(Index Scan using|Bitmap Index Scan on) device_[\s\S]*?Index Cond: \(\(?org_id = /)
    assert.doesNotMatch(plan, /Seq Scan on device /)
  }
})
