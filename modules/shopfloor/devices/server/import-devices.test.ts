import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { writeXlsx } from 'hucre/xlsx'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { systemClock } from '#kernel/clock.ts'
import type { Context } from '#kernel/context.ts'
import { workOnNext } from '#kernel/imports/import-loop.ts'
import { cancelImport, listImports, orderImport, readRows, readState, uploadFile } from '#kernel/imports/import-service.ts'
import type { ImportTables } from '#kernel/imports/import-store.ts'
import { templateOf, wrongRowsFile } from '#kernel/imports/template.ts'
import { kernelWords } from '#kernel/kernel-words.ts'
import { createLog } from '#kernel/log.ts'
import { moduleDatabase, opaque, systemDatabase } from '#kernel/postgres.ts'
import { referencesAt } from '#kernel/references.ts'
import { readSpreadsheet } from '#kernel/spreadsheet.ts'
import { streamWorkbook } from '#kernel/spreadsheet-writer.ts'
import { translator } from '#kernel/words.ts'
import type { ImportId } from '#values/import.ts'
import { devicesApi } from '../contract.ts'
import en from '../en.json' with { type: 'json' }
import { deviceErrors } from '../errors.ts'
import zh from '../zh.json' with { type: 'json' }
import { devicesPublic } from './devices-public.ts'
import { handOutSecrets } from './hand-out-secrets.ts'
import { deviceImportDefinition } from './import-devices.ts'
import rowsEn from './import-words/en.json' with { type: 'json' }
import rowsZh from './import-words/zh.json' with { type: 'json' }
import { listDevices } from './list-devices.ts'
import { readPoints } from './read-device.ts'
import { contextOf, failsWith, leader, newDevice, newModel, places, sha256, supplier, testRooms } from './test-rooms.ts'
import { addModelVersion, retireThingModel } from './thing-models.ts'

const { rooms, pool, systemPool } = await testRooms({ after })
const now = () => new Date().toISOString()
const mine = (): Context => contextOf(leader, { now: now() })
const translate = translator({ ...kernelWords, devices: { zh: { ...zh, importRows: rowsZh }, en: { ...en, importRows: rowsEn } } })
const imports = { db: moduleDatabase<ImportTables>(pool, () => Promise.reject(new Error('no grants'))), translate }
const definition = deviceImportDefinition(rooms)
const worker = {
  ...imports,
  system: systemDatabase<ImportTables>(systemPool),
  definitions: [definition],
  clock: systemClock,
  log: createLog('test', 'silent'),
}
const alive = new AbortController().signal
const workAll = async () => {
  while (await workOnNext(worker, alive));
}
const modelId = await newModel(rooms, mine())

const HEAD = ['编码', '名称', '英文名称', '物模型', '制造商', '型号', '出厂编号', '位置', '状态', '生成凭据', '备注', '外部编号']
const csv = (rows: (string | number)[][]) => new TextEncoder().encode(rows.map((row) => row.join(',')).join('\r\n'))
const upload = (bytes: Uint8Array, ctx = mine(), fileName = '设备.xlsx') => uploadFile(imports, ctx, definition, { fileName }, bytes)
const state = (id: ImportId, ctx = mine()) => readState(imports, ctx, definition, id)
const wrong = async (id: ImportId, ctx = mine()) =>
  (await readRows(imports, ctx, definition, id, { show: 'wrong', after: 0, limit: 100 })).items
const codes = async (search: string) =>
  (await listDevices(rooms, mine(), devicesApi.list.query.parse({ search, limit: 200 }))).items.map((d) => d.own?.code)

async function checked(bytes: Uint8Array, ctx = mine()) {
  const id = await upload(bytes, ctx)
  await workAll()
  return state(id, ctx)
}

