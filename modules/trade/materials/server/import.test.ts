import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { systemClock } from '#kernel/clock.ts'
import type { AnyImportDefinition } from '#kernel/imports/definition.ts'
import { workOnNext } from '#kernel/imports/import-loop.ts'
import { orderImport, readRows, readState, uploadFile } from '#kernel/imports/import-service.ts'
import type { ImportTables } from '#kernel/imports/import-store.ts'
import { kernelWords } from '#kernel/kernel-words.ts'
import { createLog } from '#kernel/log.ts'
import { moduleDatabase, systemDatabase } from '#kernel/postgres.ts'
import { translator } from '#kernel/words.ts'
import { testContext } from '../../../../tests/context.ts'
import { materialsApi } from '../contract.ts'
import en from '../en.json' with { type: 'json' }
import { supplyApi } from '../supply-contract.ts'
import zh from '../zh.json' with { type: 'json' }
import { createCategory } from './categories.ts'
import { materialImportDefinition } from './import-materials.ts'
import { inSequence, priceImportDefinition } from './import-prices.ts'
import rowsEn from './import-words/en.json' with { type: 'json' }
import rowsZh from './import-words/zh.json' with { type: 'json' }
import { listMaterials } from './list-materials.ts'
import priceRowsEn from './price-import-words/en.json' with { type: 'json' }
import priceRowsZh from './price-import-words/zh.json' with { type: 'json' }
import { listPrices } from './prices.ts'
import { listSources } from './sources.ts'
import { newMaterial, testRooms } from './test-rooms.ts'

const ctx = testContext()
const supplier = testContext()
const { rooms, app, system } = await testRooms({ after }, { partners: { yinglong: supplier.orgId } })
const words = {
  zh: { ...zh, importRows: rowsZh, importPriceRows: priceRowsZh },
  en: { ...en, importRows: rowsEn, importPriceRows: priceRowsEn },
}
const translate = translator({ ...kernelWords, materials: words })
const imports = { db: moduleDatabase<ImportTables>(app, () => Promise.reject(new Error('no grants'))), translate }
const materials = materialImportDefinition()
const prices = priceImportDefinition(rooms)
const worker = {
  ...imports,
  system: systemDatabase<ImportTables>(system),
  definitions: [materials, prices],
  clock: systemClock,
  log: createLog('test', 'silent'),
}
const workAll = async () => {
  while (await workOnNext(worker, new AbortController().signal));
}

async function imported(definition: AnyImportDefinition, rows: string[][]) {
  const bytes = new TextEncoder().encode(rows.map((row) => row.map((cell) => `"${cell}"`).join(',')).join('\r\n'))
  const id = await uploadFile(imports, ctx, definition, { fileName: '清单.csv' }, bytes)
  await workAll()
  const state = await readState(imports, ctx, definition, id)
  const wrong = (await readRows(imports, ctx, definition, id, { show: 'wrong', after: 0, limit: 100 })).items
  const problems = wrong.flatMap((row) => row.problems.map((problem) => `${row.rowNo} ${problem.text}`))
  if (state.status === 'checked' && state.rowsRight > 0) await orderImport(imports, ctx, definition, id, 'skip')
  await workAll()
  return { state: await readState(imports, ctx, definition, id), problems }
}

