import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { writeXlsx } from 'hucre/xlsx'
import { systemClock } from '#kernel/clock.ts'
import { workOnNext } from '#kernel/imports/import-loop.ts'
import { orderImport, readRows, readState, uploadFile } from '#kernel/imports/import-service.ts'
import type { ImportTables } from '#kernel/imports/import-store.ts'
import { kernelWords } from '#kernel/kernel-words.ts'
import { createLog } from '#kernel/log.ts'
import { moduleDatabase, systemDatabase } from '#kernel/postgres.ts'
import { readSpreadsheet } from '#kernel/spreadsheet.ts'
import { translator } from '#kernel/words.ts'
import type { ImportId, ImportKnown, ImportMode } from '#values/import.ts'
import { testContext } from '../../../../tests/context.ts'
import { type Material, type MaterialId, materialsApi } from '../contract.ts'
import en from '../en.json' with { type: 'json' }
import { supplyApi } from '../supply-contract.ts'
import zh from '../zh.json' with { type: 'json' }
import { createCategory, updateCategory } from './categories.ts'
import { createMaterial, readMaterial, retireMaterial, updateMaterial } from './change-material.ts'
import { addBarcode, readDetails } from './details.ts'
import { exportMaterials } from './export-materials.ts'
import { materialImportDefinition } from './import-materials.ts'
import rowsEn from './import-words/en.json' with { type: 'json' }
import rowsZh from './import-words/zh.json' with { type: 'json' }
import { listMaterials } from './list-materials.ts'
import { createSource } from './sources.ts'
import { bearing, testRooms } from './test-rooms.ts'

const ctx = testContext()
const supplier = testContext()
const { rooms, app, system } = await testRooms({ after }, { partners: { yinglong: supplier.orgId } })
const translate = translator({ ...kernelWords, materials: { zh: { ...zh, importRows: rowsZh }, en: { ...en, importRows: rowsEn } } })
const imports = { db: moduleDatabase<ImportTables>(app, () => Promise.reject(new Error('no grants'))), translate }
const definition = materialImportDefinition()
const worker = {
  ...imports,
  system: systemDatabase<ImportTables>(system),
  definitions: [definition],
  clock: systemClock,
  log: createLog('test', 'silent'),
}
const workAll = async () => {
  while (await workOnNext(worker, new AbortController().signal));
}
const HEAD = Object.values(rowsZh.columns)
const at = (column: keyof typeof rowsZh.columns) => Object.keys(rowsZh.columns).indexOf(column)
type Cells = Partial<Record<keyof typeof rowsZh.columns, string>>
const sheet = (rows: Cells[]) =>
  writeXlsx({
    sheets: [
      { name: '物料', rows: [HEAD, ...rows.map((row) => Object.keys(rowsZh.columns).map((key) => row[key as keyof Cells] ?? null))] },
    ],
  })

async function checked(file: Uint8Array): Promise<ImportId> {
  const id = await uploadFile(imports, ctx, definition, { fileName: '物料.xlsx' }, file)
  await workAll()
  return id
}
const shown = async (id: ImportId, show: 'wrong' | 'changes' | 'unchanged' | 'new') =>
  (await readRows(imports, ctx, definition, id, { show, after: 0, limit: 100 })).items
/** `old → new` as the preview shows it. */
const differences = async (id: ImportId) =>
  (await shown(id, 'changes')).flatMap((row) => row.changes.map(({ column, old }) => `${HEAD[column]} ${old} → ${row.cells[column]}`))
const problems = async (id: ImportId) =>
  (await shown(id, 'wrong')).flatMap((row) => row.problems.map(({ column, text }) => `${column === null ? '' : HEAD[column]} ${text}`))
async function run(id: ImportId, known: ImportKnown, mode: ImportMode = 'skip') {
  await orderImport(imports, ctx, definition, id, mode, known)
  await workAll()
  return readState(imports, ctx, definition, id)
}
const read = (id: MaterialId) => readMaterial(rooms, ctx, id)

const bore = { key: 'bore', label: '内径', labelEn: null, type: 'number' as const, unit: 'mm', choices: [], required: false }
const seal = { key: 'seal', label: '密封', labelEn: 'Seal', type: 'text' as const, unit: null, choices: [], required: false }
const oiled = { key: 'oiled', label: '含油', labelEn: null, type: 'yesNo' as const, unit: null, choices: [], required: false }
const root = await createCategory(rooms, ctx, { parentId: null, code: 'P', name: '外购件', nameEn: null, prefix: 'P', attributes: [] })
const category = await createCategory(rooms, ctx, {
  parentId: root.id,
  code: 'P-BRG',
  name: '轴承',
  nameEn: null,
  prefix: 'BRG',
  attributes: [bore, seal, oiled],
})
const made = (code: string, change: object = {}): Promise<Material> =>
  createMaterial(
    rooms,
    ctx,
    bearing(category.id, { code, note: '老图纸', shelfLifeDays: 365, attributes: { bore: '20', seal: '2RS' }, ...change }),
  )