test('devices come from a workbook as they would by hand: points, place, state, and a credential handed out once', async () => {
  const file = await writeXlsx({
    sheets: [
      {
        name: '台账',
        rows: [
          ['重庆厂设备台账'],
          [],
          ['序号', '设备编号 *', '设备名称', '物模型', '安装位置', '状态', '生成凭据', '出厂编号'],
          [1, 'ＩＭ－０１', '压铸机一号 ', '压铸机', '重庆厂 / 压铸一线', '计划', '是', 'LK-1'],
          [2, 'IM-02', '压铸机二号', 'die-casting', 'CQ-DC-1', null, '否', 20240001],
          [],
          [3, 'IM-03', '压铸机三号', 'Die-casting machine', null, '维修', null, null],
        ],
      },
    ],
  })
  const id = await upload(file)
  assert.equal((await state(id)).status, 'queued')
  await workAll()
  const after = await state(id)
  assert.deepEqual([after.status, after.rowsRead, after.rowsRight, after.rowsWrong, after.unknownColumns], ['checked', 3, 3, 0, ['序号']])
  assert.deepEqual(await codes('IM-'), [], 'a dry run writes nothing')
  await orderImport(imports, mine(), definition, id, 'all')
  await workAll()
  const done = await state(id)
  assert.deepEqual([done.status, done.rowsDone, done.toHandOut], ['done', 3, 1])
  const { items } = await listDevices(rooms, mine(), devicesApi.list.query.parse({ search: 'IM-' }))
  assert.deepEqual(
    items.map((d) => [d.own?.code, d.name, d.own?.status, d.own?.place?.path.join('/') ?? null, d.own?.serial]),
    [
      ['IM-01', '压铸机一号', 'planned', '重庆厂/压铸一线', 'LK-1'],
      ['IM-02', '压铸机二号', 'active', '重庆厂/压铸一线', '20240001'],
      ['IM-03', '压铸机三号', 'maintenance', null, ''],
    ],
  )
  const first = items[0]
  assert.ok(first)
  assert.deepEqual(
    (await readPoints(rooms, mine(), first.id)).map((p) => p.measuringPoint?.code),
    ['IM-01.temperature', 'IM-01.energy', 'IM-01.state'],
  )
  const { rows: news } = await rooms.system.inSystem((tx) =>
    sql<{
      code: string
    }>`select payload->>'deviceCode' as code from kernel.outbox where payload->>'deviceCode' like 'IM-%' order by id`.execute(tx),
  )
  assert.deepEqual(news.map((n) => n.code).sort(), ['IM-01', 'IM-02', 'IM-03'])

  const secrets = await handOutSecrets(rooms, imports, definition, mine(), id)
  const [, row] = await rowsOf(secrets.bytes as Uint8Array)
  assert.deepEqual([row?.[0], row?.[2], row?.[4]], ['IM-01', 'leader/IM-01', 'v1/leader/IM-01/telemetry'])
  const known = await devicesPublic(rooms).identify('leader', 'IM-01')
  assert.deepEqual(known?.credentials, [{ hash: sha256(row?.[3] ?? '') }])
  await assert.rejects(handOutSecrets(rooms, imports, definition, mine(), id), failsWith('imports.nothingToHandOut'))
})

