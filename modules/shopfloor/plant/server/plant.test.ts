import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { addressVerdict } from '#kernel/outbound-address.ts'
import { moduleDatabase, opaque, openPool } from '#kernel/postgres.ts'
import { OrgId } from '#values/ids.ts'
import { businessDayBounds } from '#values/instant.ts'
import { testDatabase } from '../../../../tests/postgres.ts'
import { PlantNodeId, type plantApi } from '../contract.ts'
import { moveNode, renameNode, restoreNode, retireNode } from './change-node.ts'
import { createNode } from './create-node.ts'
import { declareNetworks } from './declare-networks.ts'
import { listNodes } from './list-nodes.ts'
import { plantPublic } from './plant-public.ts'
import { createShift, readSite, setHolidays, updateShift, updateSite } from './site-calendar.ts'
import type { PlantTables } from './tables.ts'

const database = await testDatabase({ after })
const pool = openPool(database.appUrl, { max: 4, name: 'plant-test' })
after(() => pool.destroy())
const db = moduleDatabase<PlantTables>(pool, () => Promise.reject(new Error('no grants here')))
const plant = plantPublic(db)

const contextOf = (orgId: string, sites: readonly string[] | 'all' = 'all'): Context => ({
  orgId: OrgId.parse(orgId),
  orgNo: 1,
  actor: { kind: 'user', id: 'tester' },
  now: new Date('2026-11-22T06:00:00Z'),
  locale: 'zh-CN',
  traceId: 't',
  address: '',
  userAgent: '',
  scopes: { permissions: new Set(), sites },
})
const mine = contextOf('01970000-0000-7000-8000-000000000001')
const stranger = contextOf('01970000-0000-7000-8000-000000000002')

const place = (parentId: PlantNodeId | null, level: Parameters<typeof createNode>[2]['level'], code: string, ctx = mine) =>
  createNode(db, ctx, { parentId, level, code, name: code, nameEn: null, timeZone: 'Asia/Shanghai', dayStartMinute: 0 })
const failsWith = (code: string) => (error: unknown) => (error as { code?: string }).code === code

const enterprise = await place(null, 'enterprise', 'HQ')
const site = await place(enterprise.id, 'site', 'CQ')
const otherSite = await place(enterprise.id, 'site', 'CD')
const workshop = await place(site.id, 'workshop', 'WS-1')
const line = await place(workshop.id, 'line', 'L-1')

test('levels nest, one enterprise, codes are unique while in use', async () => {
  await assert.rejects(place(null, 'enterprise', 'HQ2'), failsWith('plant.enterpriseExists'))
  await assert.rejects(place(null, 'site', 'X'), failsWith('plant.levelNotAllowed'))
  await assert.rejects(place(line.id, 'workshop', 'X'), failsWith('plant.levelNotAllowed'))
  await assert.rejects(place(site.id, 'line', 'L-1'), failsWith('plant.codeTaken'))
  assert.equal(line.site_id, site.id)
})

test('another organisation sees no place and cannot build on one', async () => {
  assert.deepEqual(await listNodes(db, stranger, { retired: true }), [])
  await assert.rejects(place(site.id, 'workshop', 'X', stranger), failsWith('plant.notFound'))
  await assert.rejects(readSite(db, stranger, site.id, 2026), failsWith('plant.notFound'))
  await assert.rejects(retireNode(db, stranger, site.id, { version: 1 }), failsWith('plant.notFound'))
  const raw = await sql<{ n: number }>`select count(*)::int as n from plant.node`.execute(pool)
  assert.equal(raw.rows[0]?.n, 0)
})

test('whoever is confined to a site sees it and the enterprise above, and changes nothing elsewhere', async () => {
  const confined = contextOf(mine.orgId, [otherSite.id])
  const seen = await listNodes(db, confined, { retired: false })
  assert.deepEqual(seen.map((n) => n.code).sort(), ['CD', 'HQ'])
  await assert.rejects(readSite(db, confined, site.id, 2026), failsWith('plant.notFound'))
  await assert.rejects(renameNode(db, confined, line.id, { version: 1, code: 'L', name: 'L', nameEn: null }), failsWith('plant.notFound'))
  await assert.rejects(place(enterprise.id, 'site', 'NEW', confined), failsWith('plant.notFound'))
})

