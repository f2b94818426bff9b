import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { Industry, OrganisationKind, RelationKind } from '#modules/foundation/organisations/contract.ts'
import { Comparison } from '#modules/shopfloor/gateways/contract.ts'
import { builtInRoles } from '#values/permission.ts'
import { demoCreditCode } from './credit-code.ts'

const Code = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
const Text = z.string().min(1).max(80)
const Hours = z.string().regex(/^\d{2}:\d{2}$/)
const count = z.int().min(0)

const Supplier = z.tuple([Code, Text, Text, Text, z.int().min(1).max(2), z.iso.date(), count, count], Code)

const PlantFile = z.strictObject({
  organisation: Code,
  site: Text,
  siteEn: Text,
  shifts: z.string(),
  workshops: z
    .array(
      z.strictObject({
        name: Text,
        nameEn: Text,
        lines: z.array(z.strictObject({ name: Text, nameEn: Text, machines: z.record(z.string(), z.int().min(1)) })).min(1),
      }),
    )
    .min(1),
})

const ChainFile = z.strictObject({
  leader: z.strictObject({
    code: Code,
    name: Text,
    nameEn: Text,
    industry: Industry,
    city: Text,
    employees: count,
    revenueWan: count,
  }),
  servants: z.array(
    z.strictObject({
      code: Code,
      name: Text,
      nameEn: Text,
      kind: OrganisationKind,
      relation: RelationKind,
      city: Text,
      employees: count,
      revenueWan: count,
    }),
  ),
  suppliers: z.record(Industry, z.array(Supplier)),
  shifts: z.record(z.string(), z.array(z.strictObject({ name: Text, start: Hours, end: Hours })).min(1)),
  makers: z.record(z.string(), z.strictObject({ code: Code, maker: Text, series: Text })),
  plants: z.array(PlantFile),
  gateway: z.strictObject({
    organisation: Code,
    code: Code,
    name: Text,
    nameEn: Text,
    links: z.array(z.strictObject({ name: Text, machines: z.array(Code).min(1) })).min(1),
  }),
  command: z.strictObject({
    machine: Code,
    point: z.string(),
    min: z.number(),
    max: z.number(),
    step: z.number(),
    interlock: z.strictObject({ point: z.string(), is: Comparison, than: z.number() }),
  }),
  users: z.array(z.tuple([z.string(), Text, Code, z.enum(builtInRoles)])),
  grants: z.array(z.strictObject({ from: Code, to: Code, device: Code, purpose: Text, days: z.int() })),
})

export interface DemoOrganisation {
  code: string
  name: string
  nameEn: string
  kind: OrganisationKind
  industry: Industry | null
  creditCode: string
  city: string
  employees: number
  revenueWan: number
}

export interface DemoRelation {
  buyer: string
  supplier: string
  kind: RelationKind
  tier: number
  since: string
}

export interface DemoShift {
  name: string
  startMinute: number
  endMinute: number
}

export interface DemoMachine {
  /** Code of the device, unique in its organisation. */
  code: string
  /** Code of its thing model. */
  model: string
  /** Ordinal among the organisation's machines of its model. */
  number: number
  maker: string
  series: string
  serial: string
}

export interface DemoPlant {
  organisation: string
  site: string
  siteEn: string
  shifts: DemoShift[]
  workshops: { name: string; nameEn: string; lines: { name: string; nameEn: string; machines: DemoMachine[] }[] }[]
}

/** Reads some of its plant's machines over Modbus; those send nothing by themselves. */
export interface DemoGateway {
  organisation: string
  code: string
  name: string
  nameEn: string
  /** One connection each, with its machines as units. */
  links: { name: string; machines: string[] }[]
}

/** A point of one of the gateway's machines that may be written. */
export interface DemoCommand {
  machine: string
  point: string
  min: number
  max: number
  step: number
  interlock: { point: string; is: Comparison; than: number }
}