test('a messy list of materials: other heads, full-width letters, units in any word; what is wrong is told by row', async () => {
  const bore = { key: 'bore', label: '内径', labelEn: null, type: 'number' as const, unit: 'mm', choices: [], required: false }
  const root = await createCategory(rooms, ctx, { parentId: null, code: 'P', name: '外购件', nameEn: null, prefix: null, attributes: [] })
  await createCategory(rooms, ctx, { parentId: root.id, code: 'P-BRG', name: '轴承', nameEn: null, prefix: 'BRG', attributes: [bore] })
  const { state, problems } = await imported(materials, [
    ['料号', '品名', '规格', '物料类别', '计量单位', '参数', '保质期', '看不懂的列'],
    ['', '深沟球轴承', '6204-2RS', '轴承', 'PCS', '内径=20', '', 'x'],
    ['ＡＢ-1', '润滑脂', '3#', '外购件 / 轴承', '公斤', '', '365', ''],
    ['', '无编号件', '', '外购件', '件', '', '', ''],
    ['C 1', '编码带空格', '', '轴承', '件', '', '', ''],
    ['', '', '', '轴承', '件', '', '', ''],
    ['', '未知分类', '', '阀门', '件', '', '', ''],
    ['', '未知单位', '', '轴承', '捧', '', '', ''],
    ['', '错误属性', '', '轴承', '件', '内径=二十; 颜色=红', '0', ''],
    ['ab-1', '重复编码', '', '轴承', '件', '', '', ''],
  ])
  assert.deepEqual([state.status, state.rowsDone, state.rowsWrong, state.unknownColumns], ['done', 2, 7, ['看不懂的列']])
  assert.deepEqual(problems, [
    '4 该分类没有编号前缀，须填写编码',
    '5 只能用字母、汉字、数字和 . _ / # + -，最多 60 位，中间不能有空格',
    '6 必填，请填写。若是合并的单元格，请取消合并并逐行填写',
    '7 没有找到分类“阀门”，请填已建立的分类的编码、名称或路径',
    '8 不认识单位“捧”，请填如 件、千克、米、箱',
    '9 超出范围，须在 1 到 36500 之间',
    '9 分类没有属性“颜色=红”，请写成 属性名=值',
    '9 属性“内径”须为数字',
    '10 与本文件第 3 行重复，请删去一行或改正',
  ])
  const { items } = await listMaterials(rooms, ctx, materialsApi.list.query.parse({}))
  assert.deepEqual(
    items.map((m) => [m.code, m.name, m.baseUnit]),
    [
      ['AB-1', '润滑脂', 'KGM'],
      ['BRG-000001', '深沟球轴承', 'H87'],
    ],
  )
})

test('a server that restarts amid a messy list goes on behind what is committed: each right row once, each wrong row with its reason', async () => {
  await createCategory(rooms, ctx, { parentId: null, code: 'RST', name: '重启件', nameEn: null, prefix: 'RST', attributes: [] })
  // Every tenth row names a category that does not exist.
  const rows = Array.from({ length: 250 }, (_, i) => ['', `重启件${i}`, '', i % 10 === 9 ? '阀门' : '重启件', '件'])
  const text = [['料号', '品名', '规格', '物料类别', '计量单位'], ...rows].map((row) => row.join(',')).join('\r\n')
  const id = await uploadFile(imports, ctx, materials, { fileName: '清单.csv' }, new TextEncoder().encode(text))
  /** Dies in the n-th call, with nothing put in order; the next worker comes when the lease has run out. */
  const dying = (call: 'resolve' | 'apply', n: number): AnyImportDefinition => {
    let calls = 0
    return {
      ...materials,
      [call]: async (...args: never[]) => {
        const done = await (materials[call] as (...given: never[]) => Promise<unknown>)(...args)
        if (++calls === n) throw new Error('the machine goes dark')
        return done
      },
    } as AnyImportDefinition
  }
  let laterMs = 0
  const restarted = (definition: AnyImportDefinition) => {
    laterMs += 120_000
    const nowMs = () => Date.now() + laterMs
    return workOnNext(
      { ...worker, definitions: [definition], clock: { now: () => new Date(nowMs()), nowMs } },
      new AbortController().signal,
    )
  }
  const state = () => readState(imports, ctx, materials, id)
  await restarted(dying('resolve', 1))
  assert.equal((await state()).status, 'checking')
  await restarted(materials)
  const checked = await state()
  assert.deepEqual([checked.status, checked.rowsRight, checked.rowsWrong], ['checked', 225, 25])
  await orderImport(imports, ctx, materials, id, 'skip')
  await restarted(dying('apply', 2))
  const halfway = await state()
  assert.deepEqual([halfway.status, halfway.rowsDone, halfway.rowsWrong], ['running', 100, 25])
  await restarted(materials)
  const done = await state()
  assert.deepEqual([done.status, done.rowsDone, done.rowsWrong], ['done', 225, 25])
  const { items } = await readRows(imports, ctx, materials, id, { show: 'wrong', after: 0, limit: 100 })
  assert.deepEqual(
    items.map(({ rowNo, problems }) => [rowNo, problems.map((problem) => problem.text)]),
    Array.from({ length: 25 }, (_, i) => [i * 10 + 11, ['没有找到分类“阀门”，请填已建立的分类的编码、名称或路径']]),
  )
  const made = await listMaterials(rooms, ctx, materialsApi.list.query.parse({ search: '重启件', limit: 200 }))
  assert.deepEqual([made.total, made.items[0]?.code, made.items[199]?.code], [225, 'RST-000001', 'RST-000200'])
})