async function rowsOf(bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<string[][]> {
  const parts: Uint8Array[] = []
  if (bytes instanceof Uint8Array) parts.push(bytes)
  else for await (const part of bytes) parts.push(part)
  const rows: string[][] = []
  for await (const batch of readSpreadsheet(Buffer.concat(parts))) rows.push(...batch.map((row) => row.cells))
  return rows
}

test('each wrong row says its number, its column and what to do, in the reader’s language', async () => {
  await newDevice(rooms, mine(), { code: 'WR-OLD', thingModelId: modelId })
  const { id, ...after } = await checked(
    csv([
      HEAD,
      ['WR-01', '好的', '', 'die-casting', '', '', '', '', '', '', ''],
      ['wr-01', '重复', '', 'die-casting', '', '', '', '', '', '', ''],
      ['wr-old', '已有', '', 'die-casting', '', '', '', '', '', '', ''],
      ['有 空格', '坏编码', '', 'die-casting', '', '', '', '', '', '', ''],
      ['WR-05', '', '', '不存在', '', '', '', '火星厂', '报废', '大概', ''],
      ['WR-06', '名'.repeat(81), '', 'die-casting', '', '', '', '', '', '', ''],
      ['wr-old', '处处错', '', '不存在', '', '', '', '火星厂', '报废', '', ''],
    ]),
  )
  assert.deepEqual([after.status, after.rowsRead, after.rowsRight, after.rowsWrong], ['checked', 7, 1, 6])
  const found = (await wrong(id)).map((row) => [row.rowNo, ...row.problems.map((p) => `${HEAD[p.column ?? -1]}：${p.text}`)])
  assert.deepEqual(found, [
    [3, '编码：与本文件第 2 行重复，请删去一行或改正'],
    [4, '编码：编码 wr-old 已有设备使用，请换一个编码，或删去此行'],
    [5, '编码：以字母或数字开头，只能用字母、数字和 . _ -，最多 63 位'],
    [
      6,
      '名称：必填，请填写。若是合并的单元格，请取消合并并逐行填写',
      '状态：不在可选范围内，请填：计划、在用、维修',
      '生成凭据：请填“是”或“否”',
    ],
    [7, '名称：太长：81 个字符，最多 80 个'],
    [
      8,
      '状态：不在可选范围内，请填：计划、在用、维修',
      '编码：与本文件第 4 行重复，请删去一行或改正',
      '物模型：没有找到物模型“不存在”，请填写已建立的物模型的编码或名称',
      '位置：没有找到位置“火星厂”，或不在您负责的厂区内。请填从厂区写起的路径或位置编码',
    ],
  ])
  const english = await readRows(imports, { ...mine(), locale: 'en-US' }, definition, id, { show: 'wrong', after: 3, limit: 1 })
  assert.deepEqual([english.columns[0], english.items[0]?.rowNo, english.next], ['Code', 4, 4])
  assert.equal(english.items[0]?.problems[0]?.text, 'a device has the code wr-old already; choose another or remove the row')
  await assert.rejects(orderImport(imports, mine(), definition, id, 'all'), failsWith('imports.wrongRows'))
  await orderImport(imports, mine(), definition, id, 'skip')
  await orderImport(imports, mine(), definition, id, 'skip')
  await workAll()
  assert.deepEqual([(await state(id)).rowsDone, await codes('WR-0')], [1, ['WR-01']])
  const again = await orderImport(imports, mine(), definition, id, 'skip')
  assert.deepEqual([again.status, again.rowsDone], ['done', 1], 'asked again it runs nothing twice')
})

test('the file of wrong rows names their reasons, and is taken back once it is corrected', async () => {
  const { id } = await checked(csv([HEAD, ['FX-01', '', '', 'die-casting'], ['FX-02', 'x', '', '没有']]))
  const page = await readRows(imports, mine(), definition, id, { show: 'wrong', after: 0, limit: 100 })
  async function* wrongOnes() {
    for (const row of page.items)
      yield { rowNo: row.rowNo, cells: row.cells, problems: [{ column: row.rowNo === 2 ? 'name' : null, code: 'required' }] }
  }
  const [head, ...rows] = await rowsOf(wrongRowsFile(definition, mine(), translate, wrongOnes()).bytes)
  assert.deepEqual(head?.slice(-2), ['原行号', '问题与处理'])
  assert.deepEqual([rows[0]?.[12], rows[0]?.[13]?.startsWith('名称：必填')], ['2', true])
  const corrected = [head ?? [], ...rows.map((row) => row.map((cell, i) => (i === 1 ? '补上' : i === 3 ? 'die-casting' : cell)))]
  const again = await checked(csv(corrected.map((row) => row.map((cell) => `"${cell}"`))))
  assert.deepEqual([again.rowsRight, again.rowsWrong, again.unknownColumns], [2, 0, ['原行号', '问题与处理']])
})

test('the template comes with an example that is skipped as it stands, in either language', async () => {
  for (const locale of ['zh-CN', 'en-US'] as const) {
    const template = await templateOf(definition, { locale }, translate)
    const rows = await rowsOf(template.bytes)
    assert.equal(rows.length, 2)
    assert.equal(rows[0]?.[0], locale === 'zh-CN' ? '编码 *' : 'Code *')
    const empty = await checked(template.bytes as Uint8Array)
    assert.deepEqual([empty.status, empty.refusal?.length !== 0, empty.rowsRead], ['refused', true, 0])
  }
})

test('a file that cannot be an import says why: no head, a column missing or twice, no rows, 100,001 rows', async () => {
  const refusals: [Uint8Array, RegExp][] = [
    [
      csv([
        ['a', 'b'],
        [1, 2],
      ]),
      /没有找到列名.*编码、名称、物模型/,
    ],
    [
      csv([
        ['编码', '位置'],
        ['A', 'B'],
      ]),
      /第 1 行的列名中缺少：名称、物模型/,
    ],
    [
      csv([
        ['编码', '设备编号', '名称', '物模型'],
        ['A', 'B', 'C', 'D'],
      ]),
      /出现了两次/,
    ],
    [csv([HEAD]), /没有数据行/],
    [csv([[], [''], ['\t']]), /没有找到列名/],
    [csv([HEAD, ...Array.from({ length: 100_001 }, (_, i) => [`L-${i}`, 'x', '', 'nowhere'])]), /超过 100000 行/],
  ]
  for (const [bytes, text] of refusals) {
    const { status, refusal } = await checked(bytes)
    assert.equal(status, 'refused')
    assert.match(refusal ?? '', text)
  }
  await assert.rejects(upload(new TextEncoder().encode('%PDF-1.7 …'), mine(), '设备.xlsx'), failsWith('imports.notSpreadsheet'))
  await assert.rejects(upload(Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0])), failsWith('imports.oldExcel'))
  await assert.rejects(upload(new Uint8Array()), failsWith('imports.emptyFile'))
})

