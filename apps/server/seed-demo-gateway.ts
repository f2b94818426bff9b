import type { Context } from '#kernel/context.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import type { DemoChain } from '../../industries/demo/chain.ts'
import { loadThingModels } from '../../industries/thing-models.ts'
import type { DemoDeps, OrganisationContexts } from './demo-context.ts'
import { registersOf } from './demo-modbus.ts'
import type { MadePlants } from './seed-demo-plants.ts'

/** What the gateway's process signs in with. */
export interface GatewayCredential {
  user: string
  secret: string
}

const DECLARED_FROM = '2020-01-01'

/** A gateway with its links and point tables, for machines that are there already; the site declares the network they stand in. */
export async function seedGateway(
  { composition }: DemoDeps,
  { gateway, command, plants }: DemoChain,
  contexts: OrganisationContexts,
  { machines, sites, addresses }: MadePlants,
): Promise<GatewayCredential> {
  const ctx = contexts.get(gateway.organisation)
  const site = sites.get(gateway.organisation)
  const plant = plants.find(({ organisation }) => organisation === gateway.organisation)
  if (!ctx || !site || !plant) throw new Error(`No plant of ${gateway.organisation}`)
  const { createGateway, createLink, connectDevice } = composition.gateways.public
  await composition.plant.public.declareNetworks(ctx, site, networksOf([...addresses.values()]))
  const { code, name, nameEn } = gateway
  const { id, credential } = await createGateway(ctx, { code, name, nameEn, nodeId: site })
  const types = new Map(plant.workshops.flatMap(({ lines }) => lines.flatMap((line) => line.machines.map((m) => [m.code, m.model]))))
  const tables = new Map<string, Awaited<ReturnType<typeof createTable>>>()
  for (const link of gateway.links) {
    const keyOf = (machine: string) => `${gateway.organisation}/${machine}`
    const { host, port } = found(addresses, keyOf(link.machines[0] ?? ''))
    const made = await createLink(ctx, id, { name: link.name, protocol: 'modbus', connection: { host, port }, enabled: true })
    for (const machine of link.machines) {
      const model = found(types, machine)
      const table = tables.get(model) ?? (await createTable(composition, ctx, model))
      tables.set(model, table)
      await connectDevice(ctx, {
        linkId: made.id,
        unit: { unitId: found(addresses, keyOf(machine)).unitId },
        pointTableId: table.id,
        sourceTime: null,
        sequence: null,
        device: { id: found(machines, keyOf(machine)).id },
      })
    }
  }
  await seedCommand(composition, ctx, site, found(machines, `${gateway.organisation}/${command.machine}`).id, command)
  return { user: credential.userName, secret: credential.secret }
}

/** One set point may be written, by two persons; its machine is the simulator's. */
async function seedCommand(
  { commands }: DemoDeps['composition'],
  ctx: Context,
  site: PlantNodeId,
  deviceId: DeviceId,
  { point, min, max, step, interlock }: DemoChain['command'],
): Promise<void> {
  await commands.public.allowPoint(
    ctx,
    { deviceId, name: point },
    { permission: 'commands.write', min, max, step, allowed: null, approval: true, interlocks: [interlock], timeoutS: 10 },
  )
  await commands.public.switchOn(ctx, site, '演示数据：模拟设备可以写入')
}

function createTable({ gateways }: DemoDeps['composition'], ctx: Context, code: string) {
  const model = found(loadThingModels(), code)
  return gateways.public.createPointTable(ctx, {
    name: `${model.name}（Modbus）`,
    protocol: 'modbus',
    modelCode: code,
    rows: registersOf(model),
  })
}

const networksOf = (addresses: readonly { host: string }[]) =>
  [...new Set(addresses.map(({ host }) => host.replace(/\.\d+$/, '.0/24')))].map((network) => ({
    network,
    note: '设备控制网',
    validFrom: DECLARED_FROM,
    validUntil: null,
  }))

function found<Value>(map: ReadonlyMap<string, Value>, key: string): Value {
  const value = map.get(key)
  if (value === undefined) throw new Error(`The demo’s gateway: ${key} is not there`)
  return value
}
