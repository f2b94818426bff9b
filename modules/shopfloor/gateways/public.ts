import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { configurationApi } from './configuration-contract.ts'
import type { LinkId, PointTableId } from './contract.ts'

type Input<Name extends keyof typeof configurationApi> = z.output<(typeof configurationApi)[Name]['body']>

export interface GatewaysPublic {
  /** For the ingest: codes of the devices that this one speaks for, its own among them; undefined: it is no gateway. */
  devicesOf(orgId: OrgId, deviceId: DeviceId): Promise<readonly string[] | undefined>
  /** For first data: as the endpoints, each in its own transaction. */
  createGateway(ctx: Context, input: Input<'create'>): Promise<{ id: DeviceId; credential: { userName: string; secret: string } }>
  createLink(ctx: Context, gatewayId: DeviceId, input: Input<'createLink'>): Promise<{ id: LinkId }>
  createPointTable(ctx: Context, input: Input<'createPointTable'>): Promise<{ id: PointTableId }>
  connectDevice(ctx: Context, input: Input<'connect'>): Promise<{ deviceId: DeviceId }>
}
