import { modbus } from '#edge/drivers/modbus/config.ts'
import type { Context } from '#kernel/context.ts'
import type { DeviceId, ThingModelId } from '#modules/shopfloor/devices/contract.ts'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import type { DemoChain, DemoMachine, DemoPlant } from '../../industries/demo/chain.ts'
import { modelInputOf } from '../../industries/model-input.ts'
import { loadThingModels, type ThingModelFile } from '../../industries/thing-models.ts'
import type { Fleet, FleetDevice } from '../../simulator/config.ts'
import type { DemoDeps, OrganisationContexts } from './demo-context.ts'
import { addressesOf, type MachineAddress, registersOf } from './demo-modbus.ts'

const TIME_ZONE = 'Asia/Shanghai'
const SHIFTS_FROM = '2020-01-01'
/** Seconds between two messages, on the simulator's grid of two; all machines together stay below 400 values a second. */
const EVERY_S = { shared: 2, leader: 4, others: 6 }
const PLANTS_AT_ONCE = 4

/** `organisation/device` → what an agreement calls it. */
export type DemoMachines = Map<string, { id: DeviceId; label: string }>

export interface MadePlants {
  fleet: Omit<Fleet, 'seed'>
  machines: DemoMachines
  /** By organisation. */
  sites: Map<string, PlantNodeId>
  /** Where machines are read that a gateway reads. */
  addresses: ReadonlyMap<string, MachineAddress>
}

/** Places, shifts, thing models and machines of every plant, and what the simulator needs to speak for them. */
export async function seedPlants(deps: DemoDeps, chain: DemoChain, contexts: OrganisationContexts): Promise<MadePlants> {
  const made: MadePlants = {
    fleet: { plants: [], devices: [] },
    machines: new Map(),
    sites: new Map(),
    addresses: addressesOf(chain.gateway),
  }
  const models = loadThingModels()
  const waiting = [...chain.plants]
  const work = async () => {
    for (let plant = waiting.shift(); plant; plant = waiting.shift()) await seedPlant(deps, chain, plant, contexts, models, made)
  }
  await Promise.all(Array.from({ length: PLANTS_AT_ONCE }, work))
  return made
}

async function seedPlant(
  { composition }: DemoDeps,
  chain: DemoChain,
  demoPlant: DemoPlant,
  contexts: OrganisationContexts,
  models: ReadonlyMap<string, ThingModelFile>,
  made: MadePlants,
): Promise<void> {
  const { organisation: orgCode, shifts } = demoPlant
  const organisation = chain.organisations.find((o) => o.code === orgCode)
  const ctx = contexts.get(orgCode)
  if (!organisation || !ctx) throw new Error(`No organisation ${orgCode}`)
  const { createNode, createShift } = composition.plant.public
  const node = (
    parentId: PlantNodeId | null,
    level: 'enterprise' | 'site' | 'workshop' | 'line',
    code: string,
    name: string,
    nameEn: string,
  ) => createNode(ctx, { parentId, level, code, name, nameEn, timeZone: TIME_ZONE, dayStartMinute: shifts[0]?.startMinute ?? 0 })

  const enterprise = await node(null, 'enterprise', orgCode, organisation.name, organisation.nameEn)
  const site = await node(enterprise, 'site', 'S-01', demoPlant.site, demoPlant.siteEn)
  made.sites.set(orgCode, site)
  for (const shift of shifts) await createShift(ctx, site, { ...shift, validFrom: SHIFTS_FROM, validUntil: null })
  made.fleet.plants.push({
    code: orgCode,
    timeZone: TIME_ZONE,
    shifts: shifts.map(({ startMinute, endMinute }) => ({ startMinute, endMinute })),
  })

  const modelIds = new Map<string, ThingModelId>()
  const sharing = new Set(chain.grants.map((grant) => `${grant.from}/${grant.device}`))
  for (const [i, workshop] of demoPlant.workshops.entries()) {
    const workshopId = await node(site, 'workshop', `W-0${i + 1}`, workshop.name, workshop.nameEn)
    for (const [j, line] of workshop.lines.entries()) {
      const lineId = await node(workshopId, 'line', `L-0${i + 1}${j + 1}`, line.name, line.nameEn)
      for (const machine of line.machines) {
        const model = models.get(machine.model)
        if (!model) throw new Error(`No thing model ${machine.model}`)
        const modelId = modelIds.get(model.code) ?? (await createModel(composition, ctx, model))
        modelIds.set(model.code, modelId)
        const key = `${orgCode}/${machine.code}`
        const everyS = sharing.has(key) ? EVERY_S.shared : orgCode === chain.leader ? EVERY_S.leader : EVERY_S.others
        const { item, device } = await createMachine(composition, ctx, orgCode, {
          machine,
          model,
          modelId,
          lineId,
          everyS,
          address: made.addresses.get(key),
        })
        made.machines.set(key, item)
        made.fleet.devices.push(device)
      }
    }
  }
}

type Composition = DemoDeps['composition']

const createModel = ({ devices }: Composition, ctx: Context, model: ThingModelFile) => devices.public.createModel(ctx, modelInputOf(model))

interface NewMachine {
  machine: DemoMachine
  model: ThingModelFile
  modelId: ThingModelId
  lineId: PlantNodeId
  everyS: number
  address: MachineAddress | undefined
}

const readBy = (address: MachineAddress, model: ThingModelFile) => ({
  everyS: 1,
  modbus: {
    ...address,
    points: registersOf(model).map(({ name, place, scale, access }) => ({
      name,
      place: modbus.place.parse(place),
      scale,
      written: access === 'rw',
    })),
  },
})

async function createMachine(
  { devices }: Composition,
  ctx: Context,
  orgCode: string,
  { machine, model, modelId, lineId, everyS, address }: NewMachine,
): Promise<{ item: { id: DeviceId; label: string }; device: FleetDevice }> {
  const label = `${machine.number}号${model.name}`
  const { deviceId, secret } = await devices.public.createDevice(ctx, {
    code: machine.code,
    name: label,
    nameEn: `${model.nameEn} ${machine.number}`,
    maker: machine.maker,
    model: machine.series,
    serial: machine.serial,
    note: '',
    thingModelId: modelId,
    status: 'active',
    nodeId: lineId,
    withCredential: address === undefined,
  })
  const facts = { orgCode, deviceCode: machine.code, model: machine.model, plant: orgCode }
  return { item: { id: deviceId, label }, device: { ...facts, ...(address ? readBy(address, model) : sentBy(secret)) } }

  function sentBy(secret: string | null) {
    if (secret === null) throw new Error(`${orgCode}/${machine.code} got no credential`)
    return { userName: `${orgCode}/${machine.code}`, secret, everyS }
  }
}
