import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OPCUACertificateManager } from 'node-opcua-certificate-manager'
import {
  DataType,
  MessageSecurityMode,
  SecurityPolicy,
  StatusCodes,
  setErrorLogger,
  setWarningLogger,
  VariantArrayType,
} from 'node-opcua-client'
import { nodesets } from 'node-opcua-nodesets'
import { OPCUAServer } from 'node-opcua-server'
import { systemClock } from '../../clock.ts'

type AddressSpace = NonNullable<OPCUAServer['engine']['addressSpace']>
type Machine = Parameters<ReturnType<AddressSpace['getOwnNamespace']>['addMethod']>[0]
type UAVariable = ReturnType<ReturnType<AddressSpace['getOwnNamespace']>['addVariable']>

// What clients do wrong on purpose is no news.
setWarningLogger(() => undefined)
setErrorLogger(() => undefined)

export const PLANT_URI = 'urn:lianshu:simulated-plant'

export interface SimulatedNode {
  name: string
  dataType: DataType
  value: unknown
  array?: boolean
  /** So many of its values the server keeps for history. */
  keeps?: number
}

/** A method of the object `s=Machine`, `s=<name>`. Its answer is the sum of its numbers, or a status, or, where it `hangs`, none. */
export interface SimulatedMethod {
  name: string
  inputs: readonly { name: string; dataType: DataType }[]
  status?: keyof typeof StatusCodes
  hangs?: boolean
}

export interface SimulatorOptions {
  nodes?: readonly SimulatedNode[]
  methods?: readonly SimulatedMethod[]
  /** Namespaces that this server has before the plant's own: the plant's index grows by one for each. */
  before?: readonly string[]
  users?: Readonly<Record<string, string>>
  /** Files of companion models, each after those that it builds on. */
  models?: readonly string[]
  /** Of OperationLimits. */
  maxNodesPerRead?: number
  maxMonitoredItemsPerCall?: number
}

export interface OpcuaSimulator {
  /** Behind a cable that can be cut or be silent. */
  port: number
  set(name: string, value: unknown, at?: { sourceMs?: number; status?: keyof typeof StatusCodes }): void
  silence(silent: boolean): void
  cut(): void
  /** Pulled, it breaks and takes no connection until it is put back. */
  pull(pulled: boolean): void
  connections(): number
  /** Arguments of each call that a method got, in order. */
  calls(name: string): unknown[][]
  /** Requests of this kind that the server answered: ReadRequest. */
  requests(kind: string): number
  stop(): Promise<void>
}