test('prices by spreadsheet: new suppliers become sources, each price ends the one before it, gross turns into net', async () => {
  const categoryId = (
    await createCategory(rooms, ctx, { parentId: null, code: 'X', name: '压铸件', nameEn: null, prefix: 'DC', attributes: [] })
  ).id
  const id = await newMaterial(rooms, ctx, { categoryId, name: '端盖', units: [{ unit: 'XBX', factor: '20' }] })
  const head = ['物料编码', '供应商', '未税单价', '含税价', '税率', '阶梯', '生效日期', '单位']
  const { state, problems } = await imported(prices, [
    head,
    ['dc-000001', 'Yinglong', '12.345678', '', '13%', '', '2026/1/1', ''],
    ['DC-000001', 'yinglong', '12', '', '13', '', '2026年7月1日', ''],
    ['DC-000001', 'yinglong', '', '￥11.30', '0.13', '1,000', '2026-01-01', '件'],
    ['DC-000001', 'yinglong', '200', '', '13%', '', '2026-01-01', '箱'],
    ['DC-000001', 'yinglong', '9', '', '13%', '', '2026-01-01', ''],
    ['DC-999999', 'yinglong', '9', '', '13%', '', '2026-01-01', ''],
    ['DC-000001', 'nobody', '9', '', '13%', '', '2026-01-01', ''],
    ['DC-000001', 'yinglong', '', '', '113%', '', '2026-02-30', '千克'],
  ])
  assert.deepEqual([state.status, state.rowsDone], ['done', 4])
  assert.deepEqual(problems, [
    '6 本文件前面已有同一档、同一生效日的价格',
    '7 目录中没有物料“DC-999999”',
    '8 没有找到供应商“nobody”，请填已登记供方的全称或其企业编码，并确认已建立合作关系',
    '9 税率请填如 13% 或 0.13',
    '9 不是日期，请按 2026-11-22 的格式填写',
  ])
  const [source] = (await listSources(rooms, supplier, supplyApi.sources.query.parse({ side: 'supplier', materialId: id }))).items
  assert.ok(source)
  const read = (await listPrices(rooms, ctx, source.id)).prices.map((p) => [
    p.unit,
    p.fromQuantity,
    p.netPrice,
    p.grossPrice,
    p.validFrom,
    p.validUntil,
  ])
  assert.deepEqual(read.sort(), [
    ['H87', '0', '12', '13.56', '2026-07-01', null],
    ['H87', '0', '12.345678', '13.950616', '2026-01-01', '2026-06-30'],
    ['H87', '1000', '10', '11.3', '2026-01-01', null],
    ['XBX', '0', '200', '226', '2026-01-01', null],
  ])
  const again = await imported(prices, [
    head,
    ['DC-000001', '', '9', '', '13%', '', '2026-03-01', ''],
    ['DC-000001', 'yinglong', '9', '', '13%', '', '2026-03-01', ''],
  ])
  assert.match(again.problems.join(), /必填.*从 2026-07-01 起已有同一档的价格/s)
})

test('prices of one file in sequence: each ends where the next begins, whatever the order of the rows', () => {
  const price = { materialId: 'm' as never, supplier: 's' as never, currency: 'CNY' as const, unit: 'H87', netPrice: 1n, taxRate: 0n }
  const days = ['2026-07-01', '2026-01-01', '2027-01-01']
  assert.deepEqual(
    inSequence(days.map((validFrom) => ({ ...price, validFrom }))).map((p) => p.validUntil),
    ['2026-12-31', '2026-06-30', undefined],
  )
  const ended = inSequence([
    { ...price, validFrom: '2026-01-01', validUntil: '2026-03-31' },
    { ...price, validFrom: '2026-07-01' },
  ])
  assert.deepEqual(
    ended.map((p) => p.validUntil),
    ['2026-03-31', undefined],
  )
})
