import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Industry } from '#modules/foundation/organisations/contract.ts'
import { alarmsApi } from '#modules/shopfloor/alarms/contract.ts'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { configurationApi } from '#modules/shopfloor/gateways/configuration-contract.ts'
import { plantApi } from '#modules/shopfloor/plant/contract.ts'
import { type ApiClient, CallFailed, firstAdministrator, registerOrganisation } from '../../../../tests/api-client.ts'
import { SETUP_CODE, testApp } from '../../../../tests/app.ts'
import { type Template, templatesApi } from '../contract.ts'

const cleanups: (() => Promise<void>)[] = []
let address: string
let operator: ApiClient
let organisations = 30

before(async () => {
  const app = await testApp({ after: (work) => void cleanups.unshift(work) })
  address = app.address
  operator = await firstAdministrator(address, SETUP_CODE)
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

const newcomer = async () => {
  const n = organisations++
  return (await registerOrganisation(operator, address, { code: `caster-${n}`, kind: 'supplier', n })).client
}
const industry = 'dieCasting'
const params = { industry } as const
const none = { places: 0, models: 0, tables: 0, rules: 0 }
const failsWith = (code: string) => (error: unknown) => {
  assert.ok(error instanceof CallFailed, String(error))
  assert.equal(error.problem.code, code)
  return true
}
const all = ({ machines }: Template, protocol: string | null = 'modbus') => machines.map(({ code }) => ({ code, protocol }))
const rulesOf = async (client: ApiClient) => (await client.call(alarmsApi.rules, { query: { limit: 200 } })).items

test('an empty supplier: the preview changes nothing, applying makes all of it, a machine can be added at once; a second time nothing', async () => {
  const client = await newcomer()
  const preview = await client.call(templatesApi.get, { params, query: {} })
  assert.ok(preview.machines.length >= 7 && preview.kpis.length >= 5)
  assert.ok(preview.machines.every(({ state, modelId, tables }) => state === 'new' && modelId === null && tables.length === 0))
  assert.equal((await client.call(devicesApi.thingModels, { query: {} })).items.length, 0)

  const body = { siteId: null, newSite: '一厂', machines: all(preview) }
  const { made, kept, blocked } = await client.call(templatesApi.apply, { params, body })
  const rules = preview.machines.reduce((sum, machine) => sum + machine.rules.length, 0)
  const types = preview.machines.length
  assert.ok(rules >= 10)
  assert.deepEqual(made, { places: preview.places.length + 2, models: types, tables: types, rules })
  assert.deepEqual([kept, blocked], [none, []])

  const { nodes } = await client.call(plantApi.nodes, { query: {} })
  const site = nodes.find(({ level }) => level === 'site')
  assert.deepEqual([site?.name, nodes.filter(({ level }) => level === 'workshop').length], ['一厂', 3])
  const { items: tables } = await client.call(configurationApi.pointTables, { query: { limit: 200 } })
  const table = tables.find(({ modelCode }) => modelCode === 'die-casting-machine')
  assert.deepEqual([table?.protocol, table?.unfilled, table?.points], ['modbus', 14, 14])

  const after = await client.call(templatesApi.get, { params, query: { siteId: site!.id } })
  for (const piece of [...after.places, ...after.machines, ...after.machines.flatMap((machine) => machine.rules)])
    assert.equal(piece.state, 'there', piece.name)
  const machine = after.machines.find(({ code }) => code === 'die-casting-machine')
  await client.call(devicesApi.create, {
    body: {
      ...{ code: 'DC-01', name: '1号压铸机', nameEn: null, maker: '', model: '', serial: '', note: '' },
      ...{ thingModelId: machine!.modelId!, status: 'active' as const, nodeId: site!.id, withCredential: false },
    },
  })
  const watched = (await rulesOf(client)).filter(({ modelCode }) => modelCode === 'die-casting-machine')
  assert.equal(watched.length, machine?.rules.length)

  const again = await client.call(templatesApi.apply, { params, body: { ...body, siteId: site!.id, newSite: null } })
  assert.deepEqual([again.made, again.kept.rules, again.blocked], [none, rules, []])
})

test('what stands already is left as it is: an own model of the same code, its rules where its points allow, others are told', async () => {
  const client = await newcomer()
  const properties = [{ name: 'meltTemperatureC', label: '我的铝温', valueType: 'number' as const, kind: 'instant' as const }]
  const own = { code: 'die-casting-machine', name: '我的压铸机', nameEn: null, description: '' }
  const { id } = await client.call(devicesApi.createThingModel, { body: { ...own, definition: { properties } } })
  const template = await client.call(templatesApi.get, { params, query: {} })
  const machine = template.machines.find(({ code }) => code === own.code)
  assert.deepEqual([machine?.state, machine?.modelId], ['there', id])
  const { made, kept, blocked } = await client.call(templatesApi.apply, {
    params,
    body: { siteId: null, newSite: null, machines: [{ code: own.code, protocol: 's7' }] },
  })
  // Each rule of it looks at the state too, which this model has not.
  assert.deepEqual([made, kept.models, blocked.length], [{ ...none, tables: 1 }, 1, machine?.rules.length])
  const model = await client.call(devicesApi.thingModel, { params: { id } })
  assert.deepEqual([model.name, model.versionNo, model.definition.properties.length], ['我的压铸机', 1, 1])
  const { items } = await client.call(configurationApi.pointTables, { query: {} })
  assert.deepEqual([items[0]?.points, items[0]?.unfilled], [1, 1])
})

test('two who apply it at once make it once', async () => {
  const client = await newcomer()
  const machines = [{ code: 'die-casting-machine', protocol: 'modbus' }]
  const both = await Promise.all(
    [1, 2].map(() => client.call(templatesApi.apply, { params, body: { siteId: null, newSite: null, machines } })),
  )
  assert.deepEqual(both.map(({ made }) => made.models).sort(), [0, 1])
  assert.equal((await rulesOf(client)).length, both[0]!.made.rules + both[0]!.kept.rules)
})

test('every template is taken whole by the modules that it is made in', async () => {
  const client = await newcomer()
  const { templates } = await client.call(templatesApi.list)
  assert.deepEqual(templates.map((one) => one.industry).sort(), [...Industry.options].sort())
  for (const { industry: name, machines } of templates) {
    const template = await client.call(templatesApi.get, { params: { industry: name }, query: {} })
    const { blocked, made, kept } = await client.call(templatesApi.apply, {
      params: { industry: name },
      body: { siteId: null, newSite: null, machines: all(template, null) },
    })
    assert.deepEqual([blocked, made.models + kept.models, made.tables], [[], machines, 0], name)
  }
})

test('what is wrong is refused before anything is made', async () => {
  const client = await newcomer()
  const apply = (change: object) =>
    client.call(templatesApi.apply, {
      params,
      body: { siteId: null, newSite: null, machines: [{ code: 'die-casting-machine', protocol: 'modbus' }], ...change },
    })
  await assert.rejects(apply({ machines: [{ code: 'warp-drive', protocol: null }] }), failsWith('templates.machineUnknown'))
  await assert.rejects(
    apply({ machines: [{ code: 'die-casting-machine', protocol: 'telepathy' }] }),
    failsWith('templates.protocolUnknown'),
  )
  await assert.rejects(apply({ siteId: '0197a5c0-0000-7000-8000-000000000000' }), failsWith('templates.siteNotFound'))
  await apply({ newSite: '一厂' })
  await assert.rejects(apply({ newSite: '二厂' }), failsWith('templates.plantExists'))
  assert.equal((await client.call(devicesApi.thingModels, { query: {} })).items.length, 1)
})
