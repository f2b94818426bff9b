import type { z } from 'zod'
import { type Context, inScope } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { DevicesPublic } from '#modules/shopfloor/devices/public.ts'
import type { GatewaysPublic } from '#modules/shopfloor/gateways/public.ts'
import type { telemetryApi } from '../../contract.ts'
import { telemetryErrors } from '../../errors.ts'
import type { TelemetryDatabase } from '../tables.ts'

export interface PaceParts {
  db: TelemetryDatabase
  devices: Pick<DevicesPublic, 'device'>
  gateways: Pick<GatewaysPublic, 'paceOf'>
}

/** Errors: telemetry.notFound. */
export const readDevicePace = (
  { db, devices, gateways }: PaceParts,
  ctx: Context,
  deviceId: DeviceId,
): Promise<z.input<typeof telemetryApi.devicePace.response>> =>
  db.inTenant(ctx, async (tx) => {
    const device = await devices.device(opaque(tx), deviceId)
    if (!device || !inScope(ctx, device.siteId)) throw telemetryErrors.notFound({ id: deviceId })
    const pace = await gateways.paceOf(opaque(tx), deviceId)
    return { pace: pace ? { everyMs: { ...pace.everyMs }, standing: pace.standing ?? null } : null }
  })
