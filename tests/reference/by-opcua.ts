import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '#edge/clock.ts'
import { builtIn } from '#edge/drivers/opcua/codec.ts'
import { opcua } from '#edge/drivers/opcua/config.ts'
import { makeOpcuaDriver } from '#edge/drivers/opcua/driver.ts'
import { PLANT_URI } from '#edge/drivers/opcua/simulator.ts'
import { buildBundle, openTestPlant, startGateway, type TestPlant, until } from '#edge/gateway/test-plant.ts'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { type MachineDraft, placeOf } from '#modules/shopfloor/gateways/companion/draft.ts'
import { draftOfMachine, machinesOf } from '#modules/shopfloor/gateways/companion/machine-draft.ts'
import { readNodeSets } from '#modules/shopfloor/gateways/companion/node-set.ts'
import { draftOfNode, rootsOf } from '#modules/shopfloor/gateways/companion/type-draft.ts'
import { configurationApi } from '#modules/shopfloor/gateways/configuration-contract.ts'
import { DirectoryNode } from '#modules/shopfloor/gateways/contract.ts'
import { quality } from '#values/quality.ts'
import { checkFile } from '../../simulator/replay/check-file.ts'
import { type MapFile, thingModelOf } from '../../simulator/replay/map-file.ts'
import { readRows } from '../../simulator/replay/rows.ts'
import { type Field, type FieldDevice, untilRolledUp } from '../field.ts'
import { type OpcuaServerProcess, startOpcuaServer } from '../peers/opcua/process.ts'
import type { Answers } from './answers.ts'
import { mapOf } from './send.ts'
import { checkStored } from './steel-energy.ts'

const SET = 'steel_energy by OPC UA'
const ROLL_UP_MS = 240_000
const SENT_MS = 5_000
const PERIOD_MS = 50
/** Rows between two breaths of the server, and how long one is: its queue holds many times as many. */
const ROWS_A_BREATH = 100
const BREATH_MS = 30
/** The server has a history of its whole recording; the cable is pulled while so many rows are measured. */
const KEPT_ROWS = 40_000
const CUT = { from: 12_000, rows: 1_000 }
/** Each after those that it builds on. */
const MODELS = ['Opc.Ua.Di', 'Opc.Ua.IA', 'Opc.Ua.Machinery', 'Opc.Ua.Machinery.Examples'].map((name) => `${name}.NodeSet2.xml`)
const MACHINERY = 'http://opcfoundation.org/UA/Machinery/'

