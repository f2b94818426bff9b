import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { writeXlsx } from 'hucre/xlsx'
import { sql } from 'kysely'
import { systemClock } from '#kernel/clock.ts'
import type { Context } from '#kernel/context.ts'
import type { AnyImportDefinition } from '#kernel/imports/definition.ts'
import { workOnNext } from '#kernel/imports/import-loop.ts'
import { orderImport as orderRun, readRows, readState, uploadFile } from '#kernel/imports/import-service.ts'
import type { ImportTables } from '#kernel/imports/import-store.ts'
import { templateOf } from '#kernel/imports/template.ts'
import { kernelWords } from '#kernel/kernel-words.ts'
import { createLog } from '#kernel/log.ts'
import { moduleDatabase, systemDatabase } from '#kernel/postgres.ts'
import { translator } from '#kernel/words.ts'
import type { ImportId, ImportMode } from '#values/import.ts'
import { createOrder } from './create-order.ts'
import { lineImportDefinition } from './import-lines.ts'
import { orderImportDefinition } from './import-orders.ts'
import rowsEn from './import-words/en.json' with { type: 'json' }
import rowsZh from './import-words/zh.json' with { type: 'json' }
import ordersEn from './order-import-words/en.json' with { type: 'json' }
import ordersZh from './order-import-words/zh.json' with { type: 'json' }
import { getOrder } from './read-order.ts'
import { draftOf, person, testRooms } from './test-rooms.ts'

const bed = await testRooms({ after })
const { rooms, pools, buyer, supplier, actors } = bed
const words = { zh: { importRows: rowsZh, importOrders: ordersZh }, en: { importRows: rowsEn, importOrders: ordersEn } }
const translate = translator({ ...kernelWords, orders: words })
const imports = { db: moduleDatabase<ImportTables>(pools.app, () => Promise.reject(new Error('no grants'))), translate }
const [orders, lines] = [orderImportDefinition(rooms), lineImportDefinition(rooms)]

/** Each time a worker that comes when whoever was before it has lost its lease. */
let laterMs = 0
const work = (definition: AnyImportDefinition) => {
  laterMs += 120_000
  const nowMs = () => systemClock.nowMs() + laterMs
  const clock = { now: () => new Date(nowMs()), nowMs }
  const worker = {
    ...imports,
    system: systemDatabase<ImportTables>(pools.system),
    definitions: [definition],
    clock,
    log: createLog('test', 'silent'),
  }
  return workOnNext({ ...worker, definitions: [atNow(definition)] }, new AbortController().signal)
}
/** The day of the tests, whatever the worker’s clock says. */
const atNow = (definition: AnyImportDefinition): AnyImportDefinition => ({
  ...definition,
  resolve: (ctx, ...rest) => definition.resolve({ ...ctx, now: actors.buyer.now }, ...rest),
  apply: (ctx, ...rest) => definition.apply({ ...ctx, now: actors.buyer.now }, ...rest),
})

