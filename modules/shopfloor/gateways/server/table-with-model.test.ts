import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { type ApiClient, CallFailed, firstAdministrator, registerOrganisation } from '../../../../tests/api-client.ts'
import { SETUP_CODE, testApp } from '../../../../tests/app.ts'
import { checkDraft } from '../companion/checked-draft.ts'
import { configurationApi } from '../configuration-contract.ts'

const cleanups: (() => Promise<void>)[] = []
let client: ApiClient

before(async () => {
  const app = await testApp({ after: (work) => void cleanups.unshift(work) })
  const operator = await firstAdministrator(app.address, SETUP_CODE)
  client = (await registerOrganisation(operator, app.address, { code: 'model', kind: 'leader', n: 7 })).client
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

const DI = 'http://opcfoundation.org/UA/DI/'
const maker = {
  path: `/nsu=${DI};Identification/nsu=${DI};Manufacturer`,
  name: 'Identification_Manufacturer',
  label: '制造商',
  labelEn: 'Manufacturer',
  valueType: 'string' as const,
  kind: 'state' as const,
  unit: null,
  access: 'r' as const,
  states: null,
  optional: false,
}
const start = {
  path: '',
  method: 'nsu=urn:press;i=20',
  name: 'Start',
  label: 'Start',
  labelEn: null,
  parameters: [{ name: 'program', label: 'program', labelEn: null, valueType: 'integer' as const }],
  optional: false,
}
const make = (code: string, table: string, change: object = {}) => {
  const checked = checkDraft({ code, name: '压机', description: '' }, [maker], { methods: [start], events: [] })
  assert.ok(checked.kind === 'checked')
  const body = { name: table, protocol: 'opcua', thingModel: checked.thingModel, rows: checked.rows, ...change }
  return client.call(configurationApi.createPointTable, { body })
}
const failsWith = (code: string) => (error: unknown) => error instanceof CallFailed && error.problem.code === code
const modelCodes = async () => (await client.call(devicesApi.thingModels, { query: {} })).items.map(({ code }) => code).sort()

test('a thing model and its point table are made together, or neither is', async () => {
  const { id } = await make('press', '压机 OPC UA')
  const table = await client.call(configurationApi.pointTable, { params: { id } })
  assert.equal(table.modelCode, 'press')
  assert.deepEqual(
    table.rows.map(({ name, access, place }) => [name, access, place.address, place.path, place.method]),
    [
      ['Identification_Manufacturer', 'r', '{unit}', maker.path, undefined],
      ['Start', 'call', '{unit}', undefined, start.method],
    ],
  )
  assert.deepEqual(table.commands[0]?.parameters[0]?.name, 'program')
  await assert.rejects(make('press2', '压机 OPC UA'), failsWith('gateways.nameTaken'))
  await assert.rejects(make('press', '另一张'), failsWith('devices.codeTaken'))
  await assert.rejects(make('press3', '第三张', { protocol: 'modbus' }), failsWith('gateways.rowsWrong'))
  assert.deepEqual(await modelCodes(), ['press'])
})

test('methods that were picked make commands of the thing model, with the rows that call them', async () => {
  const { id } = await make('lathe', '车床 OPC UA')
  const { version, name, rows } = await client.call(configurationApi.pointTable, { params: { id } })
  const stop = { ...rows[1], name: 'Stop', place: { address: '{unit}', method: 'nsu=urn:press;i=22' } } as (typeof rows)[number]
  const save = (newCommands: { name: string; label: string }[]) =>
    client.call(configurationApi.updatePointTable, {
      params: { id },
      body: { version, name, rows: [...rows, stop], newProperties: [], newCommands },
    })
  await assert.rejects(save([]), failsWith('gateways.rowsWrong'))
  // One that the thing model has by then is left as it is.
  await save([
    { name: 'Stop', label: '停止' },
    { name: 'Start', label: '另一个' },
  ])
  const { commands } = await client.call(configurationApi.pointTable, { params: { id } })
  assert.deepEqual(
    commands.map(({ name, label }) => [name, label]),
    [
      ['Start', 'Start'],
      ['Stop', '停止'],
    ],
  )
})