test('a move keeps levels and the site, a stale version is refused', async () => {
  const cell = await place(line.id, 'cell', 'C-1')
  await assert.rejects(moveNode(db, mine, workshop.id, { version: 1, parentId: line.id }), failsWith('plant.cycle'))
  await assert.rejects(moveNode(db, mine, line.id, { version: 1, parentId: otherSite.id }), failsWith('plant.otherSite'))
  const moved = await moveNode(db, mine, cell.id, { version: 1, parentId: workshop.id })
  assert.equal(moved.parent_id, workshop.id)
  await assert.rejects(moveNode(db, mine, cell.id, { version: 1, parentId: line.id }), failsWith('plant.changedMeanwhile'))
})

test('retiring takes all below along; a place comes back only under one in use', async () => {
  const hall = await place(site.id, 'workshop', 'WS-9')
  const below = await place(hall.id, 'line', 'L-9')
  assert.deepEqual(await retireNode(db, mine, hall.id, { version: 1 }), { retired: 2 })
  await assert.rejects(place(hall.id, 'line', 'L-10'), failsWith('plant.parentRetired'))
  await assert.rejects(restoreNode(db, mine, below.id, { version: 2 }), failsWith('plant.parentRetired'))
  assert.equal((await db.inTenant(mine, (tx) => plant.nodes(opaque(tx), [below.id]))).get(below.id)?.retired, true)
  await restoreNode(db, mine, hall.id, { version: 2 })
  assert.equal((await restoreNode(db, mine, below.id, { version: 2 })).retired_at, null)
})

test('names and paths of places, the subtree, a calendar also without a site', async () => {
  await db.inTenant(mine, async (tx) => {
    const nodes = await plant.nodes(opaque(tx), [line.id, enterprise.id, PlantNodeId.parse('01970000-0000-7000-8000-00000000ffff')])
    assert.deepEqual(nodes.get(line.id)?.path, ['CQ', 'WS-1', 'L-1'])
    assert.equal(nodes.get(line.id)?.siteId, site.id)
    assert.deepEqual(nodes.get(enterprise.id)?.path, ['HQ'])
    assert.equal(nodes.size, 2)
    assert.ok((await plant.subtree(opaque(tx), workshop.id)).includes(line.id))
    assert.equal((await plant.calendar(opaque(tx), null)).timeZone, 'Asia/Shanghai')
  })
})

test('day starts hold from their date on and say so to whoever sums by production day', async () => {
  const dayStarts = [
    { from: '2026-01-01', minuteOfDay: 0 },
    { from: '2026-06-01', minuteOfDay: 480 },
  ]
  const { version } = await updateSite(db, mine, site.id, { version: 1, timeZone: 'Asia/Shanghai', dayStarts })
  const calendar = await db.inTenant(mine, (tx) => plant.calendar(opaque(tx), site.id))
  assert.deepEqual(calendar.dayStarts, dayStarts)
  const { fromMs, untilMs } = businessDayBounds('2026-05-31', calendar.timeZone, calendar.dayStarts)
  assert.equal((untilMs - fromMs) / 3_600_000, 32)
  await assert.rejects(updateSite(db, mine, site.id, { version: 1, timeZone: 'UTC', dayStarts: [] }), failsWith('plant.changedMeanwhile'))
  const twice = [...dayStarts, { from: '2026-06-01', minuteOfDay: 1 }]
  await assert.rejects(updateSite(db, mine, site.id, { version, timeZone: 'UTC', dayStarts: twice }), failsWith('plant.duplicateDate'))
})

test('shifts of one site never overlap, entered one after the other or at once', async () => {
  const input = (name: string, startMinute: number, endMinute: number): (typeof plantApi.createShift.body)['_output'] => ({
    name,
    startMinute,
    endMinute,
    validFrom: '2026-01-01',
    validUntil: null,
  })
  const day = await createShift(db, mine, site.id, input('白班', 480, 1200))
  await createShift(db, mine, site.id, input('夜班', 1200, 480))
  await assert.rejects(createShift(db, mine, site.id, input('中班', 960, 1300)), failsWith('plant.shiftOverlap'))
  await assert.rejects(updateShift(db, mine, day.id, { ...input('白班', 470, 1200), version: 1 }), failsWith('plant.shiftOverlap'))
  const race = await Promise.allSettled([1, 2, 3].map((n) => createShift(db, mine, otherSite.id, input(`班${n}`, 480, 960))))
  assert.equal(race.filter((r) => r.status === 'fulfilled').length, 1)
})

