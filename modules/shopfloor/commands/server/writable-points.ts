import { type Context, inScope } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { DeviceInfo, PointInfo } from '#modules/shopfloor/devices/public.ts'
import type { WriteTarget } from '#modules/shopfloor/gateways/public.ts'
import type { CommandPoint, DeviceCommandPoints, Obstacle, PointSetting, WriteId } from '../contract.ts'
import { commandErrors } from '../errors.ts'
import { isSiteOn } from './command-store.ts'
import type { Rooms } from './rooms.ts'
import type { CommandsTx, PointWords } from './tables.ts'

/** A point of a device, or a method that its thing model names as a command. */
export type Writable = PointWords & { name: string }

/** All that decides whether a device's points may be written now. */
export interface DeviceFacts {
  device: DeviceInfo
  points: Writable[]
  target: WriteTarget | undefined
  isOn: boolean
  settings: Map<string, PointSetting & { version: number }>
  open: Map<string, WriteId>
}

/** Errors: commands.deviceNotFound, also for a device beyond one's sites. */
export async function deviceFacts(rooms: Rooms, tx: CommandsTx, ctx: Context, deviceId: DeviceId): Promise<DeviceFacts> {
  const device = await ownDevice(rooms, tx, ctx, deviceId)
  const points = await writables(rooms, tx, device)
  const target = await rooms.gateways.writeTarget(opaque(tx), deviceId)
  const rows = await tx.sql
    .selectFrom('commands.point')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('device_id', '=', deviceId)
    .execute()
  const open = await tx.sql
    .selectFrom('commands.command')
    .select(['id', 'point_name'])
    .where('org_id', '=', tx.orgId)
    .where('device_id', '=', deviceId)
    .where('state', 'in', ['awaitingApproval', 'queued', 'sent'])
    .execute()
  return {
    device,
    points,
    target,
    isOn: device.siteId !== null && (await isSiteOn(tx, device.siteId)),
    settings: new Map(rows.map(({ name, setting, version }) => [name, { ...setting, version }])),
    open: new Map(open.map(({ id, point_name }) => [point_name, id])),
  }
}

export async function writables(rooms: Rooms, tx: CommandsTx, device: DeviceInfo): Promise<Writable[]> {
  const points = await rooms.devices.points(opaque(tx), { deviceIds: [device.id] })
  const model = await rooms.devices.newestModel(opaque(tx), device.modelCode)
  const methods = (model?.definition.commands ?? []).filter(({ name }) => !points.some((point) => point.name === name))
  return [
    ...points.map((point) => ({ name: point.name, ...wordsOf(point) })),
    ...methods.map(({ name, label, labelEn, parameters }) => ({
      ...{ name, label, labelEn, parameters },
      ...{ unit: null, valueType: 'call' as const, decimals: null, states: null },
    })),
  ]
}

export async function ownDevice(rooms: Rooms, tx: CommandsTx, ctx: Context, id: DeviceId): Promise<DeviceInfo> {
  const device = await rooms.devices.device(opaque(tx), id)
  if (!device || !inScope(ctx, device.siteId)) throw commandErrors.deviceNotFound({ id })
  return device
}

/** What the point table, the protocol and the link say. */
function unreachable({ target, points }: DeviceFacts, name: string): Obstacle | undefined {
  if (!target) return 'noGateway'
  const isCall = points.some((point) => point.name === name && point.parameters !== null)
  if (!(isCall ? target.calls : target.writes)) return 'protocolCannotWrite'
  const row = target.rows.find((one) => one.name === name)
  if (!row) return 'notInPointTable'
  if (row.access !== (isCall ? 'call' : 'rw')) return 'readOnlyRow'
  return undefined
}

/** What stands in the way of a command that is there already; default deny: whatever is not said is an obstacle. */
export function obstacleToSend(facts: DeviceFacts, name: string): Obstacle | undefined {
  const { device, target, isOn, settings } = facts
  const setting = settings.get(name)
  if (device.siteId === null) return 'noSite'
  if (!isOn) return 'siteOff'
  if (!setting || device.status === 'retired' || device.status === 'planned') return 'notWritable'
  const far = unreachable(facts, name)
  if (far) return far
  if (!target?.enabled) return 'linkDisabled'
  if (!setting.interlocks.every(({ point }) => target.rows.some((row) => row.name === point))) return 'interlockUnreadable'
  return target.online ? undefined : 'gatewayOffline'
}

export function obstacle(facts: DeviceFacts, ctx: Context, name: string): Obstacle | undefined {
  const setting = facts.settings.get(name)
  if (setting && !ctx.scopes.permissions.has(setting.permission)) return 'noPermission'
  return obstacleToSend(facts, name) ?? (facts.open.has(name) ? 'alreadyOpen' : undefined)
}

export const readPoints = (rooms: Rooms, ctx: Context, deviceId: DeviceId): Promise<DeviceCommandPoints> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const facts = await deviceFacts(rooms, tx, ctx, deviceId)
    const { siteId } = facts.device
    const node = siteId && (await rooms.plant.nodes(opaque(tx), [siteId])).get(siteId)
    return {
      site: siteId && node ? { id: siteId, name: node.name, on: facts.isOn } : null,
      points: facts.points.map(
        (point): CommandPoint => ({
          ...point,
          setting: facts.settings.get(point.name) ?? null,
          unreachable: unreachable(facts, point.name) ?? null,
          obstacle: obstacle(facts, ctx, point.name) ?? null,
          openCommandId: facts.open.get(point.name) ?? null,
        }),
      ),
    }
  })

const wordsOf = ({ label, labelEn, unit, valueType, decimals, states }: PointInfo): PointWords => ({
  label,
  labelEn,
  unit,
  valueType,
  decimals,
  states,
  parameters: null,
})
