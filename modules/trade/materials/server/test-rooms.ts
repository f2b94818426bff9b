import type { Context } from '#kernel/context.ts'
import { moduleDatabase, opaque } from '#kernel/postgres.ts'
import { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { DeviceInfo } from '#modules/shopfloor/devices/public.ts'
import type { OrgId } from '#values/ids.ts'
import { testFiles } from '../../../../tests/files.ts'
import { testPools } from '../../../../tests/pools.ts'
import type { CategoryId, MaterialId, NewMaterial } from '../contract.ts'
import { createCategory } from './categories.ts'
import { createMaterials } from './change-material.ts'
import type { Rooms } from './rooms.ts'
import type { MaterialsDatabase, MaterialsTx } from './tables.ts'

export const PRESS = DeviceId.parse('01970000-0000-7000-8000-0000000000aa')
const press = { id: PRESS, code: 'DC-01', name: '1 号压铸机', nameEn: null } as DeviceInfo

interface Cleanup {
  after(work: () => Promise<void>): void
}

/** The module on a database of its own; every organisation but `strangers` supplies every other. */
export async function testRooms(
  t: Cleanup,
  { strangers = [], partners = {} }: { strangers?: readonly OrgId[]; partners?: Record<string, OrgId> } = {},
) {
  const { app, system, ownerUrl } = await testPools(t)
  const db = moduleDatabase(app, () => Promise.reject(new Error('no grant'))) as MaterialsDatabase
  const rooms: Rooms = {
    db,
    files: testFiles(t),
    devices: {
      device: async (_, id) => (id === PRESS ? press : undefined),
      devices: async (_, ids) => new Map(ids.includes(PRESS) ? [[PRESS, press]] : []),
      newestModel: async (_, code) => (code === 'die-casting' ? ({ code, name: '压铸机', nameEn: null } as never) : undefined),
    },
    organisations: {
      labels: async (_, ids) => new Map(ids.map((id) => [id, { name: `企业${id.slice(-4)}`, nameEn: null, code: id.slice(-4) }])),
      organisationByCode: async (code) =>
        partners[code] && {
          orgId: partners[code],
          orgNo: 1,
          code,
          name: code,
          nameEn: null,
          kind: 'supplier',
          demo: false,
          sandbox: false,
          active: true,
          userLimit: null,
          creditCode: code,
        },
      relationWith: async (_, other) =>
        strangers.includes(other) ? undefined : { relationId: other as never, kind: 'supply' as never, side: 'buyer' as const },
    },
  }
  return {
    rooms,
    db,
    ownerUrl,
    app,
    system,
    inTx: <T>(ctx: Context, work: (tx: ReturnType<typeof opaque>) => Promise<T>) => db.inTenant(ctx, (tx: MaterialsTx) => work(opaque(tx))),
  }
}

export const newCategory = async (
  rooms: Rooms,
  ctx: Context,
  change: Partial<Parameters<typeof createCategory>[2]> = {},
): Promise<CategoryId> =>
  (await createCategory(rooms, ctx, { parentId: null, code: 'BRG', name: '轴承', nameEn: null, prefix: 'BRG', attributes: [], ...change }))
    .id

export const bearing = (categoryId: CategoryId, change: Partial<NewMaterial> = {}): NewMaterial => ({
  categoryId,
  name: '深沟球轴承',
  specification: '6204-2RS',
  kind: 'part',
  baseUnit: 'H87',
  ...change,
})

export async function newMaterial(rooms: Rooms, ctx: Context, change: Partial<NewMaterial> = {}): Promise<MaterialId> {
  const categoryId = change.categoryId ?? (await newCategory(rooms, ctx))
  const [id] = await createMaterials(rooms, ctx, [bearing(categoryId, change)])
  return id as MaterialId
}
