import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { systemClock } from '#kernel/clock.ts'
import { workOnNext } from '#kernel/imports/import-loop.ts'
import { orderImport, readRows, readState, uploadFile } from '#kernel/imports/import-service.ts'
import type { ImportTables } from '#kernel/imports/import-store.ts'
import { kernelWords } from '#kernel/kernel-words.ts'
import { createLog } from '#kernel/log.ts'
import { moduleDatabase, systemDatabase } from '#kernel/postgres.ts'
import { translator } from '#kernel/words.ts'
import { locationDefinition } from './import-locations.ts'
import wordsEn from './location-import-words/en.json' with { type: 'json' }
import wordsZh from './location-import-words/zh.json' with { type: 'json' }
import { listLocations } from './location-store.ts'
import { changeLocation } from './locations.ts'
import { testHouse, testStock } from './test-stock.ts'

const bed = await testStock({ after })
const { rooms, pools } = bed
const { ctx, second } = await testHouse(bed)
const translate = translator({ ...kernelWords, inventory: { zh: { importLocations: wordsZh }, en: { importLocations: wordsEn } } })
const imports = { db: moduleDatabase<ImportTables>(pools.app, () => Promise.reject(new Error('no grants'))), translate }
const definition = locationDefinition()
const worker = {
  ...imports,
  system: systemDatabase<ImportTables>(pools.system),
  definitions: [definition],
  clock: systemClock,
  log: createLog('test', 'silent'),
}
const workAll = async () => {
  while (await workOnNext(worker, new AbortController().signal));
}

async function run(rows: string[][]) {
  const file = [Object.values(wordsZh.columns), ...rows].map((row) => row.join(',')).join('\r\n')
  const id = await uploadFile(imports, ctx, definition, { fileName: '库位.csv' }, new TextEncoder().encode(file))
  await workAll()
  const shown = (show: 'wrong' | 'changes') => readRows(imports, ctx, definition, id, { show, after: 0, limit: 100 })
  const wrong = (await shown('wrong')).items.flatMap((row) => row.problems.map(({ text }) => `${row.rowNo} ${text}`))
  const changes = (await shown('changes')).items.flatMap((row) => row.changes.map(({ column, old }) => `${old} → ${row.cells[column]}`))
  if ((await readState(imports, ctx, definition, id)).rowsRight > 0) await orderImport(imports, ctx, definition, id, 'skip', 'update')
  await workAll()
  return { state: await readState(imports, ctx, definition, id), wrong, changes }
}
const places = async (search: string) =>
  (await rooms.db.inTenant(ctx, (tx) => listLocations(tx, { search, sort: 'code', limit: 200 }))).items.map(
    ({ code, name, warehouse }) => `${warehouse?.code ?? ''}/${code} ${name}`,
  )

test('warehouses and bins over several batches: a new warehouse once, each bin once, known ones renamed or left', async () => {
  const bins = Array.from({ length: 650 }, (_, i) => ['ｗ９', '九号仓', `Z-${String(i).padStart(3, '0')}`, ''])
  const { state, wrong, changes } = await run([
    ['W1', '主仓库', '', ''],
    ['w1', '', 'a-01', '一排'],
    ['W2', '', 'B-01', ''],
    ...bins,
    ['W9', '九号仓', '', ''],
  ])
  assert.deepEqual([wrong, changes], [[], ['主仓 → 主仓库', 'A-01 → 一排']])
  assert.deepEqual([state.status, state.rowsDone, state.rowsWrong], ['done', 654, 0])
  assert.deepEqual(await places('九号仓'), ['/w9 九号仓'])
  assert.equal((await places('z-')).length, 200)
  assert.deepEqual(await places('一排'), ['W1/A-01 一排'])
  assert.deepEqual(await places('b-01'), ['W2/B-01 B-01'])
  const again = await run(bins)
  assert.deepEqual([again.state.rowsUnchanged, again.state.rowsDone], [650, 650])
})

test('what is wrong is told by row: an unknown warehouse, another name for it, a place twice, one that is closed or the platform’s', async () => {
  await changeLocation(rooms.db, ctx, second, { version: 1, code: 'W2', name: '二仓', closed: true })
  const { state, wrong } = await run([
    ['W7', '', 'A', ''],
    ['W1', '别名', 'NEW', ''],
    ['W1', '', 'NEW-2', ''],
    ['W1', '', 'new-2', ''],
    ['W2', '', 'B-77', ''],
    ['loss', '损耗', '', ''],
    ['W8', '', '', '名'],
    ['W6', '六', 'A', ''],
    ['W6', '陆', 'B', ''],
  ])
  assert.deepEqual(
    wrong.map((text) => text.slice(0, 12)),
    [
      '2 没有仓库“W7”；要',
      '3 仓库“W1”的名称是',
      '5 本文件前面已有同一仓库',
      '6 “W2”已停用，请先',
      '7 编码“loss”由系',
      '8 填写了库位名称，请填',
      '8 新仓库“W8”须填写',
      '10 仓库“W6”的名称',
    ].map((text) => text.slice(0, 12)),
  )
  assert.deepEqual([state.status, state.rowsDone], ['done', 2])
  assert.deepEqual(await places('new-2'), ['W1/NEW-2 NEW-2'])
})
