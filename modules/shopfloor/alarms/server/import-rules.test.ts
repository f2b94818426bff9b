import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import type { Endpoint } from '#values/endpoint.ts'
import type { ImportId, ImportMode } from '#values/import.ts'
import { type ApiClient, firstAdministrator, registerOrganisation } from '../../../../tests/api-client.ts'
import { SETUP_CODE, testApp } from '../../../../tests/app.ts'
import type { Condition } from '../condition.ts'
import { type AlarmRule, alarmsApi } from '../contract.ts'
import { ruleImport } from '../import-contract.ts'
import { ruleInput } from './test-platform.ts'

const cleanups: (() => Promise<void>)[] = []
let app: Awaited<ReturnType<typeof testApp>>
let client: ApiClient

before(async () => {
  app = await testApp({ after: (work) => void cleanups.unshift(work) })
  const operator = await firstAdministrator(app.address, SETUP_CODE)
  client = (await registerOrganisation(operator, app.address, { code: 'rules', kind: 'leader', n: 7 })).client
  const number = (name: string, label: string) => ({
    name,
    label,
    labelEn: null,
    valueType: 'number' as const,
    unit: 'bar',
    kind: 'instant' as const,
  })
  const note = { name: 'note', label: '备注', labelEn: null, valueType: 'string' as const, unit: null, kind: 'instant' as const }
  const definition = { properties: [number('temp', '温度'), number('press', '压力'), number('run', '运行'), note] }
  const { id } = await client.call(devicesApi.createThingModel, {
    body: { code: 'press', name: '冲压机', nameEn: null, description: '', definition },
  })
  for (const code of ['P-1', 'P-2'])
    await client.call(devicesApi.create, {
      body: {
        ...{ code, name: `压机 ${code}`, nameEn: null, maker: '', model: '', serial: '', note: '' },
        ...{ thingModelId: id, nodeId: null, status: 'active', withCredential: false },
      },
    })
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

const work = async () => {
  for (const loop of app.composition.importWork) await loop.run(new AbortController().signal)
}
async function upload(fileName: string, bytes: Uint8Array<ArrayBuffer>): Promise<ImportId> {
  const { id } = await client.call(ruleImport.upload, { query: { fileName }, bytes })
  await work()
  return id
}
const HEAD = '告警名称,设备编码,物模型编码,测点,条件类型,限值类型,限值,表达式,状态值,优先级,规则编号,规则版本'
const uploadText = (lines: string[]) => upload('规则.csv', new TextEncoder().encode([HEAD, ...lines].join('\r\n')))
async function carriedOut(id: ImportId, mode: ImportMode) {
  await client.call(ruleImport.run, { params: { id }, body: { mode } })
  await work()
  return client.call(ruleImport.state, { params: { id } })
}
const stateOf = (id: ImportId) => client.call(ruleImport.state, { params: { id } })
const rules = async () => (await client.call(alarmsApi.rules, { query: { limit: 100 } })).items
async function problemsOf(id: ImportId): Promise<string[]> {
  const { items } = await client.call(ruleImport.rows, { params: { id }, query: {} })
  return items.map((row) => `${row.rowNo} ${row.problems.map(({ text }) => text).join(' ')}`)
}

const conditions: Condition[] = [
  { kind: 'limit', level: 'LL', limit: -0.30000000000000004, deadband: 0.5 },
  { kind: 'rate', direction: 'fall', limit: 12.5, perS: 3600, deadband: 0 },
  { kind: 'deviation', from: 'press', limit: 3, deadband: 1 },
  { kind: 'deviation', from: 21.5, limit: 3, deadband: 1 },
  { kind: 'state', values: [3, -4] },
  { kind: 'expression', expression: 'active ? temp > 75 && press < 0.6 : temp > 80' },
  { kind: 'noData', afterS: 300 },
]

test('an export is imported as it is and changes nothing; a changed row changes its rule, an old one does not', async () => {
  const devices = await client.call(devicesApi.list, { query: {} })
  const deviceId = devices.items.find(({ own }) => own?.code === 'P-1')!.id
  for (const [i, condition] of conditions.entries())
    await client.call(alarmsApi.createRule, {
      body: ruleInput({
        name: `规则 ${i}`,
        ...(i % 2 ? { modelCode: 'press' } : { deviceId }),
        condition,
        suppression: i === 0 ? { pointName: 'run', values: [0, 2] } : null,
        response: '=第一行\n第二行',
      }),
    })
  const before = await rules()
  const answer = await client.raw(alarmsApi.exportRules as unknown as Endpoint)
  const id = await upload('告警规则.xlsx', new Uint8Array(await answer.arrayBuffer()))
  assert.deepEqual(await problemsOf(id), [])
  const done = await carriedOut(id, 'all')
  assert.deepEqual([done.status, done.rowsDone, done.unknownColumns.length], ['done', conditions.length, 4])
  assert.deepEqual(await rules(), before, 'versions too')

  const rule = before.find(({ name }) => name === '规则 0') as AlarmRule
  const row = (limit: number, version: number | '') => `改名,P-1,,温度,越限,高,${limit},,,紧急,${rule.id},${version}`
  await carriedOut(await uploadText([row(91, rule.version)]), 'all')
  const changed = (await rules()).find((one) => one.id === rule.id) as AlarmRule
  assert.deepEqual(
    [changed.name, changed.condition, changed.priority, changed.version, changed.response],
    ['改名', { kind: 'limit', level: 'H', limit: 91, deadband: 0 }, 'critical', rule.version + 1, ''],
  )
  assert.match((await problemsOf(await uploadText([row(92, rule.version)])))[0] ?? '', /导出之后他人修改过这条规则/)
})

test('what is wrong is told by row, all or nothing or without the wrong rows', async () => {
  const lines = [
    '新一,P-2,,temp,越限,高高,90,,,高,,',
    '新二,,press,压力,表达式,,,press < 0.6 && temp > 80,,中,,',
    '错一,P-9,,temp,越限,高,90,,,高,,',
    '错二,P-2,press,temp,越限,高,90,,,高,,',
    '错三,P-2,,湿度,越限,高,90,,,高,,',
    '错四,P-2,,note,越限,高,90,,,高,,',
    '错五,P-2,,temp,表达式,,,temp > ,,高,,',
    '错六,P-2,,temp,表达式,,,temp > 80 && humid > 2,,高,,',
    '错七,P-2,,temp,状态值,,5,,3,高,,',
    '错八,P-2,,temp,越限,,,,,特别高,,',
    '错九,P-2,,温度,越限,HH,90,,,低,,',
    '错十,P-2,,temp,越限,高,90,,,高,0193a5f0-0000-7000-8000-000000000009,1',
  ]
  const id = await uploadText(lines)
  const expected = [
    /没有找到在用的设备“P-9”/,
    /须填一个，且只填一个/,
    /没有测点“湿度”/,
    /测点“note”是文本/,
    /表达式从第 6 个字符起写法有误/,
    /表达式中的“humid”不是/,
    /条件类型为“状态值”时不用此列/,
    /不在可选范围内，请填：紧急/,
    /已有相同条件的规则“新一”/,
    /没有这条规则/,
  ]
  const problems = await problemsOf(id)
  assert.equal(problems.length, expected.length, problems.join('\n'))
  for (const [i, pattern] of expected.entries()) assert.match(problems[i] ?? '', pattern)
  const before = (await rules()).length
  await assert.rejects(carriedOut(id, 'all'), /wrongRows/)
  assert.equal((await rules()).length, before)
  const done = await carriedOut(id, 'skip')
  assert.deepEqual([done.status, done.rowsDone], ['done', 2])
  const made = (await rules()).filter(({ name }) => name.startsWith('新'))
  assert.deepEqual(made.map(({ name, devices, pointName }) => `${name} ${devices} ${pointName}`).sort(), ['新一 1 temp', '新二 2 press'])
  // Sent again it would double nothing.
  assert.equal((await stateOf(await uploadText(lines.slice(0, 2)))).rowsWrong, 2)
})
