import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { accessApi } from '#modules/foundation/access/contract.ts'
import { notificationsApi } from '#modules/foundation/notifications/contract.ts'
import { type Command, type CommandState, commandsApi, type PointSetting } from '#modules/shopfloor/commands/contract.ts'
import { type DeviceId, devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { configurationApi } from '#modules/shopfloor/gateways/configuration-contract.ts'
import { type ApiClient, CallFailed, logIn, PASSWORD } from '../../tests/api-client.ts'
import { startOpcuaServer } from '../../tests/peers/opcua/process.ts'
import { type ModbusSimulator, type SimulatedUnit, startModbusSimulator } from '../drivers/modbus/simulator.ts'
import { builtIn } from '../drivers/opcua/codec.ts'
import { PLANT_URI } from '../drivers/opcua/simulator.ts'
import { buildBundle, openTestPlant, type StartedGateway, startGateway, type TestPlant, until } from './test-plant.ts'

let plant: TestPlant
let simulator: ModbusSimulator
let unit: SimulatedUnit
let gateway: StartedGateway
let bundle: ReturnType<typeof buildBundle>
let device: DeviceId
let second: ApiClient
const dataDir = mkdtempSync(join(tmpdir(), 'lianshu-writing-'))
const setPoint = { address: 'holding:0', dataType: 'uint16' } as const

before(async () => {
  simulator = await startModbusSimulator()
  unit = simulator.unit(1)
  unit.set(setPoint, 750)
  bundle = buildBundle()
  plant = await openTestPlant()
  const link = await plant.addLink('柜', simulator.port, { requestTimeoutMs: 8_000 })
  const table = await plant.addTable('press', [
    { name: 'setPoint', ...setPoint, scale: 0.001, access: 'rw' },
    { name: 'speed', address: 'holding:10' },
    { name: 'guarded', address: 'holding:20', access: 'rw' },
    { name: 'readOnly', address: 'holding:30' },
  ])
  device = await plant.addDevice('press-1', link, 1, table)
  gateway = await newGateway()
  second = await secondPerson()
  for (const name of ['setPoint', 'guarded']) await allow(name)
  const { client } = plant.field
  await client.call(commandsApi.switchSite, { params: { siteId: plant.site }, body: { on: true, reason: '联调', version: 0 } })
  await until('the gateway is online and reads', async () => (await plant.stored('press-1', 'setPoint')).length > 0)
})
after(async () => {
  await gateway?.kill('SIGKILL')
  await plant?.stop()
  await simulator?.stop()
  bundle?.remove()
  rmSync(dataDir, { recursive: true, force: true })
})

function newGateway(): Promise<StartedGateway> {
  const { platform } = plant.field
  const { user, secret } = plant.gateway
  return startGateway(bundle.file, { server: platform.address, mqtt: `mqtt://127.0.0.1:${platform.mqttPort}`, user, secret, dataDir })
}

async function secondPerson(): Promise<ApiClient> {
  const { client, platform } = plant.field
  const { roles } = await client.call(accessApi.roles)
  const engineer = roles.find((role) => role.builtIn === 'engineer')
  const body = { login: 'second', displayName: '第二人', roleIds: [engineer?.id as never], siteIds: [] }
  const { oneTimePassword } = await client.call(accessApi.createUser, { body })
  const first = await logIn(platform.address, 'second', oneTimePassword)
  await first.call(accessApi.changePassword, { body: { current: oneTimePassword, next: PASSWORD } })
  return logIn(platform.address, 'second', PASSWORD)
}

async function allow(name: string, change: Partial<PointSetting> = {}): Promise<void> {
  const { client } = plant.field
  const { points } = await client.call(commandsApi.points, { params: { deviceId: device } })
  const version = points.find((point) => point.name === name)?.setting?.version ?? 0
  const usual: PointSetting = {
    permission: 'commands.write',
    min: 0,
    max: name === 'setPoint' ? 1 : 100,
    step: null,
    allowed: null,
    approval: false,
    interlocks: [],
    timeoutS: 10,
  }
  await client.call(commandsApi.allow, { params: { deviceId: device, name }, body: { ...usual, ...change, version } })
}

const request = (point: string, value: number) =>
  plant.field.client.call(commandsApi.request, { body: { deviceId: device, point, value, purpose: '试验' } })

const comesTo = (command: Command, state: CommandState): Promise<Command> =>
  until(
    `${command.number} is ${state}`,
    async () => {
      const now = await plant.field.client.call(commandsApi.get, { params: { id: command.id } })
      return now.state === state && now
    },
    40_000,
  )

const failsWith = (code: string) => (error: unknown) => {
  assert.ok(error instanceof CallFailed, String(error))
  assert.equal(error.problem.code, code)
  return true
}

test('a value is written, once, and read back, and the values before and after stay with it', async () => {
  const writes = unit.writeCount
  const done = await comesTo(await request('setPoint', 0.8), 'done')
  assert.deepEqual([done.valueBefore, done.readBack, done.differs, done.outcome], [0.75, 0.8, false, null])
  assert.deepEqual(
    done.steps.map(({ action }) => action),
    ['request', 'take', 'confirm'],
  )
  assert.equal(unit.holding[0], 800)
  assert.equal(unit.writeCount, writes + 1)
})

test('what the machine refuses is refused, in its words', async () => {
  // It knows neither of the two functions that write registers.
  unit.unsupported = new Set([0x06, 0x10])
  const refused = await comesTo(await request('guarded', 50), 'refused')
  unit.unsupported = new Set()
  assert.deepEqual([refused.outcome, refused.valueBefore, refused.readBack], ['modbus.illegalFunction', 0, null])
  assert.equal(unit.holding[20], 0)
})

test('an interlock is read right before: one that does not hold, and one that cannot be read, write nothing', async () => {
  await allow('setPoint', { interlocks: [{ point: 'speed', is: 'eq', than: 0 }] })
  unit.holding[10] = 1_450
  const writes = unit.writeCount
  const refused = await comesTo(await request('setPoint', 0.7), 'refused')
  assert.deepEqual([refused.outcome, refused.outcomeDetails], ['gateways.interlocked', { point: 'speed', value: '1450' }])
  unit.holding[10] = 0
  await comesTo(await request('setPoint', 0.7), 'done')
  await allow('setPoint', { interlocks: [{ point: 'readOnly', is: 'eq', than: 0 }] })
  unit.illegal = [{ table: 'holding', from: 30, until: 31 }]
  const blind = await comesTo(await request('setPoint', 0.75), 'refused')
  assert.equal(blind.outcome, 'gateways.notReadBefore')
  assert.equal(unit.writeCount, writes + 1)
  await allow('setPoint')
})

test('the second person approves; whoever asked does not, and is told so', async () => {
  await allow('setPoint', { approval: true })
  const asked = await request('setPoint', 0.65)
  assert.equal(asked.state, 'awaitingApproval')
  await assert.rejects(request('setPoint', 0.66), failsWith('commands.alreadyOpen'))
  const decision = { params: { id: asked.id }, body: { version: asked.version, note: '' } }
  await assert.rejects(plant.field.client.call(commandsApi.approve, decision), failsWith('commands.ownRequest'))
  const inbox = await until('the second person hears of it', async () => {
    const { items } = await second.call(notificationsApi.messages)
    return items.some((item) => item.kind === 'commands.awaiting') && items
  })
  assert.ok(inbox)
  const writes = unit.writeCount
  await second.call(commandsApi.approve, decision)
  const done = await comesTo(asked, 'done')
  assert.deepEqual([done.requestedBy, done.approvedBy, done.readBack, unit.writeCount - writes], ['chang owner', '第二人', 0.65, 1])
  await allow('setPoint')
})

test('a command that reaches the gateway too late is refused there', async () => {
  await allow('setPoint', { timeoutS: 3 })
  const writes = unit.writeCount
  gateway.process.kill('SIGSTOP')
  const asked = await request('setPoint', 0.9)
  await comesTo(asked, 'sent')
  await sleep(4_000)
  gateway.process.kill('SIGCONT')
  const late = await comesTo(asked, 'refused')
  assert.equal(late.outcome, 'gateways.commandLate')
  assert.equal(unit.writeCount, writes)
  await allow('setPoint')
})

test('no answer: unknown, and never sent again', async () => {
  unit.losesConfirmations = true
  const writes = unit.writeCount
  const unknown = await comesTo(await request('setPoint', 0.72), 'unknown')
  unit.losesConfirmations = false
  assert.deepEqual([unknown.outcome, unknown.valueBefore, unknown.readBack], ['modbus.noAnswer', 0.65, null])
  assert.deepEqual([unit.holding[0], unit.writeCount - writes], [720, 1])
})

test('the gateway is killed between sending and confirmation: unknown, and the machine has seen it once', async () => {
  unit.losesConfirmations = true
  const writes = unit.writeCount
  const asked = await request('setPoint', 0.61)
  await until('the machine has the write', () => unit.writeCount > writes)
  await gateway.kill('SIGKILL')
  unit.losesConfirmations = false
  gateway = await newGateway()
  const unknown = await comesTo(asked, 'unknown')
  assert.deepEqual([unknown.outcome, unknown.valueBefore], ['gateways.endedWhileWriting', 0.72])
  await until('it reads again', async () => (await plant.stored('press-1', 'setPoint')).some(({ v }) => v === 0.61))
  assert.equal(unit.writeCount, writes + 1)
  const { items } = await second.call(notificationsApi.messages)
  assert.ok(items.some((item) => item.kind === 'commands.unknown'))
  // The point is free again.
  const next = await comesTo(await request('setPoint', 0.6), 'done')
  assert.equal(next.valueBefore, 0.61)
})

test('off by default, and whoever switches off takes back what waits', async () => {
  const { client } = plant.field
  await allow('setPoint', { approval: true })
  await assert.rejects(request('readOnly', 1), failsWith('commands.notWritable'))
  await assert.rejects(request('setPoint', 1.2), failsWith('commands.outOfLimits'))
  const asked = await request('setPoint', 0.5)
  const { sites } = await client.call(commandsApi.sites)
  const version = sites[0]?.version ?? 0
  await client.call(commandsApi.switchSite, { params: { siteId: plant.site }, body: { on: false, reason: '停机检修', version } })
  assert.equal((await comesTo(asked, 'withdrawn')).steps.at(-1)?.note, '停机检修')
  await assert.rejects(request('setPoint', 0.5), failsWith('commands.siteOff'))
})

test('a method of an OPC UA server is called as a command: once, within its limits, by two persons; done, refused in words, or unknown', async (t) => {
  const server = await startOpcuaServer({
    nodes: [{ name: 'guard', dataType: builtIn.double, value: 1 }],
    methods: [
      {
        name: 'start',
        inputs: [
          { name: 'recipe', dataType: builtIn.uint16 },
          { name: 'speed', dataType: builtIn.double },
        ],
      },
      { name: 'locked', inputs: [], status: 'BadInvalidState' },
      { name: 'endless', inputs: [], hangs: true },
    ],
  })
  t.after(() => server.kill())
  const { client } = plant.field
  const { sites } = await client.call(commandsApi.sites)
  const version = sites.find(({ siteId }) => siteId === plant.site)?.version ?? 0
  await client.call(commandsApi.switchSite, { params: { siteId: plant.site }, body: { on: true, reason: '联调', version } })
  const number = { labelEn: null, valueType: 'number' as const, unit: null }
  const definition = {
    properties: [{ ...number, name: 'guard', label: '护罩', kind: 'instant' as const }],
    commands: [
      {
        ...{ name: 'start', label: '启动', labelEn: null },
        parameters: [
          { ...number, name: 'recipe', label: '配方', valueType: 'integer' as const },
          { ...number, name: 'speed', label: '转速', max: 50 },
        ],
      },
      { name: 'locked', label: '换模', labelEn: null },
      { name: 'endless', label: '回零', labelEn: null },
    ],
  }
  await client.call(devicesApi.createThingModel, { body: { code: 'robot', name: 'robot', nameEn: null, description: '', definition } })
  const at = (name: string) => `nsu=${PLANT_URI};s=${name}`
  const row = { scale: 1, offset: 0, periodMs: 1_000, deadband: 0 }
  const rows = [
    { ...row, name: 'guard', place: { address: at('guard') }, access: 'r' as const },
    ...definition.commands.map(({ name }) => ({
      ...{ ...row, name, place: { address: at('Machine'), method: at(name) }, access: 'call' as const },
    })),
  ]
  const table = await client.call(configurationApi.createPointTable, {
    body: { name: 'robot', protocol: 'opcua', modelCode: 'robot', rows },
  })
  const connection = { host: '127.0.0.1', port: server.port, security: 'none', requestTimeoutMs: 1_000 }
  const link = await client.call(configurationApi.createLink, {
    params: { id: plant.gateway.id },
    body: { name: '机器人', protocol: 'opcua', connection, enabled: true },
  })
  const plate = { name: '机器人', nameEn: null, maker: '', model: '', serial: '' }
  const { deviceId: robot } = await client.call(configurationApi.connect, {
    body: {
      ...{ linkId: link.id, unit: { name: '' }, pointTableId: table.id, sourceTime: null, sequence: null },
      device: { code: 'robot-1', ...plate, nodeId: plant.site },
    },
  })
  await until('the robot is read', async () => (await plant.stored('robot-1', 'guard')).length > 0)
  const open = { permission: 'commands.write' as const, min: null, max: null, step: null, allowed: null, interlocks: [], timeoutS: 10 }
  const letCall = (name: string, more: Partial<PointSetting> = {}) =>
    client.call(commandsApi.allow, { params: { deviceId: robot, name }, body: { ...open, approval: false, ...more, version: 0 } })
  const limits = { recipe: { min: 1, max: 9, step: null, allowed: null } }
  const guarded = [{ point: 'guard', is: 'eq' as const, than: 1 }]
  await assert.rejects(letCall('start', { min: 1 }), failsWith('commands.limitsWrong'))
  await assert.rejects(letCall('start', { arguments: { pace: limits.recipe } }), failsWith('commands.limitsWrong'))
  await letCall('start', { approval: true, arguments: limits, interlocks: guarded })
  const call = (point: string, value: Record<string, number>) =>
    client.call(commandsApi.request, { body: { deviceId: robot, point, value, purpose: '联调' } })
  await assert.rejects(call('locked', {}), failsWith('commands.notWritable'))
  await letCall('locked')
  await letCall('endless')
  await assert.rejects(call('start', { recipe: 7 }), failsWith('commands.wrongType'))
  await assert.rejects(call('start', { recipe: 7.5, speed: 20 }), failsWith('commands.wrongType'))
  await assert.rejects(call('start', { recipe: 10, speed: 20 }), failsWith('commands.outOfLimits'))
  await assert.rejects(call('start', { recipe: 7, speed: 51 }), failsWith('commands.outOfLimits'), 'what the thing model says holds too')
  const asked = await call('start', { recipe: 7, speed: 20.5 })
  assert.equal(asked.state, 'awaitingApproval')
  const approve = (by: ApiClient, { id, version }: Command) => by.call(commandsApi.approve, { params: { id }, body: { version, note: '' } })
  await assert.rejects(approve(client, asked), failsWith('commands.ownRequest'))
  await approve(second, asked)
  const done = await comesTo(asked, 'done')
  assert.deepEqual(
    [done.value, done.valueBefore, done.readBack, done.differs, done.outcome],
    [{ recipe: 7, speed: 20.5 }, null, 27.5, false, null],
  )
  assert.deepEqual(
    done.steps.map(({ action }) => action),
    ['request', 'approve', 'take', 'confirm'],
  )
  const refused = await comesTo(await call('locked', {}), 'refused')
  assert.deepEqual([refused.outcome, refused.outcomeDetails], ['opcua.callNotNow', { status: '0x80AF0000 BadInvalidState' }])
  await server.set('guard', 0)
  const stopped = await call('start', { recipe: 7, speed: 20.5 })
  await approve(second, stopped)
  assert.equal((await comesTo(stopped, 'refused')).outcome, 'gateways.interlocked')
  const unknown = await comesTo(await call('endless', {}), 'unknown')
  assert.equal(unknown.outcome, 'opcua.noAnswer')
  assert.deepEqual(await server.calls(), { start: [[7, 20.5]], locked: [[]], endless: [[]] })
})
