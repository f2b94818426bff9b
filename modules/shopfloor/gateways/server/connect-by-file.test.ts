import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { plantApi } from '#modules/shopfloor/plant/contract.ts'
import type { ImportId } from '#values/import.ts'
import { type ApiClient, firstAdministrator, registerOrganisation } from '../../../../tests/api-client.ts'
import { SETUP_CODE, testApp } from '../../../../tests/app.ts'
import { configurationApi } from '../configuration-contract.ts'
import { connectionImport } from '../import-contract.ts'

/** 300 (CONNECT_BY_FILE=300) take longer than a usual run has. */
const DEVICES = Number(process.env.CONNECT_BY_FILE ?? 20)
const cleanups: (() => Promise<void>)[] = []
let app: Awaited<ReturnType<typeof testApp>>
let client: ApiClient

before(async () => {
  app = await testApp({ after: (work) => void cleanups.unshift(work) })
  const operator = await firstAdministrator(app.address, SETUP_CODE)
  client = (await registerOrganisation(operator, app.address, { code: 'file', kind: 'leader', n: 7 })).client
  const node = { parentId: null, level: 'enterprise' as const, code: 'E', name: '企业', nameEn: null }
  const enterprise = await client.call(plantApi.createNode, { body: node })
  const site = await client.call(plantApi.createNode, {
    body: { parentId: enterprise.id, level: 'site', code: 'S1', name: '一厂', nameEn: null },
  })
  const read = await client.call(plantApi.site, { params: { id: site.id }, query: { year: 2026 } })
  const network = { network: '10.0.0.0/16', note: '', validFrom: '2020-01-01', validUntil: null }
  await client.call(plantApi.declareNetworks, { params: { id: site.id }, body: { version: read.version, networks: [network] } })
  const voltage = { name: 'voltage', label: '电压', labelEn: null, valueType: 'number' as const, unit: 'V', kind: 'instant' as const }
  const definition = { properties: [voltage] }
  await client.call(devicesApi.createThingModel, { body: { code: 'meter', name: '电表', nameEn: null, description: '', definition } })
  await client.call(configurationApi.create, { body: { code: 'GW', name: '网关', nameEn: null, nodeId: site.id } })
  const place = { address: 'holding:0', dataType: 'uint16' }
  const rows = [{ name: 'voltage', place, scale: 1, offset: 0, periodMs: 1_000, deadband: 0, access: 'r' as const }]
  await client.call(configurationApi.createPointTable, { body: { name: '电表 Modbus', protocol: 'modbus', modelCode: 'meter', rows } })
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

const HEAD = '设备编码,设备名称,位置编码,网关编码,链路,主机,端口,站号,点表'

/** Uploaded and checked by the worker. */
async function checked(lines: string[]) {
  const bytes = new TextEncoder().encode([HEAD, ...lines].join('\r\n'))
  const { id } = await client.call(connectionImport.upload, { query: { fileName: '接入.csv' }, bytes })
  await work()
  return id
}
const work = async () => {
  for (const loop of app.composition.importWork) await loop.run(new AbortController().signal)
}
const stateOf = (id: ImportId) => client.call(connectionImport.state, { params: { id } })
const gateway = async () => {
  const { items } = await client.call(configurationApi.list, { query: {} })
  return client.call(configurationApi.get, { params: { id: items[0]?.id as never } })
}

test('devices of one file are registered, their links made and all of them connected', async (t) => {
  const row = (i: number) =>
    `M-${i},电表 ${i},S1,GW,柜 ${Math.floor(i / 10)},10.0.0.${1 + Math.floor(i / 10)},502,${1 + (i % 10)},电表 Modbus`
  const began = performance.now()
  const id = await checked(Array.from({ length: DEVICES }, (_, i) => row(i)))
  const state = await stateOf(id)
  assert.deepEqual([state.status, state.rowsRight, state.rowsWrong], ['checked', DEVICES, 0])
  t.diagnostic(`${DEVICES} rows checked: ${Math.round(performance.now() - began)} ms`)
  const ordered = performance.now()
  await client.call(connectionImport.run, { params: { id }, body: { mode: 'all' } })
  await work()
  assert.equal((await stateOf(id)).status, 'done')
  t.diagnostic(`${DEVICES} devices connected: ${Math.round(performance.now() - ordered)} ms`)
  const made = await gateway()
  assert.deepEqual([made.connections.length, made.linkList.length], [DEVICES, Math.ceil(DEVICES / 10)])
  assert.deepEqual(made.linkList[0]?.connection.host, '10.0.0.1')
  assert.deepEqual(made.connections.find((one) => one.code === 'M-11')?.unit, { unitId: 2 })
})

test('what is wrong is told by row: gateway, table, link, host, unit, name and place', async () => {
  const lines = [
    'N-1,新表,S1,GW-9,柜 0,,,1,电表 Modbus',
    'N-2,新表,S1,GW,柜 0,,,1,没有的表',
    'N-3,新表,S1,GW,没有的柜,,,1,电表 Modbus',
    'N-4,新表,S1,GW,新柜,172.16.0.1,,1,电表 Modbus',
    'N-5,新表,S1,GW,柜 0,,,300,电表 Modbus',
    'N-6,新表,S1,GW,柜 0,,,1,电表 Modbus',
    'N-7,,S1,GW,柜 0,,,77,电表 Modbus',
    'N-8,新表,S9,GW,柜 0,,,78,电表 Modbus',
    'M-1,,,GW,柜 0,,,79,电表 Modbus',
    'N-9,新表,S1,GW,柜 0,,,80,电表 Modbus',
  ]
  const id = await checked(lines)
  const { items } = await client.call(connectionImport.rows, { params: { id }, query: {} })
  const texts = items.map((row) => (row.problems ?? []).map((problem) => problem.text).join(' '))
  const expected = [
    '没有找到网关“GW-9”',
    '没有找到点表“没有的表”',
    '网关上没有链路“没有的柜”',
    '地址 172.16.0.1 不在该厂区已声明的网段内',
    '站号“300”不符合该协议的要求',
    '站号“1”已有其他设备',
    '没有设备 N-7；要新建它，请填写设备名称',
    '没有找到位置“S9”',
    '设备 M-1 已经接入',
  ]
  assert.equal(texts.length, expected.length)
  for (const [i, text] of expected.entries()) assert.ok(texts[i]?.includes(text), `${texts[i]} · ${text}`)
  assert.equal((await stateOf(id)).rowsRight, 1)
})