export interface DemoChain {
  leader: string
  organisations: DemoOrganisation[]
  relations: DemoRelation[]
  plants: DemoPlant[]
  gateway: DemoGateway
  command: DemoCommand
  users: { login: string; displayName: string; organisation: string; role: (typeof builtInRoles)[number] }[]
  grants: { from: string; to: string; device: string; purpose: string; days: number }[]
}

const SERVANTS_SINCE = '2024-01-01'

/** The demo chain, spelled out: every organisation with its credit code, every machine by itself. */
export function loadDemoChain(): DemoChain {
  const parsed = ChainFile.safeParse(parse(readFileSync(join(import.meta.dirname, 'chain.yaml'), 'utf8')))
  if (!parsed.success) throw new Error(`industries/demo/chain.yaml: ${z.prettifyError(parsed.error)}`)
  const file = parsed.data
  const leader: Omit<DemoOrganisation, 'creditCode'> = { ...file.leader, kind: 'leader' }
  const servants = file.servants.map(({ relation: _, ...servant }) => ({ ...servant, industry: null }))
  const suppliers = Object.entries(file.suppliers).flatMap(([industry, rows]) =>
    rows.map(([code, name, nameEn, city, tier, since, employees, revenueWan, deliversTo]) => ({
      organisation: { code, name, nameEn, city, employees, revenueWan, kind: 'supplier' as const, industry: industry as Industry },
      tier,
      since,
      deliversTo,
    })),
  )
  const relations: DemoRelation[] = [
    ...file.servants.map((s) => ({ buyer: file.leader.code, supplier: s.code, kind: s.relation, tier: 1, since: SERVANTS_SINCE })),
    ...suppliers.flatMap(({ organisation: { code }, tier, since, deliversTo }) => {
      const toLeader = { buyer: file.leader.code, supplier: code, kind: 'supply' as const, tier, since }
      return deliversTo === undefined ? [toLeader] : [toLeader, { ...toLeader, buyer: deliversTo, tier: 1 }]
    }),
  ]
  return {
    leader: file.leader.code,
    organisations: [leader, ...servants, ...suppliers.map((s) => s.organisation)].map((o, i) => ({
      ...o,
      creditCode: demoCreditCode(i + 1),
    })),
    relations,
    plants: file.plants.map((plant) => spelledOut(plant, file.shifts, file.makers)),
    gateway: file.gateway,
    command: file.command,
    users: file.users.map(([login, displayName, organisation, role]) => ({ login, displayName, organisation, role })),
    grants: file.grants,
  }
}

type File = z.infer<typeof ChainFile>

function spelledOut(plant: File['plants'][number], shifts: File['shifts'], makers: File['makers']): DemoPlant {
  const numbers = new Map<string, number>()
  const machinesOf = (counts: Record<string, number>) =>
    Object.entries(counts).flatMap(([model, n]) =>
      Array.from({ length: n }, (): DemoMachine => {
        const maker = makers[model]
        if (!maker) throw new Error(`industries/demo/chain.yaml: nobody makes ${model}`)
        const number = (numbers.get(model) ?? 0) + 1
        numbers.set(model, number)
        const nn = String(number).padStart(2, '0')
        const serial = `${maker.series}-${plant.organisation.toUpperCase()}-${nn}`
        return { code: `${maker.code}-${nn}`, model, number, maker: maker.maker, series: maker.series, serial }
      }),
    )
  const { organisation, site, siteEn } = plant
  const hours = shifts[plant.shifts]
  if (!hours) throw new Error(`industries/demo/chain.yaml: no shifts are called ${plant.shifts}`)
  return {
    organisation,
    site,
    siteEn,
    shifts: hours.map(({ name, start, end }) => ({ name, startMinute: minuteOf(start), endMinute: minuteOf(end) })),
    workshops: plant.workshops.map(({ name, nameEn, lines }) => ({
      name,
      nameEn,
      lines: lines.map((line) => ({ name: line.name, nameEn: line.nameEn, machines: machinesOf(line.machines) })),
    })),
  }
}

const minuteOf = (hours: string) => Number(hours.slice(0, 2)) * 60 + Number(hours.slice(3))
