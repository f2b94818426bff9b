import type { Context } from '#kernel/context.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import type { PointSetting } from './contract.ts'

export interface CommandsPublic {
  /** For first data: as the endpoints, each in its own transaction. */
  allowPoint(ctx: Context, of: { deviceId: DeviceId; name: string }, setting: PointSetting): Promise<unknown>
  switchOn(ctx: Context, siteId: PlantNodeId, reason: string): Promise<unknown>
}