test('known codes are shown with what changes, old and new; an empty cell leaves what stands, [清空] takes it away', async () => {
  const one = await made('U-1', { units: [{ unit: 'XBX', factor: '20' }] })
  await made('U-2')
  const id = await checked(
    await sheet([
      {
        code: 'u-1',
        specification: '6205',
        note: '[清空]',
        shelfLifeDays: '【清空】',
        attributes: '内径=25; 密封=[清空]',
        units: '托盘=400',
      },
      { code: 'U-2', name: '深沟球轴承' },
      { code: 'U-3', name: '新轴承', category: '轴承', unit: '件' },
      { code: 'U-4', name: '缺分类' },
      { code: 'U-2', name: '又一次' },
    ]),
  )
  const state = await readState(imports, ctx, definition, id)
  assert.deepEqual([state.rowsRight, state.rowsChanged, state.rowsUnchanged, state.rowsWrong], [3, 1, 1, 2])
  assert.deepEqual(await differences(id), [
    '规格型号 6204-2RS → 6205',
    '保质期（天） 365 → 【清空】',
    '属性 内径=20; 密封=2RS → 内径=25; 密封=[清空]',
    '单位换算 箱=20 → 托盘=400',
    '备注 老图纸 → [清空]',
  ])
  assert.deepEqual(await problems(id), [
    '物料分类 必填，请填写。若是合并的单元格，请取消合并并逐行填写',
    '基本单位 必填，请填写。若是合并的单元格，请取消合并并逐行填写',
    '统一编码 与本文件第 3 行重复，请删去一行或改正',
  ])
  assert.equal((await read(one.id)).version, 1, 'a check writes nothing')
  const done = await run(id, 'update')
  assert.deepEqual([done.status, done.rowsDone, done.rowsWrong, done.known], ['done', 3, 2, 'update'])
  const now = await read(one.id)
  assert.deepEqual(
    [now.specification, now.note, now.shelfLifeDays, now.attributes, now.name, now.version],
    ['6205', '', null, { bore: '25' }, '深沟球轴承', 2],
  )
  assert.deepEqual(
    now.units.map(({ factor }) => factor),
    ['20', '400'],
  )
})

test('skipping leaves known records as they are and makes the new ones', async () => {
  const { id: known } = await made('S-1')
  const id = await checked(
    await sheet([
      { code: 'S-1', name: '改名' },
      { code: 'S-2', name: '新', category: '轴承', unit: '件' },
    ]),
  )
  const done = await run(id, 'skip')
  assert.deepEqual([done.rowsDone, done.rowsChanged, done.rowsWrong], [2, 1, 0])
  assert.equal((await read(known)).name, '深沟球轴承')
  const { items } = await listMaterials(rooms, ctx, materialsApi.list.query.parse({ search: 'S-2' }))
  assert.equal(items.length, 1)
})

test('who was changed since the preview is not overwritten, nor who came to be; who was given the same meanwhile is as it should be', async () => {
  const [edited, same, left] = [await made('E-1'), await made('E-2'), await made('E-3')]
  const file = await sheet([
    { code: 'E-1', specification: 'X' },
    { code: 'E-2', specification: 'X' },
    { code: 'E-3', specification: 'X' },
    { code: 'E-4', name: '轴承', category: '轴承', unit: '件', specification: 'X' },
  ])
  const id = await checked(file)
  await updateMaterial(rooms, ctx, edited.id, { version: 1, specification: '改过' })
  await updateMaterial(rooms, ctx, same.id, { version: 1, specification: 'X' })
  await made('E-4')
  const done = await run(id, 'update')
  assert.deepEqual([done.rowsDone, done.rowsWrong], [2, 2])
  assert.deepEqual(
    await problems(id),
    Array(2).fill(' 预览之后该记录已被他人修改或新建，为免覆盖未更新；请重新上传文件，查看现在的内容后再导入'),
  )
  assert.deepEqual(
    [(await read(edited.id)).specification, (await read(same.id)).version, (await read(left.id)).specification],
    ['改过', 2, 'X'],
  )
  const again = await checked(file)
  const all = await run(again, 'update', 'all')
  assert.deepEqual([all.status, all.rowsDone, all.rowsWrong, (await read(edited.id)).specification], ['done', 4, 0, 'X'])
})

test('all or nothing overwrites nothing where one row was changed since the preview', async () => {
  const [first, second] = [await made('N-1'), await made('N-2')]
  const id = await checked(
    await sheet([
      { code: 'N-1', specification: 'X' },
      { code: 'N-2', specification: 'X' },
    ]),
  )
  await updateMaterial(rooms, ctx, second.id, { version: 1, note: '别人' })
  const state = await run(id, 'update', 'all')
  assert.deepEqual([state.status, state.rowsWrong, state.rowsChanged], ['checked', 1, 1])
  assert.equal((await read(first.id)).version, 1)
})