/** The recorded meter as an OPC UA server: subscription → gateway → ingest → API, each value once with its source's time; published models. */
export async function checkByOpcua(dataDir: string, _: Field, answers: Answers): Promise<void> {
  await checkModels(join(dataDir, 'opcua_nodesets'), answers)
  const file = join(dataDir, 'steel_energy/Steel_industry_data.csv')
  const map = mapOf('steel_energy')
  const points = Object.values(map.columns)
  const dataTypeOf = ({ valueType }: (typeof points)[number]) => (valueType === 'string' ? builtIn.string : builtIn.double)
  const nodes = points.map((column) => ({
    name: column.name,
    dataType: dataTypeOf(column),
    value: column.valueType === 'string' ? '' : 0,
    keeps: KEPT_ROWS,
  }))
  const server = await startOpcuaServer({ nodes })
  const folder = mkdtempSync(join(tmpdir(), 'lianshu-by-opcua-'))
  const bundle = buildBundle()
  // A plant is an organisation's one enterprise: the recorded meters by Modbus have that of the other sets.
  const plant = await openTestPlant()
  const { field } = plant
  const { user, secret } = plant.gateway
  const { address, mqttPort } = field.platform
  const gateway = await startGateway(bundle.file, { server: address, mqtt: `mqtt://127.0.0.1:${mqttPort}`, user, secret, dataDir: folder })
  try {
    const meter = await connectMeter(plant, map, server)
    await until('the subscription', async () => (await plant.stored(meter.code, 'usageKwh')).length > 0)
    let rows = 0
    for await (const read of readRows(file, map)) {
      if (read.kind === 'noTime') continue
      for (const [name, value] of Object.entries(read.row.values)) await server.set(name, value, read.row.ts)
      if (++rows % ROWS_A_BREATH === 0) await sleep(BREATH_MS)
      if (rows === CUT.from) server.pull(true)
      if (rows === CUT.from + CUT.rows) {
        server.pull(false)
        const { ts } = read.row
        await until('the link again', async () => (await plant.stored(meter.code, 'usageKwh')).some(({ at }) => at === ts), 120_000)
      }
    }
    await until(
      'the last row',
      async () => (await plant.stored(meter.code, 'usageKwh')).filter(({ at }) => at < Date.UTC(2020, 0)).length >= rows,
      120_000,
    )
    await sleep(SENT_MS)
    await untilRolledUp(field.client, { timeoutMs: ROLL_UP_MS })
    const late = (await plant.stored(meter.code, 'usageKwh')).filter((sample) => sample.quality === quality.goodBackfill)
    // The last of them came live, as the value that stood when the cable was back.
    answers.check(
      SET,
      'values that the server’s history filled, at least',
      'yes',
      late.length >= CUT.rows - 1 ? 'yes' : String(late.length),
    )
    await checkStored(field, meter, file, answers, await checkFile(file, map), SET, false)
  } finally {
    await gateway.kill()
    await server.kill()
    await field.stop()
    bundle.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function connectMeter({ field, site, gateway }: TestPlant, map: MapFile, { port }: OpcuaServerProcess): Promise<FieldDevice> {
  const { client, orgCode } = field
  const code = 'steel-meter-opcua'
  await client.call(devicesApi.importThingModel, { body: { ...thingModelOf(map), code } })
  const rows = Object.values(map.columns).map(({ name }) => ({
    name,
    place: { address: `nsu=${PLANT_URI};s=${name}` },
    ...{ scale: 1, offset: 0, periodMs: PERIOD_MS, deadband: 0, access: 'r' as const },
  }))
  const table = await client.call(configurationApi.createPointTable, { body: { name: code, protocol: 'opcua', modelCode: code, rows } })
  const connection = { host: '127.0.0.1', port, security: 'none', samplingMs: 0, queueSize: 5_000 }
  const link = await client.call(configurationApi.createLink, {
    params: { id: gateway.id },
    body: { name: code, protocol: 'opcua', connection, enabled: true },
  })
  const device = { code, name: code, nameEn: null, maker: '', model: '', serial: '', nodeId: site }
  const body = { linkId: link.id, unit: { name: '' }, pointTableId: table.id, sourceTime: null, sequence: null, device }
  const { deviceId } = await client.call(configurationApi.connect, { body })
  return { id: deviceId, code, user: `${orgCode}/${code}`, secret: '', topic: '' }
}

/** Published companion models are browsed to a machine's identification, and what is found is read by the addresses that browsing gave. */
/** Files and a machine of theirs on a server give points of the same names and paths, and those are read. */
async function checkDrafts(folder: string, driver: ReturnType<typeof makeOpcuaDriver>, answers: Answers): Promise<void> {
  const set = 'opcua_nodesets'
  const signal = new AbortController().signal
  const read = readNodeSets(MODELS.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') })))
  answers.check(set, 'files read as models', 'read', read.kind)
  if (read.kind !== 'read') return
  answers.check(set, 'models that are missing', 0, read.sets.missing.length)
  const roots = rootsOf(read.sets)
  const [byType, byFile] = ['ExampleMachineType', 'ExampleMachine01'].map((name) =>
    draftOfNode(read.sets, roots.find((root) => root.name === name)?.id ?? ''),
  )
  const browse = async (at: string | null, cursor: string | null) => {
    const found = await driver.browse?.(at, cursor ?? undefined, signal)
    if (!found || 'refused' in found) throw new Error(found?.refused)
    return { nodes: found.nodes.map((node) => DirectoryNode.parse(node)), cursor: found.cursor ?? null }
  }
  const [machine] = await machinesOf(browse)
  answers.check(
    set,
    'a machine recognised on the server',
    'ExampleMachineType machine',
    `${machine?.typeName} ${machine?.isMachine ? 'machine' : ''}`,
  )
  const live = await draftOfMachine(browse, machine?.node.at ?? '')
  const told = ({ points }: MachineDraft) =>
    points.map(({ name, path, valueType, access }) => `${name} ${path} ${valueType} ${access}`).sort()
  answers.check(set, 'points of the machine in the file', 20, byFile?.points.length ?? 0)
  const inFile = new Set(byFile && told(byFile))
  answers.check(set, 'points of the machine browsed', 20, live.points.length)
  answers.check(
    set,
    'of them the file’s, by the same name, path, type and access',
    20,
    told(live).filter((point) => inFile.has(point)).length,
  )
  const inType = new Set(byType?.points.map(({ name, path }) => `${name} ${path}`))
  answers.check(
    set,
    'points of the machine that its type has too, by the same names',
    20,
    live.points.filter(({ name, path }) => inType.has(`${name} ${path}`)).length,
  )
  const unit = { name: machine?.node.at ?? '' }
  const points = (byFile?.points ?? []).map(({ path }, id) => ({ id, place: opcua.place.parse(placeOf(path)) }))
  const samples = await driver.read({ unit, points }, signal)
  answers.check(
    set,
    'points of the file read by their browse paths, good or not yet set',
    20,
    samples.filter(({ quality, reason }) => quality === 'good' || reason === 'opcua.noValue').length,
  )
}

async function checkModels(folder: string, answers: Answers): Promise<void> {
  const set = 'opcua_nodesets'
  const signal = new AbortController().signal
  const own = mkdtempSync(join(tmpdir(), 'lianshu-opcua-models-'))
  const server = await startOpcuaServer({ models: MODELS.map((name) => join(folder, name)) })
  const settings = opcua.connection.parse({ host: '127.0.0.1', port: server.port, security: 'none' })
  const driver = makeOpcuaDriver(settings, systemClock, own)
  try {
    await driver.connect(signal)
    const below = async (at: string | null) => {
      const found = await driver.browse?.(at, undefined, signal)
      return found && 'nodes' in found ? found.nodes : []
    }
    const named = (nodes: Awaited<ReturnType<typeof below>>, name: string) => nodes.find((node) => node.name === name)
    const machines = named(await below(null), 'Machines')
    answers.check(set, 'the folder of machines', `nsu=${MACHINERY};i=1001`, machines?.at ?? 'none')
    const found = await below(machines?.at ?? '')
    answers.check(set, 'example machines below it', 1, found.length)
    for (const machine of found) {
      const identification = named(await below(machine.at), 'Identification')
      const variables = (await below(identification?.at ?? '')).filter(({ place }) => place !== null)
      answers.check(set, `${machine.name}: variables of its nameplate`, 15, variables.length)
      const points = variables.flatMap(({ place }, id) => (place ? [{ id, place }] : []))
      const samples = await driver.read({ unit: { name: '' }, points }, signal)
      const good = samples.filter(({ quality }) => quality === 'good')
      answers.check(set, `${machine.name}: read good by the addresses that browsing gave`, 15, good.length)
      const year = samples.find(({ point }) => variables[point]?.name === 'YearOfConstruction')
      answers.check(set, `${machine.name}: year of construction`, 2020, Number(year?.value))
    }
    await checkDrafts(folder, driver, answers)
  } finally {
    await driver.close()
    await server.kill()
    rmSync(own, { recursive: true, force: true })
  }
}