/** A server of OPC UA with some nodes, for tests and for trying; its nodes are `s=<name>` of PLANT_URI. */
export async function startOpcuaSimulator(options: SimulatorOptions = {}): Promise<OpcuaSimulator> {
  const folder = mkdtempSync(join(tmpdir(), 'lianshu-opcua-'))
  const server = makeServer(folder, options)
  await server.initialize()
  const space = server.engine.addressSpace as AddressSpace
  const { variables, machine } = addNodes(space, options)
  const calls = addMethods(space, machine, options)
  await server.start()
  const cable = await openCable(server.endpoints[0]?.port ?? 0)
  const counts = new Map<string, number>()
  server.on('request', (request: { constructor: { name: string } }) => {
    const kind = request.constructor.name
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  })
  return {
    port: cable.port,
    set: (name, value, { sourceMs, status = 'Good' } = {}) => {
      const variable = variables.get(name)
      if (!variable) throw new Error(`The simulator has no node ${name}.`)
      const { dataType, arrayType } = variable.readValue().value
      variable.setValueFromSource({ dataType, arrayType, value }, StatusCodes[status] as never, new Date(sourceMs ?? systemClock.nowMs()))
    },
    silence: cable.silence,
    cut: cable.cut,
    pull: cable.pull,
    connections: cable.connections,
    calls: (name) => calls.get(name) ?? [],
    requests: (kind) => counts.get(kind) ?? 0,
    stop: async () => {
      cable.close()
      await server.shutdown(0)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function makeServer(folder: string, { users, models = [], maxNodesPerRead, maxMonitoredItemsPerCall }: SimulatorOptions): OPCUAServer {
  const certificates = new OPCUACertificateManager({
    rootFolder: join(folder, 'pki'),
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  })
  return new OPCUAServer({
    port: 0,
    hostname: '127.0.0.1',
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    securityModes: [MessageSecurityMode.None, MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
    securityPolicies: [
      SecurityPolicy.None,
      SecurityPolicy.Basic256Sha256,
      SecurityPolicy.Aes128_Sha256_RsaOaep,
      SecurityPolicy.Aes256_Sha256_RsaPss,
    ],
    allowAnonymous: true,
    disableDiscovery: true,
    nodesets: [nodesets.standard, ...models],
    serverInfo: { applicationUri: 'urn:lianshu:simulator' },
    ...(users ? { userManager: { isValidUser: (name: string, password: string) => users[name] === password } } : {}),
    serverCapabilities: {
      maxSessions: 200,
      // Every change is handed on, none is coalesced.
      minSupportedSampleRate: 0,
      operationLimits: {
        ...(maxNodesPerRead ? { maxNodesPerRead } : {}),
        ...(maxMonitoredItemsPerCall ? { maxMonitoredItemsPerCall } : {}),
      },
    },
  })
}

function addNodes(space: AddressSpace, { before = [], nodes = [] }: SimulatorOptions) {
  for (const uri of before) space.registerNamespace(uri)
  const plant = space.registerNamespace(PLANT_URI)
  const machine = plant.addObject({ browseName: 'Machine', organizedBy: space.rootFolder.objects, nodeId: 's=Machine' })
  const variables = new Map<string, UAVariable>()
  for (const { name, dataType, value, array, keeps } of nodes) {
    const arrayType = array ? VariantArrayType.Array : VariantArrayType.Scalar
    const variable = plant.addVariable({
      componentOf: machine,
      browseName: name,
      nodeId: `s=${name}`,
      dataType: DataType[dataType],
      valueRank: array ? 1 : -1,
      minimumSamplingInterval: 0,
      value: { dataType, arrayType, value },
    })
    if (keeps) space.installHistoricalDataNode(variable, { maxOnlineValues: keeps })
    variables.set(name, variable)
  }
  return { variables, machine }
}

function addMethods(space: AddressSpace, machine: Machine, { methods = [] }: SimulatorOptions): Map<string, unknown[][]> {
  const plant = space.getNamespace(PLANT_URI)
  const calls = new Map<string, unknown[][]>()
  for (const { name, inputs, status = 'Good', hangs = false } of methods) {
    calls.set(name, [])
    const method = plant.addMethod(machine, {
      browseName: name,
      nodeId: `s=${name}`,
      inputArguments: inputs.map((input) => ({ ...input, valueRank: -1 })),
      outputArguments: [{ name: 'sum', dataType: DataType.Double, valueRank: -1 }],
    })
    method.bindMethod((given: { value: unknown }[], _context: unknown, answer: (error: null, result: object) => void) => {
      const values = given.map(({ value }) => value)
      calls.get(name)?.push(values)
      const sum = values.reduce<number>((total, value) => total + (typeof value === 'number' ? value : 0), 0)
      if (!hangs) answer(null, { statusCode: StatusCodes[status], outputArguments: [{ dataType: DataType.Double, value: sum }] })
    })
  }
  return calls
}

/** TCP between two ports of this machine; silent, it hands on what is asked and holds back the answers until it speaks again. */
async function openCable(toPort: number) {
  const pairs = new Set<{ near: Socket; far: Socket }>()
  let silent = false
  let away = false
  const cable = createServer((near) => {
    if (away) return void near.destroy()
    const far = connect(toPort, '127.0.0.1')
    const pair = { near, far }
    pairs.add(pair)
    near.on('data', (data) => far.write(data))
    far.on('data', (data) => near.write(data))
    if (silent) far.pause()
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const)
      socket
        .on('error', () => undefined)
        .on('close', () => {
          pairs.delete(pair)
          other.destroy()
        })
  })
  await new Promise<void>((resolve) => cable.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const { near, far } of pairs) {
      near.destroy()
      far.destroy()
    }
    pairs.clear()
  }
  return {
    port: (cable.address() as { port: number }).port,
    silence: (wanted: boolean) => {
      silent = wanted
      for (const { far } of pairs) {
        if (wanted) far.pause()
        else far.resume()
      }
    },
    cut,
    pull: (pulled: boolean) => {
      away = pulled
      if (pulled) cut()
    },
    connections: () => pairs.size,
    close: () => {
      cut()
      cable.close()
    },
  }
}