test('what a material is bound to stays: its base unit once it has a source, its barcodes, its retirement; a category must fit its attributes', async () => {
  const bound = await made('L-1')
  const body = {
    supplierId: supplier.orgId,
    approved: true,
    supplierCode: null,
    supplierName: null,
    leadTimeDays: null,
    minimum: null,
    multiple: null,
    validFrom: '2026-01-01',
    validUntil: null,
  }
  await createSource(rooms, ctx, bound.id, supplyApi.createSource.body.parse(body))
  const other = await made('L-2')
  await addBarcode(rooms, ctx, other.id, { code: 'CODE-1', unit: 'H87' } as never)
  const retired = await made('L-3')
  await retireMaterial(rooms, ctx, retired.id, 1)
  const id = await checked(
    await sheet([
      { code: 'L-1', unit: '千克', barcodes: 'CODE-1; CODE-2 托盘; CODE 3 4' },
      { code: 'L-2', category: 'P' },
      { code: 'L-3', note: '新' },
      { code: 'L-4', name: 'x', category: '轴承', unit: '件', barcodes: '6901234567890' },
    ]),
  )
  const found = await problems(id)
  assert.deepEqual(
    found.map((text) => text.slice(0, 14)),
    [
      '基本单位 该物料已有供方，基本',
      '条码 不认识单位“3 4”，',
      '属性 分类没有属性“bore”',
      '属性 分类没有属性“seal”',
      '统一编码 物料 L-3 已停',
      '条码 “6901234567',
    ].map((text) => text.slice(0, 14)),
  )
  const barcodes = await checked(
    await sheet([
      { code: 'L-1', barcodes: 'CODE-1' },
      { code: 'L-2', barcodes: 'CODE-2; CODE-1' },
    ]),
  )
  assert.deepEqual(await problems(barcodes), ['条码 条码 CODE-1 已登记给另一物料或另一单位'])
  assert.deepEqual(await differences(barcodes), ['条码 CODE-1 → CODE-2; CODE-1'])
  await run(barcodes, 'update')
  assert.deepEqual(
    (await readDetails(rooms, ctx, other.id)).barcodes.map(({ code }) => code),
    ['CODE-1', 'CODE-2'],
  )
})

test('an export comes back as it was; edited in the workbook it changes what was edited and nothing else', async () => {
  const odd = await createCategory(rooms, ctx, {
    parentId: null,
    code: 'ODD',
    name: '杂/项',
    nameEn: null,
    prefix: 'ODD',
    attributes: [seal, oiled],
  })
  const awkward = await createMaterial(
    rooms,
    ctx,
    bearing(odd.id, {
      code: 'X-001',
      name: '=1+1',
      specification: ' 带"引号"; 分号',
      note: '第一行\n第二行',
      attributes: { seal: '甲; 乙="丙"\n丁', oiled: true },
      units: [{ unit: 'XBX', factor: '12.5' }],
      nameEn: '00123',
    }),
  )
  await addBarcode(rooms, ctx, awkward.id, { code: 'A;"B', unit: 'XBX' } as never)
  const later = await createCategory(rooms, ctx, {
    parentId: null,
    code: 'GONE',
    name: '旧类',
    nameEn: null,
    prefix: 'GONE',
    attributes: [seal],
  })
  await createMaterial(rooms, ctx, bearing(later.id, { code: 'X-002', attributes: { seal: 'a' } }))
  await updateCategory(
    rooms,
    ctx,
    later.id,
    materialsApi.updateCategory.body.parse({ version: 1, attributes: [{ ...bore, required: true }] }),
  )

  for (const locale of ['zh-CN', 'en-US'] as const) {
    const bytes = await bytesOf(exportMaterials(rooms, { ...ctx, locale }, translate).bytes)
    const id = await checked(bytes)
    const state = await readState(imports, ctx, definition, id)
    assert.deepEqual([await problems(id), await differences(id)], [[], []], locale)
    assert.deepEqual([state.rowsUnchanged, state.rowsRight], [state.rowsRead, state.rowsRead])
    assert.ok(state.rowsRead > 10)
  }

  const rows = await rowsOf(await bytesOf(exportMaterials(rooms, ctx, translate).bytes))
  const edited = rows.map((cells) =>
    cells[at('code')] === 'X-001' ? cells.with(at('note'), '第三行').with(at('shelfLifeDays'), '30') : cells,
  )
  const id = await checked(await writeXlsx({ sheets: [{ name: '物料', rows: edited }] }))
  assert.deepEqual(await differences(id), ['保质期（天）  → 30', '备注 第一行\n第二行 → 第三行'])
  const done = await run(id, 'update', 'all')
  assert.deepEqual([done.status, done.rowsDone, done.rowsChanged], ['done', rows.length - 1, 1])
  const { note, shelfLifeDays, attributes, version } = await read(awkward.id)
  assert.deepEqual([note, shelfLifeDays, attributes, version], ['第三行', 30, awkward.attributes, 2])
})

async function bytesOf(parts: Uint8Array | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  if (parts instanceof Uint8Array) return parts
  const all: Uint8Array[] = []
  for await (const part of parts) all.push(part)
  return Buffer.concat(all)
}
async function rowsOf(bytes: Uint8Array): Promise<string[][]> {
  const rows: string[][] = []
  for await (const batch of readSpreadsheet(bytes)) rows.push(...batch.map((row) => row.cells))
  return rows
}