test('holidays and make-up workdays are set year by year', async () => {
  const { site: before } = await readSite(db, mine, otherSite.id, 2026)
  const holidays = [
    { date: '2026-10-01', kind: 'holiday' as const, name: '国庆节' },
    { date: '2026-10-10', kind: 'workday' as const, name: '国庆节调休' },
  ]
  const { version } = await setHolidays(db, mine, otherSite.id, { version: before.version, year: 2026, holidays })
  assert.deepEqual((await readSite(db, mine, otherSite.id, 2026)).holidays, holidays)
  assert.deepEqual((await readSite(db, mine, otherSite.id, 2027)).holidays, [])
  await assert.rejects(setHolidays(db, mine, otherSite.id, { version, year: 2027, holidays }), failsWith('plant.invalidPeriod'))
})

test('production networks are declared by date; what is no private network is refused with what would be right', async () => {
  const { site: before } = await readSite(db, mine, site.id, 2026)
  const network = (cidr: string, validFrom = '2026-01-01', validUntil: string | null = null) => ({
    network: cidr,
    note: 'PLC',
    validFrom,
    validUntil,
  })
  const declare = (networks: ReturnType<typeof network>[], version = before.version, ctx = mine) =>
    declareNetworks(db, ctx, site.id, { version, networks })
  await assert.rejects(declare([network('192.168.40.7/24')]), (error: { code: string; details: object }) => {
    assert.deepEqual([error.code, error.details], ['plant.notANetwork', { network: '192.168.40.7/24', wanted: '192.168.40.0/24' }])
    return true
  })
  for (const nonsense of ['', 'plc', '10.0.0.0', "10.0.0.0/8'; drop table plant.network; --", '010.0.0.0/8'])
    await assert.rejects(declare([network(nonsense)]), failsWith('plant.notANetwork'), nonsense)
  for (const open of ['0.0.0.0/0', '::/0', '169.254.0.0/16', '8.8.8.0/24', '100.64.0.0/10'])
    await assert.rejects(declare([network(open)]), failsWith('plant.networkNotPrivate'), open)
  await assert.rejects(declare([network('10.0.0.0/8'), network('10.0.0.0/8')]), failsWith('plant.duplicateNetwork'))
  await assert.rejects(declare([network('10.0.0.0/8', '2026-02-01', '2026-02-01')]), failsWith('plant.invalidPeriod'))
  await assert.rejects(declare([], before.version, stranger), failsWith('plant.notFound'))
  const { version } = await declare([
    network('192.168.40.0/24'),
    network('10.8.0.0/16', '2026-01-01', '2026-11-22'),
    network('fd00:40::/64', '2026-11-23'),
  ])
  await assert.rejects(declare([]), failsWith('plant.changedMeanwhile'))
  const at = (ctx: Context, siteId: PlantNodeId | 'all', instant: string) =>
    db.inTenant(ctx, (tx) => plant.declaredNetworks(opaque(tx), siteId, new Date(instant)))
  // 16:00 in London is the next day in Shanghai.
  assert.deepEqual(await at(mine, site.id, '2026-11-21T15:59:59Z'), ['10.8.0.0/16', '192.168.40.0/24'])
  assert.deepEqual(await at(mine, site.id, '2026-11-21T16:00:00Z'), ['192.168.40.0/24'])
  assert.deepEqual(await at(mine, 'all', '2026-11-23T00:00:00Z'), ['192.168.40.0/24', 'fd00:40::/64'])
  assert.deepEqual(await at(mine, otherSite.id, '2026-11-23T00:00:00Z'), [])
  assert.deepEqual(await at(stranger, 'all', '2026-11-23T00:00:00Z'), [])
  assert.equal(addressVerdict('192.168.40.9', await at(mine, 'all', '2026-11-23T00:00:00Z')), 'declared')
  const kept = await declare([network('192.168.40.0/24', '2026-01-01', '2027-01-01')], version)
  const { networks } = await readSite(db, mine, site.id, 2026)
  assert.deepEqual(networks, [network('192.168.40.0/24', '2026-01-01', '2027-01-01')])
  assert.equal(kept.version, version + 1)
})