test('what became wrong between check and run: all or nothing writes nothing, skipping leaves it out', async () => {
  const { id } = await checked(csv([HEAD, ...['RC-01', 'RC-02', 'RC-03'].map((code) => [code, 'x', '', 'die-casting'])]))
  await newDevice(rooms, mine(), { code: 'rc-02', thingModelId: modelId })
  await orderImport(imports, mine(), definition, id, 'all')
  await workAll()
  const back = await state(id)
  assert.deepEqual([back.status, back.rowsDone, back.rowsRight, back.rowsWrong], ['checked', 0, 2, 1])
  assert.equal(back.refusal, '有 1 行出错，未写入任何数据。请改正后重新上传，或选择跳过出错的行。')
  assert.deepEqual(await codes('RC-'), ['rc-02'])
  await orderImport(imports, mine(), definition, id, 'skip')
  await workAll()
  assert.deepEqual([(await state(id)).rowsDone, (await codes('RC-')).length], [2, 3])
})

test('an import is its uploader’s own: a colleague and a partner find nothing', async () => {
  const { id } = await checked(csv([HEAD, ['OWN-1', 'x', '', 'die-casting']]))
  const colleague: Context = { ...mine(), actor: { kind: 'user', id: 'colleague' } }
  for (const other of [colleague, contextOf(supplier, { now: now() })]) {
    await assert.rejects(state(id, other), failsWith('imports.notFound'))
    await assert.rejects(orderImport(imports, other, definition, id, 'all'), failsWith('imports.notFound'))
    await assert.rejects(cancelImport(imports, other, definition, id), failsWith('imports.notFound'))
    await assert.rejects(wrong(id, other), failsWith('imports.notFound'))
    assert.deepEqual((await listImports(imports, other, definition)).length, 0)
  }
  await assert.rejects(readState(imports, mine(), { ...definition, kind: 'other.kind' }, id), failsWith('imports.notFound'))
})

test('whoever is confined to sites imports there and nowhere else, and gives credentials only with the right to', async () => {
  const confined: Context = { ...contextOf(leader, { sites: [places.siteB], now: now() }), actor: { kind: 'user', id: 'site-b' } }
  const noCredentials: Context = { ...confined, scopes: { ...confined.scopes, permissions: new Set() } }
  const { id } = await checked(
    csv([
      HEAD,
      ['SC-1', 'x', '', 'die-casting', '', '', '', '成都厂/机加一线', '', '是'],
      ['SC-2', 'x', '', 'die-casting', '', '', '', '成都厂'],
      ['SC-3', 'x', '', 'die-casting', '', '', '', '重庆厂'],
      ['SC-4', 'x', '', 'die-casting'],
    ]),
    noCredentials,
  )
  assert.deepEqual(
    (await wrong(id, noCredentials)).map((row) => [row.rowNo, row.problems.map((p) => HEAD[p.column ?? -1])]),
    [
      [2, ['生成凭据']],
      [4, ['位置']],
      [5, ['位置']],
    ],
  )
})

