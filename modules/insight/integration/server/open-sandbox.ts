import type { Context } from '#kernel/context.ts'
import type { AccessPublic } from '#modules/foundation/access/public.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { DevicesPublic } from '#modules/shopfloor/devices/public.ts'
import type { PlantPublic } from '#modules/shopfloor/plant/public.ts'
import { integrationErrors } from '../errors.ts'
import type { OpenedSandbox } from '../sandbox-contract.ts'
import { addReferences } from './add-references.ts'
import type { Parts } from './tables.ts'

export interface SandboxParts extends Parts {
  organisations: Pick<OrganisationsPublic, 'facts' | 'sandboxOf'>
  access: Pick<AccessPublic, 'openSandbox'>
  plant: Pick<PlantPublic, 'createNode'>
  devices: Pick<DevicesPublic, 'createModel' | 'createDevice'>
}

export async function readSandbox({ organisations }: SandboxParts, ctx: Context) {
  const found = await organisations.sandboxOf(ctx.orgId)
  return {
    sandbox: found ? { organisationId: found.orgId, code: found.code, name: found.name, createdAt: found.createdAt.toISOString() } : null,
  }
}

export async function openSandbox(parts: SandboxParts, ctx: Context, replace: boolean): Promise<OpenedSandbox> {
  if ((await parts.organisations.facts(ctx.orgId))?.sandbox) throw integrationErrors.withinSandbox()
  if (replace && !(await parts.organisations.sandboxOf(ctx.orgId))) throw integrationErrors.noSandbox()
  const { ctx: inside, code, client } = await parts.access.openSandbox(ctx, replace)
  return { organisationId: inside.orgId, code, client, device: await furnish(parts, inside, code) }
}

/** What an integrator begins with: a plant, a thing model, two devices that an ERP knows by its numbers, one of them with a secret. */
async function furnish(parts: SandboxParts, ctx: Context, orgCode: string): Promise<OpenedSandbox['device']> {
  const enterprise = { level: 'enterprise', code: 'E', name: '示例企业', nameEn: 'Sample enterprise' } as const
  const root = await parts.plant.createNode(ctx, { parentId: null, ...enterprise })
  const site = await parts.plant.createNode(ctx, { parentId: root, level: 'site', code: 'S1', name: '示例工厂', nameEn: 'Sample plant' })
  const thingModelId = await parts.devices.createModel(ctx, {
    code: 'sample-press',
    name: '示例压力机',
    nameEn: 'Sample press',
    description: '',
    definition: {
      properties: [
        { name: 'temperature', label: '温度', labelEn: 'Temperature', valueType: 'number', unit: '°C', kind: 'instant' },
        { name: 'strokes', label: '冲次', labelEn: 'Strokes', valueType: 'integer', unit: null, kind: 'counter' },
      ],
    },
  })
  const made = await Promise.all(
    [1, 2].map((n) =>
      parts.devices.createDevice(ctx, {
        code: `press-${n}`,
        name: `示例压力机 ${n}`,
        nameEn: `Sample press ${n}`,
        maker: '',
        model: '',
        serial: '',
        note: '',
        thingModelId,
        status: 'active',
        nodeId: site,
        withCredential: n === 1,
      }),
    ),
  )
  const references = made.map(({ deviceId }, i) => ({
    entity: 'devices.device',
    recordId: deviceId as never,
    system: 'erp',
    type: 'equipment',
    key: `1000${i + 1}`,
  }))
  await addReferences(parts, ctx, { references, replace: false })
  return { userName: `${orgCode}/press-1`, secret: made[0]?.secret ?? '' }
}
