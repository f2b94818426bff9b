import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { opaque, violatedUnique } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { deviceErrors } from '#modules/shopfloor/devices/errors.ts'
import { requestErrors } from '#values/errors.ts'
import type { configurationApi } from '../configuration-contract.ts'
import { announce, lockOwnGateway } from './gateway-access.ts'
import { gatewayModel } from './gateway-model.ts'
import { onceMore } from './once-more.ts'
import type { Rooms } from './rooms.ts'

type NewGateway = z.output<typeof configurationApi.create.body>

/** The device, its credential and the gateway, all at once. Errors: devices.codeTaken, devices.placeNotFound, devices.placeRetired. */
export const createGateway = (rooms: Rooms, ctx: Context, input: NewGateway) =>
  onceMore(() =>
    rooms.db.inTenant(ctx, async (tx) => {
      mayAddDevices(ctx)
      const thingModelId = await gatewayModel(rooms, tx, ctx)
      const { id, credential } = await rooms.devices.addDevice(opaque(tx), ctx, {
        ...input,
        maker: '',
        model: '',
        serial: '',
        note: '',
        thingModelId,
        status: 'active',
        withCredential: true,
      })
      if (!credential) throw new Error('a gateway was made without its credential')
      await tx.sql
        .insertInto('gateways.gateway')
        .values({ org_id: tx.orgId, device_id: id, code: input.code, created_at: ctx.now })
        .execute()
      return { id, credential }
    }),
  ).catch((error: unknown) => {
    throw violatedUnique(error) === 'device_code' ? deviceErrors.codeTaken({ code: input.code }) : error
  })

/** Devices are another module's: whoever may manage gateways alone adds none. */
export function mayAddDevices(ctx: Context): void {
  if (!ctx.scopes.permissions.has('devices.manage')) throw requestErrors.notAllowed({ permission: 'devices.manage' })
}

export const updateGateway = (rooms: Rooms, ctx: Context, id: DeviceId, input: z.output<typeof configurationApi.update.body>) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { gateway } = await lockOwnGateway(rooms, tx, ctx, id, input.version)
    const changed = await tx.sql
      .updateTable('gateways.gateway')
      .set((eb) => ({ backfill_samples_per_second: input.backfillSamplesPerSecond, version: eb('version', '+', 1) }))
      .where('org_id', '=', tx.orgId)
      .where('device_id', '=', id)
      .returning('version')
      .executeTakeFirstOrThrow()
    await announce(rooms, tx, ctx, gateway)
    return changed
  })
