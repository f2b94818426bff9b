import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { systemClock } from '#kernel/clock.ts'
import type { Context } from '#kernel/context.ts'
import { type GrantFacts, moduleDatabase, openPool, systemDatabase } from '#kernel/postgres.ts'
import { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import type { PlacedNode } from '#modules/shopfloor/plant/public.ts'
import { AppError } from '#values/errors.ts'
import { OrgId } from '#values/ids.ts'
import { testFiles } from '../../../../tests/files.ts'
import { testDatabase } from '../../../../tests/postgres.ts'
import { devicesApi } from '../contract.ts'
import { createDevice } from './create-device.ts'
import type { Rooms } from './rooms.ts'
import { createThingModel } from './thing-models.ts'

interface Cleanup {
  after(work: () => Promise<void>): void
}

const id = (n: number) => `01970000-0000-7000-8000-${String(n).padStart(12, '0')}`
export const leader = OrgId.parse(id(1))
export const supplier = OrgId.parse(id(2))
export const codes = new Map([
  [leader, 'leader'],
  [supplier, 'supplier'],
])

/** Two sites with one line each, the same ids in every organisation. */
export const places = {
  siteA: PlantNodeId.parse(id(11)),
  lineA: PlantNodeId.parse(id(12)),
  siteB: PlantNodeId.parse(id(21)),
  lineB: PlantNodeId.parse(id(22)),
}
const placed = (name: string, siteId: PlantNodeId, path: string[]): PlacedNode => ({
  name,
  level: path.length > 1 ? 'line' : 'site',
  path,
  pathEn: path,
  siteId,
  retired: false,
})
const plant = new Map([
  [places.siteA, placed('重庆厂', places.siteA, ['重庆厂'])],
  [places.lineA, placed('压铸一线', places.siteA, ['重庆厂', '压铸一线'])],
  [places.siteB, placed('成都厂', places.siteB, ['成都厂'])],
  [places.lineB, placed('机加一线', places.siteB, ['成都厂', '机加一线'])],
])

const placeCodes = new Map([
  [places.siteA, 'CQ'],
  [places.lineA, 'CQ-DC-1'],
  [places.siteB, 'CD'],
  [places.lineB, 'CD-M-1'],
])

/** The module on a database of its own, its neighbours played: every organisation is the partner of every other. */
export async function testRooms(cleanup: Cleanup) {
  const database = await testDatabase(cleanup)
  const pool = openPool(database.appUrl, { max: 8, name: 'devices-test' })
  const system = openPool(database.systemUrl, { max: 2, name: 'devices-test' })
  cleanup.after(async () => {
    await pool.destroy()
    await system.destroy()
  })
  const checkGrant = async (_: Context, request: { owner: OrgId }): Promise<GrantFacts> => ({
    orgId: request.owner,
    orgNo: 1,
    granularity: 'raw',
    delayMinutes: 0,
    fields: 'all',
    items: 'all',
    fromMs: 0,
    untilMs: Number.MAX_SAFE_INTEGER,
  })
  const rooms: Rooms = {
    db: moduleDatabase(pool, checkGrant),
    system: systemDatabase(system),
    organisations: {
      labels: async (_, ids) => new Map(ids.map((orgId) => [orgId, { name: '企业', nameEn: null, code: codes.get(orgId) ?? 'unknown' }])),
      organisationByCode: async (code) => {
        const orgId = [...codes].find(([, c]) => c === code)?.[0]
        return (
          orgId && {
            orgId,
            orgNo: 7,
            code,
            name: '企业',
            nameEn: null,
            kind: 'leader',
            creditCode: '',
            demo: false,
            sandbox: false,
            active: true,
            userLimit: null,
          }
        )
      },
    },
    sharing: { sharedWith: async () => [] },
    files: testFiles(cleanup),
    clock: systemClock,
    mqttPort: 1883,
    plant: {
      places: async () => [...plant].map(([key, place]) => ({ ...place, id: key, code: placeCodes.get(key) ?? '' })),
      nodes: async (_, ids) => new Map(ids.flatMap((node) => (plant.has(node) ? [[node, plant.get(node) as PlacedNode]] : []))),
      subtree: async (_, node) => [...plant].filter(([key, p]) => key === node || p.siteId === node).map(([key]) => key),
    },
  }
  return { rooms, database, pool, systemPool: system }
}

export const contextOf = (
  orgId: OrgId,
  { sites = 'all', now = '2026-11-22T06:00:00Z' }: { sites?: readonly string[] | 'all'; now?: string } = {},
): Context => ({
  orgId,
  orgNo: 1,
  actor: { kind: 'user', id: 'tester' },
  now: new Date(now),
  locale: 'zh-CN',
  traceId: 't',
  address: '',
  userAgent: '',
  scopes: { permissions: new Set(['devices.manageCredentials']), sites },
})

export const failsWith = (code: string) => (error: unknown) => error instanceof AppError && error.code === code

export const sha256 = (text: string) => createHash('sha256').update(text).digest()

export const dieCasting = devicesApi.createThingModel.body.parse({
  code: 'die-casting',
  name: '压铸机',
  nameEn: 'Die-casting machine',
  description: '',
  definition: {
    properties: [
      { name: 'temperature', label: '炉温', valueType: 'number', kind: 'instant', unit: '℃', min: 0, max: 800 },
      { name: 'energy', label: '电能', valueType: 'number', kind: 'counter', unit: 'kWh' },
      { name: 'state', label: '状态', valueType: 'integer', kind: 'state', states: { '0': '停机', '1': '运行' } },
    ],
  },
})

export const newModel = (rooms: Rooms, ctx: Context) => createThingModel(rooms.db, ctx, dieCasting).then((m) => m.id)

type NewDevice = z.output<typeof devicesApi.create.body>

export const newDevice = (rooms: Rooms, ctx: Context, device: Pick<NewDevice, 'code' | 'thingModelId'> & Partial<NewDevice>) =>
  createDevice(rooms, ctx, {
    name: device.code,
    nameEn: null,
    maker: '',
    model: '',
    serial: '',
    note: '',
    status: 'active',
    nodeId: null,
    withCredential: true,
    ...device,
  })