const HEAD = ['订单参考号', '供应商', '物料编码', '数量', '单位', '交期', '未税单价', '税率', '交货地点', '备注']
const row = (
  reference: string,
  change: Partial<Record<'supplier' | 'code' | 'quantity' | 'unit' | 'day' | 'price' | 'rate' | 'to' | 'note', string>> = {},
) => {
  const {
    supplier: from = '应龙压铸',
    code = 'HS-01',
    quantity = '10',
    unit = '',
    day = '2026-12-20',
    price = '',
    rate = '',
    to = '一号库',
    note = '',
  } = change
  return [reference, from, code, quantity, unit, day, price, rate, to, note]
}
const csv = (rows: string[][]) =>
  new TextEncoder().encode(rows.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\r\n'))

const xlsx = (rows: string[][]) => writeXlsx({ sheets: [{ name: '订单', rows }] })

const upload = (
  definition: AnyImportDefinition,
  file: Uint8Array,
  { ctx = actors.buyer, target }: { ctx?: Context; target?: string } = {},
) => uploadFile(imports, ctx, definition, { fileName: '订单.csv', target }, file)
const state = (definition: AnyImportDefinition, id: ImportId, ctx = actors.buyer) => readState(imports, ctx, definition, id)
const problems = async (definition: AnyImportDefinition, id: ImportId, ctx = actors.buyer) =>
  (await readRows(imports, ctx, definition, id, { show: 'wrong', after: 0, limit: 100 })).items.flatMap((one) =>
    one.problems.map((problem) => `${one.rowNo} ${problem.text}`),
  )
async function run(definition: AnyImportDefinition, file: Uint8Array, options: { ctx?: Context; target?: string; mode?: ImportMode } = {}) {
  const { ctx = actors.buyer, mode = 'skip' } = options
  const id = await upload(definition, file, options)
  await work(definition)
  const found = await problems(definition, id, ctx)
  const checked = await state(definition, id, ctx)
  if (checked.status === 'checked' && checked.rowsRight > 0) await orderRun(imports, ctx, definition, id, mode)
  await work(definition)
  return { state: await state(definition, id, ctx), found }
}

/** Reference → lines of its draft, one text a line: code, price, quantity of each delivery. */
async function made(like: string): Promise<Map<string, string[]>> {
  const { rows } = await rooms.db.inTenant(actors.buyer, (tx) =>
    sql<{ reference: string; lines: string[] }>`select i.reference, array(
        select l ->> 'materialCode' || ' ' || (l ->> 'netPrice') || ' ' || (select string_agg(s -> 'requested' ->> 'quantity', '+') from jsonb_array_elements(l -> 'schedule') s)
        from jsonb_array_elements(d.content -> 'lines') l) as lines
      from orders.imported_order i join orders.draft d using (org_id, order_id) where i.org_id = ${tx.orgId} and i.reference like ${like} order by 1`.execute(
      tx.sql,
    ),
  )
  return new Map(rows.map((one) => [one.reference, one.lines]))
}
const ordersOf = async (like: string): Promise<{ state: string; n: number }[]> => {
  const { rows } = await rooms.db.inTenant(actors.buyer, (tx) =>
    sql<{ state: string; n: number }>`select o.state, count(*)::int as n from orders.order o join orders.annex a on a.order_id = o.id
      where a.own_number like ${like} group by 1`.execute(tx.sql),
  )
  return rows
}

const FIVE = [
  { code: 'HS-01' },
  { code: 'MT-02' },
  { code: 'HS-01', price: '40', rate: '13%' },
  { code: 'HS-01', price: '41', rate: '13%' },
  { code: 'MT-02', price: '100', rate: '0.13' },
]

test('a thousand orders of five lines, their rows strewn over the file, are made once each, whole, as drafts; the same file again makes none', async () => {
  const references = Array.from({ length: 1_000 }, (_, i) => `K-${String(i).padStart(4, '0')}`)
  const file = csv([HEAD, ...FIVE.flatMap((line) => references.map((reference) => row(reference, line)))])
  const { state: done } = await run(orders, file)
  assert.deepEqual([done.status, done.rowsRead, done.rowsDone, done.rowsWrong], ['done', 5_000, 5_000, 0])
  const drafts = await made('K-%')
  assert.deepEqual([...drafts.keys()], references)
  for (const [reference, content] of drafts)
    assert.deepEqual(content, ['HS-01 48.5 10', 'MT-02 126.123456 10', 'HS-01 40 10', 'HS-01 41 10', 'MT-02 100 10'], reference)
  assert.deepEqual(await ordersOf('K-%'), [{ state: 'draft', n: 1_000 }])

  const { state: again, found } = await run(orders, file)
  assert.deepEqual([again.status, again.rowsRight, again.rowsWrong], ['checked', 0, 5_000])
  assert.match(found[0] ?? '', /^2 此参考号已导入为采购订单 PO-202611-\d{5}，不会重复建单/)
  assert.deepEqual(await ordersOf('K-%'), [{ state: 'draft', n: 1_000 }])
})

test('a server killed between two batches goes on behind what is committed: no order twice, none in halves', async () => {
  const references = Array.from({ length: 90 }, (_, i) => `T-${i}`)
  const file = csv([HEAD, ...FIVE.flatMap((line) => references.map((reference) => row(reference, line)))])
  const id = await upload(orders, file)
  const dying = (call: 'resolve' | 'apply', n: number): AnyImportDefinition => {
    let calls = 0
    return {
      ...orders,
      [call]: async (...args: never[]) => {
        const done = await (orders[call] as (...given: never[]) => Promise<unknown>)(...args)
        if (++calls === n) throw new Error('the machine goes dark')
        return done
      },
    } as AnyImportDefinition
  }
  await work(dying('resolve', 1))
  assert.equal((await state(orders, id)).status, 'checking')
  await work(orders)
  await orderRun(imports, actors.buyer, orders, id, 'skip')
  await work(dying('apply', 3))
  const halfway = await state(orders, id)
  assert.deepEqual([halfway.status, halfway.rowsDone], ['running', 200])
  assert.deepEqual(await ordersOf('T-%'), [{ state: 'draft', n: 40 }])
  await work(orders)
  const done = await state(orders, id)
  assert.deepEqual([done.status, done.rowsDone, done.rowsWrong], ['done', 450, 0])
  const drafts = await made('T-%')
  assert.deepEqual([drafts.size, new Set([...drafts.values()].map((content) => content.length))], [90, new Set([5])])
})

test('a wrong row holds its own order back, in words at each row, and no other', async () => {
  const { state: done, found } = await run(
    orders,
    csv([
      HEAD,
      row('B-1'),
      row('B-2'),
      row('B-1', { code: 'XX-9' }),
      row('B-3', { to: '' }),
      row('b-1', { code: 'MT-02' }),
      row('B-4', { quantity: '很多' }),
      row('B-4', { code: 'MT-02' }),
      row('B-5', { note: '急' }),
      row('B-5', { supplier: '夔牛电机', code: 'MT-02' }),
      row('B-6', { supplier: '白泽摩托' }),
      row('', {}),
      row('B-7', { to: '' }),
      row('B-7', { code: 'MT-02', to: '二号库', note: '写一次即可' }),
    ]),
  )
  assert.deepEqual([done.status, done.rowsDone, done.rowsWrong], ['done', 3, 10])
  assert.deepEqual(found, [
    '2 与第 4 行属于同一组，该行有误，整组都不导入；改正该行后再导入',
    '4 物料目录中没有编码 XX-9。',
    '5 请填写交货地点；也可以在采购订单设置中填默认交货地点。',
    '6 与第 4 行属于同一组，该行有误，整组都不导入；改正该行后再导入',
    '7 须为数字，最多 12 位整数、6 位小数。',
    '8 与第 7 行属于同一组，该行有误，整组都不导入；改正该行后再导入',
    '9 与第 10 行属于同一组，该行有误，整组都不导入；改正该行后再导入',
    '10 与同一订单前面的行“应龙压铸”不同，请改成一致，或换一个参考号。',
    '11 没有名称或编码为“白泽摩托”且供货关系有效的供应商，请先建立供货关系或改正名称。',
    '12 必填，请填写。若是合并的单元格，请取消合并并逐行填写',
  ])
  assert.deepEqual(
    [...(await made('B-%'))],
    [
      ['B-2', ['HS-01 48.5 10']],
      ['B-7', ['HS-01 48.5 10', 'MT-02 126.123456 10']],
    ],
  )
})

test('what became wrong between check and writing holds its order back too', async () => {
  const file = csv([HEAD, row('W-1'), row('W-1', { code: 'MT-02' }), row('W-2')])
  const id = await upload(orders, file)
  await work(orders)
  await orderRun(imports, actors.buyer, orders, id, 'skip')
  const retired: AnyImportDefinition = orderImportDefinition({
    ...rooms,
    materials: {
      ...rooms.materials,
      byCodes: async (tx, codes) => new Map([...(await rooms.materials.byCodes(tx, codes))].filter(([code]) => code !== 'mt-02')),
    },
  })
  await work(retired)
  const done = await state(orders, id)
  assert.deepEqual([done.status, done.rowsDone, done.rowsWrong], ['done', 1, 2])
  assert.deepEqual(await problems(orders, id), [
    '2 与第 3 行属于同一组，该行有误，整组都不导入；改正该行后再导入',
    '3 物料目录中没有编码 MT-02。',
  ])
  assert.deepEqual([...(await made('W-%')).keys()], ['W-2'])
})

test('all or nothing writes all orders in one transaction, or none', async () => {
  const file = csv([HEAD, ...Array.from({ length: 60 }, (_, i) => FIVE.map((line) => row(`A-${i}`, line))).flat()])
  const { state: done } = await run(orders, file, { mode: 'all' })
  assert.deepEqual([done.status, done.rowsDone], ['done', 300])
  assert.deepEqual(await ordersOf('A-%'), [{ state: 'draft', n: 60 }])
})

test('hostile cells stay text or are refused in words; no row ends the import', async () => {
  const wide = "＝cmd|'/c calc'!A1"
  const { state: done, found } = await run(
    orders,
    await xlsx([
      HEAD,
      row('=1+1', { note: '=HYPERLINK("http://evil","x")' }),
      row(`H-1'; drop table orders.order; --`),
      row('H-2', { quantity: '999999999999.999999', price: '999999999999.999999', rate: '13%' }),
      row('H-3', { unit: '㍿'.repeat(20) }),
      row('H-4', { quantity: '-5' }),
      row('H-5', { quantity: 'NaN' }),
      row('H-6', { quantity: '1e309' }),
      row('H-7', { day: '2026-02-30' }),
      row('H-8', { rate: '1000%' }),
      row('H-9', { code: '<img src=x onerror=alert(1)>' }),
      row('H-10', { code: 'HS-01\u0007', note: '_x0000_' }),
      row('H'.repeat(81)),
      row('H-11', { supplier: '%' }),
      row(wide, {}),
      row('H-12', { note: '\u202egnp.exe' }),
      row('Ｈ－１３'),
    ]),
  )
  assert.equal(done.status, 'done')
  const wrong = found.map((text) => Number(text.split(' ')[0]))
  assert.deepEqual([...new Set(wrong)], [4, 5, 6, 7, 8, 9, 10, 11, 13, 14])
  assert.deepEqual(
    [...(await made('%')).keys()].filter((reference) => /^[=H＝]/.test(reference)).sort(),
    ['=1+1', "=cmd|'/c calc'!A1", 'H-10', 'H-12', 'H-13', `H-1'; drop table orders.order; --`].sort(),
  )
  assert.match(found.find((text) => text.startsWith('4 ')) ?? '', /数量或金额过大/)
})

test('a group beyond its limit is refused whole and loaded by nobody', async () => {
  const { state: checked, found } = await run(orders, csv([HEAD, ...Array.from({ length: 1_002 }, () => row('L-1')), row('L-2')]))
  assert.deepEqual([checked.status, checked.rowsDone, checked.rowsWrong], ['done', 1, 1_002])
  assert.match(found[0] ?? '', /^2 与第 1002 行属于同一组/)
})

test('prices by hand need the permission; five hundred lines are an order, one more is none; sixty deliveries are a line', async () => {
  const clerk = person(buyer, '录入员', { permissions: ['orders.manage'] })
  const { found } = await run(orders, csv([HEAD, row('P-1', { price: '9.9', rate: '13%' })]), { ctx: clerk })
  assert.deepEqual(found, ['2 您没有手工填写价格的权限，请留空。'])
  const many = (reference: string, n: number) => Array.from({ length: n }, (_, i) => row(reference, { price: String(i + 1), rate: '13%' }))
  const { state: done, found: over } = await run(
    orders,
    csv([HEAD, ...many('P-500', 500), ...many('P-501', 501), ...Array.from({ length: 61 }, () => row('P-61'))]),
  )
  assert.deepEqual([done.status, done.rowsDone], ['done', 500])
  assert.equal((await made('P-500')).get('P-500')?.length, 500)
  assert.match(over.join('\n'), /^502 与第 1002 行属于同一组/m)
})

test('the template comes back as it was given out: its example row is skipped', async () => {
  const { bytes } = await templateOf(orders, actors.buyer, translate)
  const id = await upload(orders, bytes as Uint8Array)
  await work(orders)
  const { status, refusal } = await state(orders, id)
  assert.deepEqual([status, refusal?.includes('没有数据行') || refusal?.includes('列名')], ['refused', true])
})

test('bug: one material’s dates on both sides of row 100 of a file became two lines of the order', async () => {
  const order = await createOrder(rooms, actors.buyer, draftOf(supplier))
  const day = (i: number) => `2027-01-${String(i + 1).padStart(2, '0')}`
  const rowsOf = [
    ...Array.from({ length: 95 }, (_, i) => ['HS-01', '1', '2027-02-01', String(i + 1), '13%']),
    ...Array.from({ length: 10 }, (_, i) => ['MT-02', '2', day(i), '', '']),
  ]
  const file = csv([['物料编码', '数量', '交期', '未税单价', '税率'], ...rowsOf])
  const { state: done } = await run(lines, file, { target: order })
  assert.deepEqual([done.status, done.rowsDone, done.rowsWrong], ['done', 105, 0])
  const { content } = await getOrder(rooms, actors.buyer, order)
  const motors = content.lines.filter((line) => line.materialCode === 'MT-02' && line.no > 2)
  assert.deepEqual(
    motors.map((line) => line.schedule.length),
    [10],
  )
})