test('a retired thing model is not taken, and a new version is the one that is used', async () => {
  await addModelVersion(rooms.db, mine(), modelId, {
    name: '压铸机',
    nameEn: null,
    description: '',
    definition: {
      properties: [
        {
          name: 'temperature',
          label: '炉温',
          labelEn: null,
          valueType: 'number',
          kind: 'instant',
          unit: '℃',
          min: 0,
          max: 800,
          access: 'r',
          states: null,
          decimals: null,
        },
      ],
      events: [],
      commands: [],
    },
  } as never).catch(() => undefined)
  const extra = await newModelNamed('retired-model')
  await retireThingModel(rooms.db, mine(), extra)
  const { id } = await checked(csv([HEAD, ['RM-1', 'x', '', 'retired-model']]))
  assert.match((await wrong(id))[0]?.problems[0]?.text ?? '', /已停用/)
})

async function newModelNamed(code: string) {
  const { createThingModel } = await import('./thing-models.ts')
  const { dieCasting } = await import('./test-rooms.ts')
  return (await createThingModel(rooms.db, mine(), { ...dieCasting, code, name: code, nameEn: null })).id
}

test('cancelled while it waits it writes nothing; cancelled at work it keeps what was written', async () => {
  const waiting = await upload(csv([HEAD, ['CN-1', 'x', '', 'die-casting']]))
  assert.equal((await cancelImport(imports, mine(), definition, waiting)).status, 'cancelled')
  await workAll()
  assert.equal((await state(waiting)).status, 'cancelled')
  await assert.rejects(cancelImport(imports, mine(), definition, waiting), failsWith('imports.notAllowedNow'))
  const rows = Array.from({ length: 1_200 }, (_, i) => [`CW-${i}`, 'x', '', 'die-casting'])
  const { id } = await checked(csv([HEAD, ...rows]))
  for (const mode of ['all', 'skip'] as const) {
    await orderImport(imports, mine(), definition, id, mode).catch(() => undefined)
    let asked = false
    const stopping = {
      ...definition,
      apply: async (...args: Parameters<typeof definition.apply>) => {
        const written = await definition.apply(...args)
        if (!asked) {
          asked = true
          // Beside the transaction that holds the row: the request waits for it as a person's would.
          setTimeout(() => void cancelImport(imports, mine(), definition, id).catch(() => undefined), 0)
        }
        return written
      },
    }
    await workOnNext({ ...worker, definitions: [stopping] }, alive)
    const after = await state(id)
    assert.equal(after.status, 'cancelled', mode)
    const { total } = await listDevices(rooms, mine(), devicesApi.list.query.parse({ search: 'CW-' }))
    assert.equal(total, mode === 'all' ? 0 : after.rowsDone)
    if (mode === 'all')
      await imports.db.inTenant(mine(), (tx) =>
        sql`update kernel.import set status = 'checked', finished_at = null where id = ${id}`.execute(tx.sql),
      )
    else assert.ok(after.rowsDone > 0 && after.rowsDone < 1_200)
  }
})

test('a worker that dies leaves no half: the next one goes on behind what is committed', async () => {
  const rows = Array.from({ length: 1_200 }, (_, i) => [`DI-${i}`, 'x', '', 'die-casting'])
  const { id } = await checked(csv([HEAD, ...rows]))
  await orderImport(imports, mine(), definition, id, 'skip')
  let batches = 0
  const dying = {
    ...definition,
    apply: async (...args: Parameters<typeof definition.apply>) => {
      const written = await definition.apply(...args)
      if (++batches === 2) throw new Error('the machine goes dark')
      return written
    },
  }
  await workOnNext({ ...worker, definitions: [dying] }, alive)
  const halfway = await state(id)
  assert.deepEqual([halfway.status, halfway.rowsDone], ['running', 100])
  assert.equal((await codes('DI-')).length, 100)
  await workOnNext({ ...worker, clock: { now: () => new Date(Date.now() + 120_000), nowMs: () => Date.now() + 120_000 } }, alive)
  const done = await state(id)
  assert.deepEqual([done.status, done.rowsDone], ['done', 1_200])
  const { total } = await listDevices(rooms, mine(), devicesApi.list.query.parse({ search: 'DI-' }))
  assert.equal(total, 1_200)
})

test('rows that belong to something name it: checked at the upload, known to whoever takes the rows', async () => {
  const target = uuidv7()
  const seen: (string | null)[] = []
  const ofTarget: typeof definition = {
    ...definition,
    kind: 'devices.targeted',
    checkTarget: async (_, __, given) => {
      if (given !== target) throw deviceErrors.notFound({ id: given })
    },
    resolve: (ctx, tx, rows, about) => {
      seen.push(about.target)
      return definition.resolve(ctx, tx, rows, about)
    },
  }
  const file = csv([HEAD, ['TG-1', 'x', '', 'die-casting']])
  const send = (to: string | undefined, by = ofTarget) => uploadFile(imports, mine(), by, { fileName: 'x.csv', target: to }, file)
  await assert.rejects(send(uuidv7()), failsWith('devices.notFound'))
  await assert.rejects(send(undefined), failsWith('request.invalid'))
  await assert.rejects(send(target, definition), failsWith('request.invalid'))
  const id = await send(target)
  while (await workOnNext({ ...worker, definitions: [ofTarget] }, alive));
  assert.deepEqual(seen, [target])
  assert.deepEqual(
    [(await listImports(imports, mine(), ofTarget, target)).map((one) => one.id), await listImports(imports, mine(), ofTarget, uuidv7())],
    [[id], []],
  )
})

test('more than three unfinished imports of an organisation are refused', async () => {
  const one = csv([HEAD, ['BZ-1', 'x', '', 'die-casting']])
  for (let i = 0; i < 3; i++) await upload(one)
  await assert.rejects(upload(one), failsWith('imports.busy'))
  await workAll()
})

test('5,000 devices with credentials are checked and written in a bounded time', async (t) => {
  function* rows() {
    for (let i = 0; i < 5_000; i++)
      yield [
        `BK-${i}`,
        `压铸机 ${i}`,
        '',
        'die-casting',
        '力劲',
        'IMPRESS',
        `S${i}`,
        i % 2 ? '重庆厂/压铸一线' : 'CD-M-1',
        '在用',
        '是',
        '',
      ]
  }
  const parts: Uint8Array[] = []
  for await (const part of streamWorkbook(
    '设备',
    HEAD.map((title) => ({ title })),
    rows(),
  ))
    parts.push(part)
  const startedMs = performance.now()
  const { id, rowsRight } = await checked(Buffer.concat(parts))
  const checkedMs = performance.now()
  assert.equal(rowsRight, 5_000)
  await orderImport(imports, mine(), definition, id, 'all')
  await workAll()
  const doneMs = performance.now()
  assert.equal((await state(id)).rowsDone, 5_000)
  const secrets = await handOutSecrets(rooms, imports, definition, mine(), id)
  assert.equal((await rowsOf(secrets.bytes)).length, 5_001)
  t.diagnostic(
    `check ${Math.round(checkedMs - startedMs)} ms, write ${Math.round(doneMs - checkedMs)} ms, secrets ${Math.round(performance.now() - doneMs)} ms`,
  )
  assert.ok(doneMs - startedMs < 60_000)
})

test('a reference to an outside system comes with its device; one that is taken or ill-written is told in its row', async () => {
  const head = ['编码', '名称', '物模型', 'ERP编号']
  const first = await checked(csv([head, ['ER-1', '一号', 'die-casting', 'SAP/Equipment:10002345']]))
  assert.deepEqual([first.rowsRight, first.unknownColumns], [1, []])
  await orderImport(imports, mine(), definition, first.id, 'all')
  await workAll()
  const { items } = await listDevices(rooms, mine(), devicesApi.list.query.parse({ search: 'ER-1' }))
  const key = { system: 'sap', type: 'equipment', key: '10002345' }
  const stored = await rooms.db.inTenant(mine(), (tx) => referencesAt(opaque(tx), [key]))
  assert.deepEqual(
    stored.map(({ entity, recordId }) => [entity, recordId]),
    [['devices.device', items[0]?.id]],
  )
  const second = await checked(
    csv([
      head,
      ['ER-2', '二号', 'die-casting', 'sap/equipment:10002345'],
      ['ER-3', '三号', 'die-casting', '10002346'],
      ['ER-4', '四号', 'die-casting', ''],
    ]),
  )
  assert.deepEqual([second.rowsRight, second.rowsWrong], [1, 2])
  const [taken, illWritten] = (await wrong(second.id)).map((row) => row.problems.map((p) => p.text).join())
  assert.match(taken ?? '', /sap\/equipment:10002345 已登记给另一条记录/)
  assert.match(illWritten ?? '', /系统\/类型:编号/)
})
